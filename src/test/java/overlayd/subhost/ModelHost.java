package overlayd.subhost;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.Forwarding;

/**
 * A host in memory, as far as a boot can change one: files, namespaces, interfaces, control groups, processes, locks. Everything dies as
 * the kernel lets it die: a netns with its last pin, descriptor and process, and with it its cables. It outlives the daemons of a test.
 * Only the runtime directory and the log are real. Guarded by itself.
 */
final class ModelHost {
    /** Everybody is in one user namespace. */
    static final String UID_MAP = "         0          0 4294967295\n";

    /** A file or directory, a link, a device. */
    static final class Node {
        private static final AtomicLong SERIAL = new AtomicLong();
        final FileIdentity.Kind kind;
        final Map<String, Node> children;
        final long inode = SERIAL.incrementAndGet();
        byte[] content = {};
        /** Where a link leads. */
        String target = "";

        private Node(FileIdentity.Kind kind) {
            this.kind = kind;
            this.children = kind == FileIdentity.Kind.DIRECTORY ? new TreeMap<>() : null;
        }

        static Node directory() {
            return new Node(FileIdentity.Kind.DIRECTORY);
        }

        static Node file() {
            return new Node(FileIdentity.Kind.REGULAR);
        }

        static Node device(FileIdentity.Kind kind) {
            return new Node(kind);
        }

        static Node link(String target) {
            Node link = new Node(FileIdentity.Kind.SYMLINK);
            link.target = target;
            return link;
        }

        private void list(String path, Set<String> into) {
            into.add(path + (children == null ? "" : "/"));
            if (children != null) {
                children.forEach((name, child) -> child.list(path + "/" + name, into));
            }
        }
    }

    /** What a descriptor stands for; counted, for some things live as long as somebody has one. */
    static class Thing {
    }

    static final class Netns extends Thing {
    }

    /** What is mounted on what; what is mounted lives as long as it. */
    static final class Mntns extends Thing {
        private final Map<Node, Node> mounts = new IdentityHashMap<>();
        private final List<Thing> attached = new ArrayList<>();

        /** What is seen where {@code node} is: the topmost that is mounted there. */
        Node seen(Node node) {
            Node top = node;
            while (mounts.containsKey(top)) {
                top = mounts.get(top);
            }
            return top;
        }
    }

    /** A user namespace, with the ids that stand for its own as /proc/PID/uid_map shows them. */
    static final class Userns extends Thing {
        String map = "";
    }

    /** A descriptor that a daemon keeps for its whole life. */
    static final class Kept extends Thing {
    }

    /** A loop device; frees itself with the last mount. */
    static final class Loop extends Open {
        Loop(String path) {
            super(path, Node.directory());
        }
    }

    /** An open file, which may hold locks; or a mount. */
    static class Open extends Thing {
        final String path;
        final Node node;

        Open(String path, Node node) {
            this.path = path;
            this.node = node;
        }
    }

    static final class Link {
        final String name;
        final Netns in;
        final String alias;
        Link peer;
        Link parent;

        Link(String name, Netns in, String alias) {
            this.name = name;
            this.in = in;
            this.alias = alias;
        }
    }

    /** A process. */
    class Process {
        final int pid = ++lastPid;
        final long startTime = pid * 10L;
        final String role;
        final List<Thing> held = new ArrayList<>();
        /** Whose child it is: a ModelKernel (a daemon), a Process, or null for the host's init, which reaps at once. */
        Object parent;
        boolean ended;
        ExitStatus status = ExitStatus.unknown();
        String cgroup = "";
        boolean ignoresTerm;
        /** Where it is not in everybody's. */
        Userns userns;
        Netns netns;
        /** Of daemons, and of other processes. */
        final List<Runnable> watchers = new ArrayList<>();
        final List<Runnable> followed = new ArrayList<>();

        Process(String role, Object parent) {
            this.role = role;
            this.parent = parent;
            processes.put(pid, this);
        }

        void hold(Thing thing) {
            held.add(thing);
            ModelHost.this.hold(thing);
        }

        void signal(int number) {
            signals.add(number);
            if (number == 9 || !ignoresTerm && !frozen.contains(cgroup)) {
                end(number == 9 ? ExitStatus.killed(9) : ExitStatus.exited(0));
            }
        }

        void end(ExitStatus how) {
            if (ended) {
                return;
            }
            ended = true;
            status = how;
            held.forEach(ModelHost.this::drop);
            held.clear();
            onEnd();
            if (!(parent instanceof ModelKernel)) {
                processes.remove(pid);
            }
            List<Runnable> told = new ArrayList<>(watchers);
            watchers.clear();
            told.forEach(Runnable::run);
            new ArrayList<>(followed).forEach(Runnable::run);
            ModelHost.this.notifyAll();
        }

        void onEnd() {
            // for those that have a part in the play
        }
    }

    final Path runtime;
    final Node root = Node.directory();
    /** Where the subhost's directories are. */
    final Path base;
    final Netns hostNet = new Netns();
    final Mntns hostMounts = new Mntns();
    final Map<String, Netns> pins = new TreeMap<>();
    final List<Link> links = new ArrayList<>();
    final Set<String> cgroups = new TreeSet<>();
    /** What was last set in a group, of each kind. */
    final Map<String, Map<String, String>> limits = new TreeMap<>();
    /** What happens while limits are set, with this host's lock held. */
    Runnable onLimit = () -> { };
    /** Groups whose processes are stopped. */
    final Set<String> frozen = new TreeSet<>();
    final Map<Integer, Process> processes = new TreeMap<>();
    final Map<String, Open> flocks = new HashMap<>();
    /** Ids of the host that somebody has locked. */
    final Map<String, Open> ranges = new HashMap<>();
    /** Forwarded ports of each nftables table that is there. */
    final Map<String, List<Forwarding>> tables = new TreeMap<>();
    /** Whether a program that UPPER names has set it up. */
    boolean upperSetUp;
    final Map<Path, Process> monitorLocks = new HashMap<>();
    private final Map<Thing, Integer> holders = new IdentityHashMap<>();
    private int lastPid = 100;
    /** What pid 1 says on the ready pipe. */
    String readyText = "start ssh\ndone ssh 0\nready\n";
    boolean initIgnoresTerm;
    /** The first script that stops a service leaves pid 1 without children. */
    boolean lastServiceEndsInit;
    /** What /proc/PID/comm says of it, and the signals it got. */
    String initName = "reaper";
    final List<Integer> signals = new ArrayList<>();
    /** pid 1 ends by itself as soon as it has said what it has to say. */
    boolean initEndsAtOnce;

    ModelHost(Path runtime) {
        this(runtime, Path.of("/srv/web"));
    }

    ModelHost(Path runtime, Path base) {
        this.runtime = runtime;
        this.base = base;
        links.add(new Link("br0", hostNet, ""));
        for (String path : List.of(base + "/live", base + "/root", base + "/work", "/usr/lib", "/srv/web")) {
            make(path.substring(1));
        }
        make("dev").children.put("fuse", Node.device(FileIdentity.Kind.CHARACTER_DEVICE));
        make("srv").children.put("base.img", Node.file());
        make("usr/lib").children.put("reaper", Node.file());
        secrets();
    }

    /** What a LOWER may have that its subhost is not to see. */
    private void secrets() {
        make("usr/root");
        make("usr/etc/ssh").children.put("ssh_host_rsa_key", Node.file());
        Node shadow = Node.file();
        shadow.content = "root:$y$j9T$hash:19000::::::\n".getBytes(StandardCharsets.US_ASCII);
        make("usr/etc").children.put("shadow", shadow);
    }

    Node make(String path) {
        Node at = root;
        for (String name : path.split("/")) {
            at = at.children.computeIfAbsent(name, n -> Node.directory());
        }
        return at;
    }

    void hold(Thing thing) {
        holders.merge(thing, 1, Integer::sum);
    }

    void drop(Thing thing) {
        if (holders.merge(thing, -1, Integer::sum) <= 0) {
            holders.remove(thing);
            flocks.values().remove(thing);
            ranges.values().remove(thing);
            if (thing instanceof Mntns gone) {
                gone.attached.forEach(this::drop);
            }
            sweep();
        }
    }

    void attach(Mntns where, Open mount, Node target) {
        if (mount.node != target) {
            where.mounts.put(target, mount.node);
        }
        where.attached.add(mount);
        hold(mount);
    }

    private boolean lives(Netns netns) {
        return netns == hostNet || pins.containsValue(netns) || holders.containsKey(netns);
    }

    /** What the kernel does in the background when a netns has gone. */
    void sweep() {
        boolean more = true;
        while (more) {
            more = links.removeIf(link -> !lives(link.in) || link.peer != null && !links.contains(link.peer)
                    || link.parent != null && !links.contains(link.parent));
        }
    }

    /** Everything a boot must not leave: one line each. */
    Set<String> state() {
        Set<String> state = new TreeSet<>();
        pins.keySet().forEach(name -> state.add("netns " + name));
        links.forEach(link -> state.add("link " + link.name + (link.in == hostNet ? "" : " inside")));
        cgroups.stream().filter(path -> path.contains("/")).forEach(path -> state.add("cgroup " + path));
        processes.values().forEach(process -> state.add((process.ended ? "zombie " : "process ") + process.role));
        flocks.keySet().forEach(path -> state.add("lock " + path));
        ranges.keySet().forEach(range -> state.add("ids " + range));
        tables.forEach((table, ports) -> state.add("table " + table + " " + ports));
        limits.keySet().forEach(group -> state.add("limits of " + group));
        hostMounts.attached.forEach(mount -> state.add("mount on the host"));
        if (upperSetUp) {
            state.add("UPPER is set up");
        }
        monitorLocks.keySet().forEach(path -> state.add("monitor lock"));
        Map<String, Integer> open = new LinkedHashMap<>();
        holders.forEach((thing, count) -> open.merge(thing.getClass().getSimpleName() + (thing instanceof Open file ? " " + file.path : ""), count, Integer::sum));
        open.remove("Kept");
        open.forEach((kind, count) -> state.add("held " + kind + " " + count));
        return state;
    }

    /** Every file below /srv, and the real ones of log and runtime directory, but for what belongs to the monitors' play. */
    Set<String> files() {
        Set<String> files = new TreeSet<>();
        root.children.get("srv").list("/srv", files);
        if (!base.startsWith("/srv")) {
            make(base.toString().substring(1)).list("/srv/web", files);
        }
        try (var walk = Files.walk(runtime)) {
            walk.map(path -> "real " + runtime.relativize(path)).forEach(files::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }
}
