package overlayd.subhost;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.failure.RefusedException;
import overlayd.kernel.Kernel;
import overlayd.state.Instance;

/** {@link Live} over the subhosts of a registry. */
final class LiveControl implements Live {
    private static final Logger LOG = LoggerFactory.getLogger(LiveControl.class);

    private final Kernel kernel;
    private final Instance instance;
    private final Registry registry;
    private final Pauses pauses;
    private final Samples samples;
    private final LimitSetter limits;

    LiveControl(Kernel kernel, Instance instance, Registry registry, Groups groups, LimitSetter limits) {
        this.samples = new Samples(kernel, registry, groups);
        this.limits = limits;
        this.kernel = kernel;
        this.instance = instance;
        this.registry = registry;
        this.pauses = new Pauses(groups);
    }

    @Override
    public News.Subscription subscribe() {
        return registry.news().subscribe();
    }

    @Override
    public void onEachChange(Consumer<StateChange> counter) {
        registry.news().onEach(counter);
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
    public Sample sample(List<String> names) {
        return samples.take(name -> names.isEmpty() || names.contains(name));
    }

    @Override
    public List<ServiceStart> services(String name) {
        return registry.find(name).map(Subhost::record).map(ServiceStarts::of).orElse(List.of());
    }

    @Override
    public Limited limit(String name, List<String> assignments) throws RefusedException {
        Limited limited = limits.set(registry.known(name), assignments);
        LOG.info("{}: limits are now {}", name, String.join(" ", limited.limits()));
        return limited;
    }

    @Override
    public void share(String name, LiveShare share) throws RefusedException {
        share.carryOut(kernel, instance.reaper(), registry.running(name), registry);
    }

    @Override
    public void unshare(String name, Path target) throws RefusedException {
        new LiveUnshare(kernel, instance.reaper()).carryOut(registry.running(name), target);
    }
}
