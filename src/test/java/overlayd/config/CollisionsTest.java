package overlayd.config;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class CollisionsTest {
    private static SubhostConfig config(String file, String... lines) {
        return Reads.reader(Strictness.BOOT).read(ConfigFile.trusted(Path.of(file), Reads.text(lines))).config().orElseThrow();
    }

    private static List<String> find(SubhostConfig... configs) {
        return Collisions.find(List.of(configs)).stream().map(Problem::text).toList();
    }

    @Test
    void two_subhosts_of_one_NAME_collide_once() {
        assertEquals(List.of("/b.conf:2:6: error: NAME web is also the name of /a.conf (choose another NAME)"),
                find(config("/a.conf", "BASE=/a", "NAME=web", "CABLES=="), config("/b.conf", "BASE=/b", "NAME=web", "CABLES==")));
    }

    @Test
    void interface_names_made_of_different_NAMEs_collide() {
        String tenth = "=".concat(" =".repeat(10));
        assertEquals(List.of("/web1.conf:2:8: error: interface web10 is also the host end of a cable of /web.conf (choose another NAME)"),
                find(config("/web.conf", "BASE=/a", "CABLES=" + tenth), config("/web1.conf", "BASE=/b", "CABLES==")));
    }

    @Test
    void a_VLAN_and_a_NAME_with_a_dot_collide() {
        assertEquals(List.of("/a0.3.conf:2:8: error: interface a0.30 is also the host end of a cable of /a.conf (choose another NAME)"),
                find(config("/a.conf", "BASE=/a", "CABLES== =.30"), config("/a0.3.conf", "BASE=/b", "CABLES==")));
    }

    @Test
    void MAC_addresses_and_UPPERs_collide() {
        assertEquals(List.of("/b.conf:2:8: error: MAC address 02:00:00:00:00:01 is also used by /a.conf (give each cable its own address)",
                "/b.conf:1:1: error: UPPER /x/root is also used by /a.conf (two overlays on one directory damage each other; choose another)",
                "/b.conf:1:1: error: WORK /x/work is also used by /a.conf (two overlays on one directory damage each other; choose another)"),
                find(config("/a.conf", "BASE=/x", "CABLES==02:00:00:00:00:01"), config("/b.conf", "BASE=/x", "CABLES==2:0:0:0:0:1")));
    }

    @Test
    void different_subhosts_do_not_collide_nor_does_a_file_with_itself() {
        SubhostConfig a = config("/a.conf", "BASE=/a", "CABLES== = =.5");
        assertEquals(List.of(), find(a, a, config("/b.conf", "BASE=/b", "CABLES== = =.5")));
        assertEquals(List.of(), Collisions.find(Stream.of(a).toList()));
    }

    @Test
    void ids_of_USERNS_collide_when_one_is_common() {
        SubhostConfig a = config("/a.conf", "BASE=/a", "USERNS=100000:65536");
        assertEquals(List.of("/b.conf:2:8: error: ids 165535:70000 are also used, as 100000:65536, by /a.conf (give each its own ids, or write USERNS=auto)"),
                find(a, config("/b.conf", "BASE=/b", "USERNS=165535:70000")));
        assertEquals(List.of(), find(a, config("/b.conf", "BASE=/b", "USERNS=165536:70000"), config("/c.conf", "BASE=/c", "USERNS=auto"),
                config("/d.conf", "BASE=/d", "USERNS=auto")));
    }
}
