package overlayd.subhost;

import java.util.List;
import java.util.OptionalLong;
import overlayd.kernel.Usage;
import overlayd.state.SubhostState;

/**
 * What subhosts have used so far, at one moment.
 *
 * @param millis when, in milliseconds since the epoch
 * @param nanos the same on the monotonic clock, for rates
 * @param subhosts those that are live, by name
 */
public record Sample(long millis, long nanos, List<Consumption> subhosts) {
    public Sample {
        subhosts = List.copyOf(subhosts);
    }

    /**
     * One of them; what nobody counts is empty.
     *
     * @param usage of its control group
     * @param receivedBytes that came in by its cables
     * @param sentBytes that went out by them
     * @param limits as "MEMORY=512M"
     */
    public record Consumption(String name, SubhostState state, String reason, Usage usage, OptionalLong receivedBytes, OptionalLong sentBytes,
            List<String> limits) {
    }
}
