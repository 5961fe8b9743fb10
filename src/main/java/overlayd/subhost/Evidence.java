package overlayd.subhost;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import overlayd.kernel.Errno;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Link;
import overlayd.kernel.Links;
import overlayd.plan.Undo;
import overlayd.state.Instance;
import overlayd.state.Rundir;

/**
 * What the kernel itself shows of this instance's subhosts, for when their files are gone or damaged: groups and cables bear the instance's
 * tag, a monitor is its pid 1's parent, and pid 1 is 1 in a pid namespace of its own (proc(5), NSpid). Reads only. Any host thread.
 */
final class Evidence {
    private static final int LIMIT = 1 << 16;
    private static final String MONITOR = "--monitor";

    private final Kernel kernel;
    private final Instance instance;
    private final Groups groups;

    Evidence(Kernel kernel, Instance instance, Groups groups) {
        this.kernel = kernel;
        this.instance = instance;
        this.groups = groups;
    }

    /** Whether this host has no control groups. */
    boolean hasNoGroups() {
        return !groups.available();
    }

    /** Names that own a group or a cable of ours. */
    Set<String> names() throws KernelException {
        Set<String> names = new TreeSet<>(groups.names());
        String prefix = instance.cgroup() + "/";
        for (Link link : links()) {
            if (link.alias().startsWith(prefix) && !link.alias().endsWith("/")) {
                names.add(link.alias().substring(prefix.length()));
            }
        }
        return names;
    }

    /** Whether this is a subhost's pid 1 that was let go and has not ended. */
    boolean runs(Rundir.InitFile init) throws KernelException {
        return kernel.processes().isSame(init.pid(), init.startTime()) && isInit(init.pid());
    }

    /** pid 1 of {@code name}: the monitor's child, or the one in its groups. */
    Optional<Rundir.InitFile> init(String name, OptionalInt monitor) throws KernelException {
        List<Integer> candidates = new ArrayList<>();
        if (monitor.isPresent()) {
            String path = "/proc/" + monitor.getAsInt() + "/task/" + monitor.getAsInt() + "/children";
            for (String word : text(path).orElse("").split(" ")) {
                if (word.matches("[0-9]+")) {
                    candidates.add(Integer.valueOf(word));
                }
            }
        }
        candidates.addAll(groups.processes(name));
        for (int pid : candidates) {
            if (pid > 0 && isInit(pid)) {
                return Optional.of(new Rundir.InitFile(pid, kernel.processes().startTime(pid)));
            }
        }
        return Optional.empty();
    }

    /** Whether its processes are stopped by the freezer. */
    boolean frozen(String name) throws KernelException {
        return groups.frozen(name);
    }

    /** The monitor that is the parent of this pid 1; none when it was killed. */
    OptionalInt monitor(int init) throws KernelException {
        Optional<String> parent = field(init, "PPid").filter(text -> text.matches("[1-9][0-9]{0,9}"));
        return parent.isPresent() && isMonitor(Integer.parseInt(parent.get())) ? OptionalInt.of(Integer.parseInt(parent.get()))
                : OptionalInt.empty();
    }

    /** What must be taken back of {@code name} as far as it can be seen, in the order of the steps. */
    List<Undo> undos(String name, Optional<Rundir.InitFile> init) throws KernelException {
        List<Undo> undos = new ArrayList<>();
        String tag = instance.cgroup(name);
        if (groups.available()) {
            undos.add(new Undo.RemoveCgroup(tag));
        }
        List<String> hostEnds = links().stream().filter(link -> link.alias().equals(tag)).map(Link::name).toList();
        if (!hostEnds.isEmpty() || init.isPresent() && isPinned(name, init.get())) {
            undos.add(new Undo.RemoveNetns(name, hostEnds, tag));
        }
        return undos;
    }

    private boolean isPinned(String name, Rundir.InitFile init) {
        try {
            return kernel.files().target("/run/netns/" + name).sameFile(kernel.files().target("/proc/" + init.pid() + "/ns/net"));
        } catch (KernelException noPin) {
            return false;
        }
    }

    private List<Link> links() throws KernelException {
        try (Links links = kernel.openLinks()) {
            return links.list();
        }
    }

    /** In a pid namespace one below ours, alive, and no longer the monitor's image that waits at the gate. */
    private boolean isInit(int pid) throws KernelException {
        return field(pid, "NSpid").filter(ids -> ids.matches("[0-9]+\\s+1")).isPresent() && field(pid, "State").filter(s -> !s.matches("[ZX].*"))
                .isPresent() && !isMonitor(pid);
    }

    private boolean isMonitor(int pid) throws KernelException {
        return text("/proc/" + pid + "/cmdline").filter(line -> List.of(line.split("\0")).contains(MONITOR)).isPresent();
    }

    private Optional<String> field(int pid, String name) throws KernelException {
        return text("/proc/" + pid + "/status").flatMap(status -> status.lines().filter(line -> line.startsWith(name + ":")).findFirst())
                .map(line -> line.substring(name.length() + 1).strip());
    }

    private Optional<String> text(String path) throws KernelException {
        try {
            return Optional.of(new String(kernel.files().read(path, LIMIT), StandardCharsets.ISO_8859_1));
        } catch (KernelException gone) {
            if (gone.errno() == Errno.ENOENT || gone.errno() == Errno.ESRCH) {
                return Optional.empty();
            }
            throw gone;
        }
    }
}
