package overlayd.subhost;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Links;
import overlayd.kernel.Traffic;
import overlayd.kernel.Usage;
import overlayd.state.SubhostRecord;

/** Reads what live subhosts use: the counters of their control groups, and of the host ends of their cables. Only when asked. Any host thread. */
final class Samples {
    private static final Logger LOG = LoggerFactory.getLogger(Samples.class);
    private static final Usage UNKNOWN = new Usage(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());

    private final Kernel kernel;
    private final Registry registry;
    private final Groups groups;

    Samples(Kernel kernel, Registry registry, Groups groups) {
        this.kernel = kernel;
        this.registry = registry;
        this.groups = groups;
    }

    /** Of those whose names are wanted. */
    Sample take(Predicate<String> wanted) {
        List<SubhostRecord> live = registry.all().stream().map(Subhost::record).filter(subhost -> subhost.state().isLive())
                .filter(subhost -> wanted.test(subhost.name())).toList();
        Map<String, Traffic> traffic = live.stream().allMatch(subhost -> subhost.onHost().hostEnds().isEmpty()) ? Map.of() : traffic();
        List<Sample.Consumption> all = new ArrayList<>();
        for (SubhostRecord subhost : live) {
            // The host's end of a cable sends what the subhost receives.
            all.add(new Sample.Consumption(subhost.name(), subhost.state(), subhost.reason(), usage(subhost.name()),
                    sum(subhost, traffic, Traffic::sentBytes), sum(subhost, traffic, Traffic::receivedBytes), subhost.upkeep().limits()));
        }
        return new Sample(System.currentTimeMillis(), System.nanoTime(), all);
    }

    private Usage usage(String name) {
        try {
            return groups.group(name).isPresent() ? groups.group(name).get().usage() : UNKNOWN;
        } catch (KernelException unreadable) {
            LOG.debug("{}: {}; ignoring", name, unreadable.getMessage());
            return UNKNOWN;
        }
    }

    /** A VLAN's interface, "web0.7", carries what its cable carries: counted once. */
    private static OptionalLong sum(SubhostRecord subhost, Map<String, Traffic> traffic, ToLongFunction<Traffic> bytes) {
        List<Traffic> cables = subhost.onHost().hostEnds().stream().filter(end -> !end.contains(".")).filter(traffic::containsKey).map(traffic::get).toList();
        return cables.isEmpty() ? OptionalLong.empty() : OptionalLong.of(cables.stream().mapToLong(bytes).sum());
    }

    private Map<String, Traffic> traffic() {
        Map<String, Traffic> all = new HashMap<>();
        try (Links links = kernel.openLinks()) {
            links.traffic().forEach(one -> all.put(one.link(), one));
        } catch (KernelException refused) {
            LOG.debug("{}; ignoring", refused.getMessage());
        }
        return all;
    }
}
