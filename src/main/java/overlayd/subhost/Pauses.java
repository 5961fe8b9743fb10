package overlayd.subhost;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import overlayd.failure.Failure;
import overlayd.failure.RefusedException;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.KernelException;
import overlayd.state.SubhostState;

/**
 * Stops all processes of a running subhost and lets them go on, by the freezer of its control group. The kernel keeps what is frozen so, whatever
 * becomes of the daemon: the next one finds it paused. Any thread; of two requests for one name the second waits.
 */
final class Pauses {
    /** Longer than that only a process in uninterruptible sleep takes. */
    private static final Duration BOUND = Duration.ofSeconds(10);

    private final Groups groups;
    private final Map<String, Object> lanes = new ConcurrentHashMap<>();

    Pauses(Groups groups) {
        this.groups = groups;
    }

    /** @return false: it is paused already. @throws RefusedException NOT_RUNNING; BUSY: it is being booted or stopped; STEP */
    boolean pause(Subhost subhost) throws RefusedException {
        synchronized (lane(subhost)) {
            if (subhost.state() == SubhostState.PAUSED) {
                return false;
            }
            if (subhost.state() != SubhostState.RUNNING) {
                throw refused(subhost);
            }
            try {
                groups.freeze(subhost.name(), Deadline.after(BOUND));
            } catch (KernelException failed) {
                thaw(subhost);
                throw step("freeze", subhost, failed);
            }
            if (!subhost.turn(SubhostState.RUNNING, SubhostState.PAUSED)) {
                thaw(subhost); // a stop began meanwhile, and waits for its services
                throw refused(subhost);
            }
            return true;
        }
    }

    /** @return false: it runs already. @throws RefusedException as {@link #pause} */
    boolean resume(Subhost subhost) throws RefusedException {
        synchronized (lane(subhost)) {
            if (subhost.state() == SubhostState.RUNNING) {
                return false;
            }
            if (subhost.state() != SubhostState.PAUSED) {
                throw refused(subhost);
            }
            try {
                groups.thaw(subhost.name());
            } catch (KernelException failed) {
                throw step("thaw", subhost, failed);
            }
            if (!subhost.turn(SubhostState.PAUSED, SubhostState.RUNNING)) {
                throw refused(subhost);
            }
            return true;
        }
    }

    private Object lane(Subhost subhost) {
        return lanes.computeIfAbsent(subhost.name(), name -> new Object());
    }

    private void thaw(Subhost subhost) throws RefusedException {
        try {
            groups.thaw(subhost.name());
        } catch (KernelException failed) {
            throw step("thaw", subhost, failed);
        }
    }

    private static RefusedException refused(Subhost subhost) {
        SubhostState state = subhost.state();
        boolean moving = state == SubhostState.STARTING || state == SubhostState.STOPPING;
        return new RefusedException(moving ? RefusedException.Kind.BUSY : RefusedException.Kind.NOT_RUNNING,
                subhost.name() + " is " + state.word() + (moving ? "; try again when it has done so" : ", not running"));
    }

    private static RefusedException step(String what, Subhost subhost, KernelException failed) {
        String cause = failed.errno() == Errno.ETIMEDOUT ? "a process of it is in uninterruptible sleep (state D); it was let go on"
                : failed.errno() == Errno.ENODEV ? "this host has neither cgroup2 nor the freezer of cgroup v1" : "";
        String remedy = failed.errno() == Errno.ETIMEDOUT ? "find it with: ps -eo pid,stat,wchan:32,args | grep ' D'; then try again"
                : failed.errno() == Errno.ENODEV ? "mount -t cgroup2 cgroup2 /sys/fs/cgroup, and start overlayd again" : "";
        return RefusedException.step(new Failure(what, subhost.name(), failed.errno().name(), failed.kernelText(), cause, remedy, true));
    }
}
