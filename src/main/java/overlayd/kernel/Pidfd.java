package overlayd.kernel;

import java.util.Optional;

/**
 * A process that cannot be mistaken for another: a pidfd (pidfd_open(2)). Stays valid, and harmless, when the process has ended
 * and its number is used again. Any thread.
 */
public interface Pidfd extends AutoCloseable {
    /** The number it was opened with, in the daemon's pid namespace. */
    int pid();

    /** The descriptor, for {@link Events} and SCM_RIGHTS; owned by this object. */
    Fd fd();

    /** pidfd_send_signal(2). ESRCH: it has ended. {@code number} is a signal's number; 0 only asks. */
    void signal(int number) throws KernelException;

    /** As {@link #signal(int)}. */
    default void signal(Signal signal) throws KernelException {
        signal(signal.number());
    }

    /** poll(2): whether the process has ended (all its threads; a zombie has ended). Does not reap. */
    boolean hasEnded() throws KernelException;

    /**
     * Waits until it has ended, and reaps it when it is our child (waitid(2), P_PIDFD). UNKNOWN for a process that is not our child, or was
     * reaped by an earlier call. Empty when the deadline passed first.
     */
    Optional<ExitStatus> await(Deadline deadline) throws KernelException;

    @Override
    void close();
}
