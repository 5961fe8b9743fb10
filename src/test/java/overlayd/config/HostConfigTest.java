package overlayd.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HostConfigTest {
    private static final Path FILE = Path.of("/etc/overlayd/overlayd.conf");

    private static HostConfig read(String... lines) {
        return HostConfig.read(ConfigFile.trusted(FILE, Reads.text(lines)), Strictness.BOOT);
    }

    @Test
    void it_sets_defaults_for_every_subhost() {
        HostConfig config = read("# x", "LOG=/var/log/overlayd/$NAME.log", "START_TIMEOUT=5", "START_TIMEOUT=6");
        assertEquals(Map.of(ConfigKey.LOG, "/var/log/overlayd/$NAME.log", ConfigKey.START_TIMEOUT, "5"), config.defaults().texts());
        assertEquals(List.of("duplicate-key"), config.problems().stream().map(Problem::rule).toList());
    }

    @Test
    void what_is_wrong_in_it_is_told_where_it_stands() {
        assertEquals(List.of(
                "/etc/overlayd/overlayd.conf:1:1: error: BASE cannot be set for all subhosts (set it in the subhost's own file)",
                "/etc/overlayd/overlayd.conf:2:5: error: LOG is not absolute: x.log (it serves all subhosts: /var/log/overlayd/$NAME.log)",
                "/etc/overlayd/overlayd.conf:3:10: error: RAM_SIZE much is not a size (write a number with K, M, G, T, or 1% to 100% of the memory, or none)",
                "/etc/overlayd/overlayd.conf:4:7: error: START takes no ! command here (set it in the subhost's own file)",
                "/etc/overlayd/overlayd.conf:5:8: error: MEMORY lots is not a size (write a number with K, M, G, T, or 1% to 100% of the memory, or none)"),
                read("BASE=/x", "LOG=x.log", "RAM_SIZE=much", "START=!x", "MEMORY=lots").problems().stream().map(Problem::text).toList());
    }

    @Test
    void a_socket_must_have_a_path_that_can_be_one() {
        assertEquals(List.of(), read("METRICS_SOCKET=/run/m/s").problems());
        assertEquals(Path.of("/run/m/s"), read("METRICS_SOCKET=/run/m/s").defaults().metricsSocket().orElseThrow());
        for (String wrong : List.of("metrics", "/" + "x".repeat(107))) {
            assertEquals(List.of("metrics-socket-path"), read("METRICS_SOCKET=" + wrong).problems().stream().map(Problem::rule).toList());
        }
    }

    @Test
    void one_that_others_may_write_is_not_used() {
        FileTrust trust = new FileTrust(List.of(new FileTrust.Element(FILE, FileTrust.Role.FILE, 0, 0666)));
        HostConfig config = HostConfig.read(new ConfigFile(FILE, ByteText.encode("START=none"), trust), Strictness.BOOT);
        assertTrue(config.hasErrors());
        assertEquals(HostDefaults.NONE, config.defaults());
        assertEquals("untrusted-file", config.problems().get(0).rule());
    }
}
