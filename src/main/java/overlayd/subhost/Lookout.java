package overlayd.subhost;

import java.util.Set;
import overlayd.kernel.Deadline;
import overlayd.kernel.Events;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pidfd;

/** Tells, by event, when processes end that nobody waits for: one callback per process, on an executor's thread. */
final class Lookout {
    private final Events events;
    private final java.util.concurrent.Executor executor;

    Lookout(Events events, java.util.concurrent.Executor executor) {
        this.events = events;
        this.executor = executor;
    }

    /** Runs {@code action} once when {@code process} has ended; also when it has ended already. */
    void whenEnded(Pidfd process, Runnable action) {
        try {
            events.watch(process.fd(), Set.of(Events.Interest.READABLE), Events.Repeat.ONCE, event -> executor.execute(action));
        } catch (KernelException full) {
            // ENOMEM, ENOSPC (fs.epoll.max_user_watches): an end that nobody sees would be waited for for ever.
            executor.execute(() -> {
                try {
                    process.await(Deadline.NEVER);
                } catch (KernelException ended) {
                    // nothing to wait for: it has ended
                }
                action.run();
            });
        }
    }
}
