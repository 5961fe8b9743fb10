package overlayd.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.config.ConfigFile;
import overlayd.config.ConfigReader;
import overlayd.config.HostDefaults;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;

class SecretsTest {
    @TempDir
    Path host;

    @BeforeEach
    void secrets() throws IOException {
        for (String file : List.of("etc/shadow", "etc/ssh/ssh_host_rsa_key", "etc/ssh/ssh_host_rsa_key.pub", "root/.pgpass", "etc/wireguard/wg0.conf")) {
            Files.createDirectories(host.resolve(file).getParent());
            Files.writeString(host.resolve(file), "secret");
        }
        Files.createDirectories(host.resolve("home"));
    }

    private static SubhostConfig config(String lines) {
        return ConfigReader.showing(Strictness.BOOT, HostDefaults.NONE).read(ConfigFile.trusted(Path.of("/x/web.conf"), "BASE=/b\n" + lines)).config()
                .orElseThrow();
    }

    private List<String> found(String lines) {
        return new Secrets(host).paths(config(lines));
    }

    @Test
    void over_the_hosts_root_each_secret_that_is_there_is_named() {
        assertEquals(List.of("/etc/shadow", "/root", "/etc/wireguard", "/etc/ssh/ssh_host_rsa_key"), found(""));
        assertEquals(List.of(), found("LOWER=/srv/root"));
    }

    @Test
    void what_is_hidden_is_not_named() {
        assertEquals(List.of("/etc/wireguard"), found("HIDE=secrets"));
        assertEquals(List.of(), found("HIDE=secrets /etc/wireguard"));
        assertEquals(List.of("/root", "/etc/ssh/ssh_host_rsa_key"), found("HIDE=/etc/shadow /etc/wireguard"));
    }

    @Test
    void the_remedy_is_a_line_that_hides_them_all() {
        for (String lines : List.of("", "HIDE=secrets", "HIDE=/root")) {
            String remedy = Secrets.remedy(config(lines), found(lines));
            assertTrue(remedy.startsWith("HIDE="), remedy);
            assertEquals(List.of(), found(remedy.substring(0, remedy.indexOf(" ("))), remedy);
        }
    }
}
