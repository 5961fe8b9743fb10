package overlayd.subhost;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.config.ByteText;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.network.SpareNetns;
import overlayd.security.Confinement;
import overlayd.state.Instance;

/** What is made before a boot asks for it, while nobody waits: a monitor, a network namespace, the parent of a command that enters, the
 * default filter. Any thread. */
final class Spares implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Spares.class);

    private final Kernel kernel;
    private final Monitors monitors;
    private final Monitors entering;
    private final SpareNetns netns;
    private final Filters filters;

    Spares(Kernel kernel, Instance instance) {
        this.kernel = kernel;
        this.monitors = new Monitors(kernel, ByteText.of(instance.reaper()), Monitors.PARENT);
        this.entering = new Monitors(kernel, ByteText.of(instance.reaper()), Monitors.ENTERING);
        this.netns = new SpareNetns(kernel, Optional.of(ByteText.of(instance.reaper())));
        this.filters = new Filters(kernel.seccomp(), kernel.pipes());
    }

    Monitors monitors() {
        return monitors;
    }

    /** The parents of commands that enter. */
    Monitors entering() {
        return entering;
    }

    SpareNetns netns() {
        return netns;
    }

    Filters filters() {
        return filters;
    }

    /** Makes everything for the first boot. */
    void warm() throws KernelException {
        monitors.refill();
        netns.refill();
        entering.refill();
        if (kernel.seccomp().available()) {
            filters.of(Confinement.DEFAULT.filter().orElseThrow());
        }
    }

    /** Makes what a boot has used up, while its caller has the answer already. */
    void refill() {
        try {
            monitors.refill();
            netns.refill();
            entering.refill();
        } catch (KernelException later) {
            LOG.debug("nothing spare: {}; the next boot makes its own", later.getMessage());
        }
    }

    @Override
    public void close() {
        monitors.close();
        entering.close();
        netns.close();
    }
}
