package overlayd.kernel;

import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a control group may use; empty is without limit.
 *
 * @param memoryBytes memory and swap: together where the kernel counts them so (v1), else memory, and no swap (v2)
 * @param cpuPercents hundredths of one processor's time
 * @param pids processes and threads
 * @param disks bytes a second, for reading and writing each
 */
public record ResourceLimits(OptionalLong memoryBytes, OptionalInt cpuPercents, OptionalLong pids, List<DiskRate> disks) {
    /** No limit at all. */
    public static final ResourceLimits NONE = new ResourceLimits(OptionalLong.empty(), OptionalInt.empty(), OptionalLong.empty(), List.of());

    public ResourceLimits {
        disks = List.copyOf(disks);
    }

    /** {@code device} is a whole disk's number, "254:0". */
    public record DiskRate(String device, long bytesPerSecond) {
    }

    /** The controllers that these limits need. */
    public Set<Controller> controllers() {
        Set<Controller> needed = EnumSet.noneOf(Controller.class);
        memoryBytes.ifPresent(bytes -> needed.add(Controller.MEMORY));
        cpuPercents.ifPresent(percents -> needed.add(Controller.CPU));
        pids.ifPresent(count -> needed.add(Controller.PIDS));
        if (!disks.isEmpty()) {
            needed.add(Controller.IO);
        }
        return needed;
    }
}
