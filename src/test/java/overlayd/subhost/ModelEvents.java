package overlayd.subhost;

import java.time.Duration;
import java.util.Set;
import overlayd.kernel.Events;
import overlayd.kernel.Fd;

/** The end of processes of a {@link ModelHost}; nothing else is watched in a model. */
final class ModelEvents implements Events {
    private final ModelKernel kernel;
    private final ModelHost host;

    ModelEvents(ModelKernel kernel) {
        this.kernel = kernel;
        this.host = kernel.host;
    }

    @Override
    public Registration watch(Fd fd, Set<Interest> interests, Repeat repeat, Callback callback) {
        if (kernel.thing(fd) instanceof ModelMonitor.ProcessThing of) {
            Runnable tell = () -> {
                try {
                    callback.on(new Event(true, false, false));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            };
            if (of.process.ended) {
                tell.run();
            } else {
                of.process.watchers.add(tell);
            }
        }
        return () -> { };
    }

    @Override
    public Registration timer(Duration delay, Runnable action) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        // nothing
    }
}
