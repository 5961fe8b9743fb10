package overlayd.command;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountInfo;

/**
 * Limits that somebody has given the unit of a supervised client, by MemoryMax= and the like or systemctl set-property. They hold for that
 * client alone, since a subhost's group is in overlayd-groups.service: systemd kills what is left in a unit's group when its main process is
 * killed, and up to 253 cannot start that process again where a group below has controllers, so a subhost in its unit's group would not
 * outlive its client.
 */
record UnitLimits(Reader reader) {
    private static final int MOST_BYTES = 16 << 20;

    /** The whole of a file. */
    interface Reader {
        byte[] read(String path, int limit) throws KernelException;
    }

    /** A file of cgroup2 (cgroups(7)) and the key that limits a subhost so. pids.max is no sign: each unit has one, by systemd's DefaultTasksMax=. */
    private enum Limit {
        MEMORY("memory.max", "MEMORY", "MemoryMax="), MEMORY_HIGH("memory.high", "MEMORY", "MemoryHigh="), CPUS("cpu.max", "CPUS", "CPUQuota="),
        IO("io.max", "IO", "IOReadBandwidthMax= or the like");

        private final String file;
        private final String key;
        private final String setting;

        Limit(String file, String key, String setting) {
            this.file = file;
            this.key = key;
            this.setting = setting;
        }
    }

    /** What to tell about the unit that process {@code pid} is in; empty where it has none of them. */
    Optional<String> hint(int pid, String subhost) {
        Optional<String> group = group(pid);
        List<Limit> set = Stream.of(Limit.values()).filter(limit -> group.filter(directory -> isSet(directory + "/" + limit.file)).isPresent()).toList();
        if (set.isEmpty()) {
            return Optional.empty();
        }
        String keys = set.stream().map(limit -> limit.key + "=...").distinct().collect(Collectors.joining(" "));
        return Optional.of("warning: " + set.stream().map(limit -> limit.setting).collect(Collectors.joining(", "))
                + " of this unit is for overlay-boot alone, not for the subhost (overlay set --persist " + subhost + " " + keys + ")");
    }

    /** The first word of those files is "max", or there is none, where nothing is limited. */
    private boolean isSet(String file) {
        String text = text(file).orElse("");
        return !text.isBlank() && !text.startsWith("max");
    }

    private Optional<String> group(int pid) {
        Optional<String> path = text("/proc/" + pid + "/cgroup").stream().flatMap(String::lines).filter(line -> line.startsWith("0::/"))
                .map(line -> line.substring("0::".length())).findFirst();
        Optional<String> root = bytes("/proc/self/mountinfo").stream().flatMap(bytes -> MountInfo.parseAll(bytes).stream())
                .filter(mount -> mount.fileSystem().equals("cgroup2")).map(MountInfo::mountPoint).findFirst();
        return path.flatMap(below -> root.map(directory -> directory + below));
    }

    private Optional<String> text(String file) {
        return bytes(file).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    private Optional<byte[]> bytes(String file) {
        try {
            return Optional.of(reader.read(file, MOST_BYTES));
        } catch (KernelException absent) {
            return Optional.empty();
        }
    }
}
