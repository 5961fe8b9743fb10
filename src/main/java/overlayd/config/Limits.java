package overlayd.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a subhost may use of the host: MEMORY, CPUS, PIDS, IO. Empty: as much as there is.
 *
 * @param memory      memory and swap together; {@link RamSize.None} without limit
 * @param cpuPercents hundredths of one processor's time: 150 is one and a half
 * @param pids        processes and threads at once
 * @param io          disk transfer, each disk once
 */
public record Limits(RamSize memory, OptionalInt cpuPercents, OptionalLong pids, List<Rate> io) {
    /** PIDS where a file says nothing of it. */
    public static final long PIDS_BY_DEFAULT = 2048;

    public Limits {
        io = List.copyOf(io);
    }

    /**
     * How fast one disk may be read, and as fast written.
     *
     * @param disk           block device, or a path on the file system whose disk is meant; empty: UPPER's
     * @param bytesPerSecond for reading and writing each
     * @param at             where the file says so
     */
    public record Rate(Optional<Path> disk, long bytesPerSecond, Position at) {}
}
