package overlayd.subhost;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import overlayd.failure.RefusedException;

/** What can be asked of subhosts, and done to them, while they run. Any thread. */
public interface Live {
    /** Changes of state from now on, what is so now first; to be closed. */
    News.Subscription subscribe();

    /** Has {@code counter} called with each change from now on, with locks held: it must not wait, nor ask a subhost. */
    void onEachChange(Consumer<StateChange> counter);

    /**
     * Stops every process of a running subhost, until {@link #resume} or its stop.
     *
     * @return false: it is paused already
     * @throws RefusedException UNKNOWN, NOT_RUNNING; BUSY: it is being booted or stopped; STEP
     */
    boolean pause(String name) throws RefusedException;

    /**
     * Lets a paused one go on.
     *
     * @return false: it runs already
     * @throws RefusedException as {@link #pause}
     */
    boolean resume(String name) throws RefusedException;

    /** What those of these names use, that are live; of all without a name. */
    Sample sample(List<String> names);

    /** How the start of a service went. */
    enum Begun { STARTED, FAILED }

    /** One service of START; {@code status} is what its start exited with, 124 when it took too long. */
    record ServiceStart(String service, Begun begun, int status) {
    }

    /** How the start of each service went; empty for one that is not up. */
    List<ServiceStart> services(String name);

    /** Limits as they are now, {@code MEMORY=512M}, and remarks for the user. */
    record Limited(List<String> limits, List<String> notes) {
    }

    /**
     * Gives a running subhost other limits, until its end.
     *
     * @param assignments {@code MEMORY=512M}, {@code CPUS=none}; of each {@link overlayd.plan.LimitWish#key} is present
     * @throws RefusedException UNKNOWN, NOT_RUNNING; CONFIG: a value is none, or this host cannot keep it; STEP: the kernel refused, undone
     */
    Limited limit(String name, List<String> assignments) throws RefusedException;

    /** Shares a file or directory of the host with a running subhost. @throws RefusedException UNKNOWN, NOT_RUNNING; STEP: the kernel refused */
    void share(String name, LiveShare share) throws RefusedException;

    /** Takes a share off a running one. @throws RefusedException UNKNOWN: nothing is shared there; NOT_RUNNING; BUSY: in use; STEP */
    void unshare(String name, Path target) throws RefusedException;
}
