package overlayd.subhost;

import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Kernel;

/** {@link Live} over the subhosts of a registry. */
final class LiveControl implements Live {
    private static final Logger LOG = LoggerFactory.getLogger(LiveControl.class);

    private final Kernel kernel;
    private final Instance instance;
    private final Registry registry;
    private final Pauses pauses;

    LiveControl(Kernel kernel, Instance instance, Registry registry, Pauses pauses) {
        this.kernel = kernel;
        this.instance = instance;
        this.registry = registry;
        this.pauses = pauses;
    }

    @Override
    public News.Subscription subscribe() {
        return registry.news().subscribe();
    }

    @Override
    public boolean pause(String name) throws RefusedException {
        boolean done = pauses.pause(registry.known(name));
        if (done) {
            LOG.info("{}: running → paused", name);
        }
        return done;
    }

    @Override
    public boolean resume(String name) throws RefusedException {
        boolean done = pauses.resume(registry.known(name));
        if (done) {
            LOG.info("{}: paused → running", name);
        }
        return done;
    }

    @Override
    public void share(String name, LiveShare share) throws RefusedException {
        share.carryOut(kernel, instance.reaper(), registry.running(name));
    }

    @Override
    public void unshare(String name, Path target) throws RefusedException {
        new LiveUnshare(kernel, instance.reaper()).carryOut(registry.running(name), target);
    }
}
