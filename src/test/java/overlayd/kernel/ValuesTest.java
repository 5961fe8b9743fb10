package overlayd.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ValuesTest {
    @Test
    void an_exit_status_is_read_as_the_monitor_writes_it() {
        assertEquals(Optional.of(ExitStatus.exited(7)), ExitStatus.parse("exited 7 1700000000\n"));
        assertEquals(Optional.of(ExitStatus.killed(9)), ExitStatus.parse("killed 9 1700000000\n"));
        assertEquals(Optional.of(ExitStatus.unknown()), ExitStatus.parse("unknown"));
        assertEquals(Optional.empty(), ExitStatus.parse(""));
        assertEquals(Optional.empty(), ExitStatus.parse("exited"));
        assertEquals(Optional.empty(), ExitStatus.parse("vanished 3"));
    }

    @Test
    void a_status_is_what_a_shell_would_say() {
        assertEquals(7, ExitStatus.exited(7).shellStatus());
        assertEquals(137, ExitStatus.killed(9).shellStatus());
        assertFalse(ExitStatus.unknown().success());
    }

    @Test
    void device_numbers_are_glibcs() {
        assertEquals(0x103, FileIdentity.makeDevice(1, 3));
        assertEquals("254:0", FileIdentity.majorMinor(FileIdentity.makeDevice(254, 0)));
        assertEquals("4095:1048575", FileIdentity.majorMinor(FileIdentity.makeDevice(4095, 1_048_575)));
        assertEquals("70000:5", FileIdentity.majorMinor(FileIdentity.makeDevice(70_000, 5)));
    }

    @Test
    void a_deadline_passes_and_never_does_not() {
        assertTrue(Deadline.after(Duration.ZERO).passed());
        assertTrue(Deadline.afterMillis(-5).passed());
        assertFalse(Deadline.NEVER.passed());
        assertTrue(Deadline.after(Duration.ofDays(Integer.MAX_VALUE)).isNever());
    }
}
