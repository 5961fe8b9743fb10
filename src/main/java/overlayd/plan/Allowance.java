package overlayd.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a subhost may use, in numbers of this host; empty is without limit.
 *
 * @param memoryBytes memory and swap
 * @param cpuPercents hundredths of one processor's time
 * @param pids processes and threads
 * @param disks by disk
 */
public record Allowance(OptionalLong memoryBytes, OptionalInt cpuPercents, OptionalLong pids, List<Disk> disks) {
    /** No limit. */
    public static final Allowance UNLIMITED = new Allowance(OptionalLong.empty(), OptionalInt.empty(), OptionalLong.empty(), List.of());

    public Allowance {
        disks = List.copyOf(disks);
    }

    /** One disk: its device number "254:0", and the bytes that may be read a second, and as many written. */
    public record Disk(String device, long bytesPerSecond) {
    }

    /** As a file could say it: {@code MEMORY=512M}. A disk appears by its number. */
    public List<String> texts() {
        List<String> texts = new ArrayList<>();
        memoryBytes.ifPresent(bytes -> texts.add("MEMORY=" + size(bytes)));
        cpuPercents.ifPresent(percents -> texts.add("CPUS=" + processors(percents)));
        pids.ifPresent(count -> texts.add("PIDS=" + count));
        disks.forEach(disk -> texts.add("IO=" + disk.device() + "=" + size(disk.bytesPerSecond())));
        return texts;
    }

    /** 1.5 for 150. */
    private static String processors(int percents) {
        return String.format(Locale.ROOT, "%d.%02d", percents / 100, percents % 100).replaceAll("\\.?0+$", "");
    }

    /** In the largest unit that says it exactly. */
    static String size(long bytes) {
        for (int unit = 4; unit > 0; unit--) {
            if (bytes > 0 && bytes % (1L << 10 * unit) == 0) {
                return (bytes >> 10 * unit) + "KMGT".substring(unit - 1, unit);
            }
        }
        return Long.toString(bytes);
    }
}
