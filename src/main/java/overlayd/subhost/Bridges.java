package overlayd.subhost;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Deadline;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Link;
import overlayd.kernel.Links;

/**
 * Notices, by the kernel's own notice, that a bridge is deleted under running subhosts, and says so in their state. One thread for each
 * bridge that is in use; it waits for nothing else. Thread-safe.
 */
final class Bridges {
    private static final Logger LOG = LoggerFactory.getLogger(Bridges.class);

    private final Kernel kernel;
    private final Map<String, Set<Subhost>> users = new HashMap<>();

    Bridges(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Watches the bridges that the host ends of {@code subhost}, which runs, are plugged into. */
    void watch(Subhost subhost) {
        Collection<String> hostEnds = subhost.record().hostEnds();
        if (hostEnds.isEmpty()) {
            return;
        }
        try (Links links = kernel.openLinks()) {
            List<Link> all = links.list();
            for (Link link : all) {
                OptionalInt master = hostEnds.contains(link.name()) ? link.master() : OptionalInt.empty();
                all.stream().filter(bridge -> master.isPresent() && bridge.index() == master.getAsInt()).findFirst()
                        .ifPresent(bridge -> add(bridge.name(), subhost));
            }
        } catch (KernelException unreadable) {
            LOG.warn("{}: {}; the end of its bridges would not be noticed; ignoring", subhost.name(), unreadable.getMessage());
        }
    }

    private synchronized void add(String bridge, Subhost subhost) {
        Set<Subhost> known = users.get(bridge);
        if (known != null) {
            known.removeIf(user -> !user.state().isLive());
            known.add(subhost);
            return;
        }
        users.put(bridge, new HashSet<>(Set.of(subhost)));
        Thread thread = new Thread(() -> await(bridge), "bridge " + bridge);
        thread.setDaemon(true);
        thread.start();
    }

    private void await(String bridge) {
        try (Links links = kernel.openLinks()) {
            links.awaitGone(List.of(bridge), Deadline.NEVER);
            gone(bridge).forEach(subhost -> subhost.degrade("bridge " + bridge + " is gone"));
            LOG.warn("bridge {} is gone", bridge);
        } catch (KernelException unwatched) {
            gone(bridge);
            LOG.warn("{}; the end of bridge {} would not be noticed; ignoring", unwatched.getMessage(), bridge);
        }
    }

    private synchronized Set<Subhost> gone(String bridge) {
        return users.remove(bridge);
    }
}
