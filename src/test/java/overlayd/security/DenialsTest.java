package overlayd.security;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DenialsTest {
    private static Optional<String> remedy(String... said) {
        return Denials.remedy("one failed with status 1", List.of(said), List.of());
    }

    @Test
    void what_several_services_were_denied_is_one_line_of_caps() {
        assertEquals(Optional.of("CAPS=+sys_time +sys_admin +syslog"), remedy("date: cannot set date: Operation not permitted",
                "mount: /mnt: permission denied.", "dmesg: read kernel buffer failed: Operation not permitted"));
    }

    @Test
    void other_keys_stand_beside_it() {
        assertEquals(Optional.of("CAPS=+sys_nice; NESTING=yes"), remedy("unshare: unshare failed: Operation not permitted",
                "nice: cannot set niceness: Permission denied"));
    }

    @Test
    void one_that_is_set_is_not_named_again() {
        assertEquals(Optional.empty(), Denials.remedy("ntp failed with status 1", List.of(), List.of("CAPS=+sys_time")));
    }

    @Test
    void nothing_is_said_where_nothing_is_known() {
        assertEquals(Optional.empty(), remedy("no such file or directory"));
    }
}
