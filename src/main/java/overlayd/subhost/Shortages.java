package overlayd.subhost;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Cgroup;
import overlayd.kernel.Deadline;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.OutOfMemory;
import overlayd.state.Instance;

/**
 * Notices that the kernel has killed processes of a subhost for want of memory, and says in its state which: the count is the group's own,
 * the names are the kernel log's. Any thread.
 */
final class Shortages {
    private static final Logger LOG = LoggerFactory.getLogger(Shortages.class);
    /** v1 gives notice before the kernel has chosen and killed, and none afterwards. */
    private static final long CHOICE_MILLIS = 1_000;
    private static final long LOOK_AGAIN_MILLIS = 10;
    /** PROC_PID_INIT_INO of the kernel (include/linux/proc_ns.h). */
    private static final long INITIAL_PID_NAMESPACE = 0xEFFFFFFCL;
    private static final int MOST_GROUPS = 1_000;

    private final Kernel kernel;
    private final Instance instance;
    private final Groups groups;
    private final Executor executor;
    /** The last of each group, the newest at the end. */
    private final Map<String, OutOfMemory.Victim> last = new LinkedHashMap<>();

    Shortages(Kernel kernel, Instance instance, Groups groups, Executor executor) {
        this.kernel = kernel;
        this.instance = instance;
        this.groups = groups;
        this.executor = executor;
    }

    /** Watches a subhost that runs, and tells what has happened to it before. */
    void watch(Subhost subhost) {
        Optional<Cgroup> group = groups.group(subhost.name());
        if (group.isEmpty()) {
            return;
        }
        try {
            group.get().onOutOfMemory(kernel.events(), () -> executor.execute(() -> awaitVictim(subhost))).ifPresent(subhost::watched);
            look(subhost);
        } catch (KernelException refused) {
            LOG.warn("{}: {}; that it runs out of memory would not be noticed; ignoring", subhost.name(), refused.getMessage());
        }
    }

    private void awaitVictim(Subhost subhost) {
        Deadline deadline = Deadline.afterMillis(CHOICE_MILLIS);
        while (subhost.state().isLive() && !look(subhost) && !deadline.passed()) {
            try {
                Thread.sleep(LOOK_AGAIN_MILLIS);
            } catch (InterruptedException ending) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Counts anew, and degrades the subhost when processes were killed since. @return whether any was */
    boolean look(Subhost subhost) {
        long kills = kills(subhost);
        if (!subhost.memory().newKills(kills)) {
            return false;
        }
        String text = "out of memory killed " + victim(subhost).map(v -> v.task() + " (pid " + v.pid() + ")").orElse("a process")
                + (kills > 1 ? ", " + kills + " in all" : "");
        LOG.warn("{}: {}", subhost.name(), text);
        subhost.starved(text);
        return true;
    }

    /** Whether want of memory has ended pid 1 itself, before its group is removed. */
    boolean ended(Subhost subhost, int init) {
        return kills(subhost) > 0 && victim(subhost).filter(victim -> victim.pid() == init || !outermost()).isPresent();
    }

    /** Whether we count processes as the kernel's log does, from the host's own pid namespace. */
    private boolean outermost() {
        try {
            return kernel.files().target("/proc/self/ns/pid").inode() == INITIAL_PID_NAMESPACE;
        } catch (KernelException noProc) {
            return true;
        }
    }

    private long kills(Subhost subhost) {
        try {
            Optional<Cgroup> group = groups.group(subhost.name());
            return group.isEmpty() ? 0 : group.get().usage().outOfMemoryKills().orElse(0);
        } catch (KernelException gone) {
            return 0;
        }
    }

    private synchronized Optional<OutOfMemory.Victim> victim(Subhost subhost) {
        for (OutOfMemory.Victim victim : kernel.outOfMemory().victims()) {
            last.remove(victim.cgroup());
            last.put(victim.cgroup(), victim);
            last.keySet().stream().limit(Math.max(0, last.size() - MOST_GROUPS)).toList().forEach(last::remove);
        }
        String group = "/" + instance.cgroup(subhost.name());
        return last.values().stream().filter(victim -> (victim.cgroup() + "/").contains(group + "/")).reduce((earlier, later) -> later);
    }
}
