package overlayd.kernel;

import java.time.Duration;
import java.util.Set;

/**
 * One thread that waits for everything (epoll(7)): pidfds, sockets, pipes and timers. Callbacks run on that thread, one at a time: they
 * must be short and must not wait; hand longer work to another thread. A callback that throws is reported to the thread's uncaught-exception
 * handler and its registration ends. Registering and cancelling: any thread, callbacks included.
 */
public interface Events extends AutoCloseable {
    /** What to wait for; PRIORITY is a kernel file that has changed since it was read (poll(2), POLLPRI). A hang-up or error is always reported, asked for or not. */
    enum Interest { READABLE, WRITABLE, PRIORITY }

    /** ONCE: the registration ends with its first event. ALWAYS: level-triggered; the callback must consume or cancel. */
    enum Repeat { ONCE, ALWAYS }

    /** What happened. For a pidfd READABLE means ended, HANGUP reaped. */
    record Event(boolean readable, boolean writable, boolean hangup) {
    }

    /** Called with what happened. */
    interface Callback {
        void on(Event event) throws Exception;
    }

    /** A registration or a timer. Cancel before closing its descriptor. Cancelling twice, or after the event, is harmless. */
    interface Registration extends AutoCloseable {
        /** No callback begins after this returns, unless it was called on another thread while one was being delivered. */
        void cancel();

        @Override
        default void close() {
            cancel();
        }
    }

    /** Watches {@code fd}, which must stay open until the registration has ended. EEXIST: watched already; EPERM: a regular file. */
    Registration watch(Fd fd, Set<Interest> interests, Repeat repeat, Callback callback) throws KernelException;

    /** Runs {@code action} once, {@code delay} from now (monotonic clock, granularity 1 ms). */
    Registration timer(Duration delay, Runnable action);

    /** Ends the thread; no callback runs afterwards. */
    @Override
    void close();
}
