package overlayd.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import overlayd.kernel.Errno;
import overlayd.kernel.KernelException;

class UnitLimitsTest {
    private static final String GROUP = "/sys/fs/cgroup/system.slice/subhost@web.service/";
    private final Map<String, String> files = new HashMap<>(Map.of("/proc/7/cgroup", "0::/system.slice/subhost@web.service\n",
            "/proc/self/mountinfo", "30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", GROUP + "memory.max", "max\n", GROUP + "memory.high", "max\n",
            GROUP + "cpu.max", "max 100000\n", GROUP + "io.max", "", GROUP + "pids.max", "4915\n"));
    private final UnitLimits limits = new UnitLimits((path, limit) -> {
        if (!files.containsKey(path)) {
            throw new KernelException("open", path, Errno.ENOENT);
        }
        return files.get(path).getBytes(StandardCharsets.UTF_8);
    });

    @Test
    void a_unit_as_systemd_makes_it_is_not_told_of() {
        assertEquals(Optional.empty(), limits.hint(7, "web"));
    }

    @Test
    void each_limit_is_told_with_the_key_that_limits_the_subhost() {
        files.put(GROUP + "memory.max", "52428800\n");
        files.put(GROUP + "memory.high", "42428800\n");
        files.put(GROUP + "cpu.max", "20000 100000\n");
        files.put(GROUP + "io.max", "8:0 rbps=1000000 wbps=max riops=max wiops=max\n");
        assertEquals(Optional.of("warning: MemoryMax=, MemoryHigh=, CPUQuota=, IOReadBandwidthMax= or the like of this unit is for overlay-boot alone,"
                + " not for the subhost (overlay set --persist web MEMORY=... CPUS=... IO=...)"), limits.hint(7, "web"));
    }

    @Test
    void controllers_that_the_unit_lacks_limit_nothing() {
        files.keySet().removeIf(path -> path.startsWith(GROUP));
        files.put(GROUP + "cpu.max", "20000 100000\n");
        assertEquals(Optional.of("warning: CPUQuota= of this unit is for overlay-boot alone, not for the subhost (overlay set --persist web CPUS=...)"),
                limits.hint(7, "web"));
    }

    @Test
    void a_host_without_cgroup2_or_a_client_that_is_gone_has_nothing_to_tell() {
        files.put(GROUP + "cpu.max", "20000 100000\n");
        assertEquals(Optional.empty(), limits.hint(8, "web"));
        files.put("/proc/self/mountinfo", "30 20 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
        assertEquals(Optional.empty(), limits.hint(7, "web"));
    }
}
