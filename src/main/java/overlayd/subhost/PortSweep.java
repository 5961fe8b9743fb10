package overlayd.subhost;

import java.net.InetAddress;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.config.Subnet;
import overlayd.kernel.KernelException;
import overlayd.network.PortForwards;

/** Takes back forwarded ports of subhosts whose journal was lost: the kernel's table is asked, and whose address it leads to. */
final class PortSweep {
    private static final Logger LOG = LoggerFactory.getLogger(PortSweep.class);

    private PortSweep() {
    }

    static void sweep(Registry registry, PortForwards ports) {
        Set<InetAddress> alive = registry.all().stream().filter(subhost -> subhost.state().isLive())
                .flatMap(subhost -> subhost.rundir().addresses().stream()).map(Subnet::address).collect(Collectors.toSet());
        try {
            ports.sweep(alive).forEach(port -> LOG.warn("port {}, which was forwarded to nobody, is taken back", port.hostPort()));
        } catch (KernelException refused) {
            LOG.error("forwarded ports cannot be looked at: {}", refused.getMessage());
        }
    }
}
