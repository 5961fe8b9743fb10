package overlayd.subhost;

import java.io.IOException;
import java.io.UncheckedIOException;
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
import overlayd.kernel.ExitStatus;

/**
 * A host in memory, as far as a boot can change one: files, namespaces, interfaces, control groups, processes, locks. Everything dies as
 * the kernel lets it die: a netns with its last pin, descriptor and process, and with it its cables. It outlives the daemons of a test.
 * Only the runtime directory and the log are real. Guarded by itself.
 */
final class ModelHost {
    /** Everybody is in one user namespace. */
    static final String UID_MAP = "         0          0 4294967295\n";

    /** A file or directory. */
    static final class Node {
        static long serial = 1;
        final Map<String, Node> children;
        final long inode = serial++;
        byte[] content = {};

        private Node(boolean directory) {
            children = directory ? new TreeMap<>() : null;
        }

        static Node directory() {
            return new Node(true);
        }

        static Node file() {
            return new Node(false);
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

    static final class Mntns extends Thing {
    }

    /** A descriptor that a daemon keeps for its whole life. */
    static final class Kept extends Thing {
    }

    /** An open file, which may hold a flock. */
    static final class Open extends Thing {
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
    final Netns hostNet = new Netns();
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
        this.runtime = runtime;
        links.add(new Link("br0", hostNet, ""));
        for (String path : List.of("srv/web/live", "srv/web/root", "srv/web/work", "usr/lib")) {
            make(path);
        }
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
            sweep();
        }
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
        try (var walk = Files.walk(runtime)) {
            walk.map(path -> "real " + runtime.relativize(path)).forEach(files::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }
}
