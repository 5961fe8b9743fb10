package overlayd.kernel;

import java.util.OptionalLong;

/**
 * What a control group uses now; empty where no controller counts it.
 *
 * @param memoryBytes memory, page cache included
 * @param cpuMicros processor time since the group was made
 * @param pids processes and threads
 * @param outOfMemoryKills processes of it that the kernel has killed for want of memory
 */
public record Usage(OptionalLong memoryBytes, OptionalLong cpuMicros, OptionalLong pids, OptionalLong outOfMemoryKills) {
}
