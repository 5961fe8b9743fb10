package overlayd.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.failure.RefusedException;
import overlayd.kernel.ExitStatus;
import overlayd.subhost.Subhosts;
import overlayd.subject.FakeDoor;

class SuperviseTest {
    @TempDir
    Path temp;
    private Bench bench;
    private Path file;

    @BeforeEach
    void configuration() throws IOException {
        Path here = temp.toRealPath();
        bench = new Bench(here.resolve("conf.d"));
        Files.createDirectory(bench.installed);
        file = Files.writeString(bench.installed.resolve("my-web.conf"), "BASE=base\n");
    }

    private void ends(String state, String reason, Optional<ExitStatus> status) {
        bench.door.end.complete(new Subhosts.End(FakeDoor.record("my-web", state, reason), status));
    }

    @Test
    void it_boots_and_exits_with_0_when_the_subhost_has_come_to_a_good_end() {
        ends("STOPPED", "", Optional.of(ExitStatus.exited(0)));
        assertEquals(0, bench.run("overlay-boot", "--supervise", "my-web"));
        assertTrue(bench.lasting);
        assertEquals(List.of("boot " + file, "end my-web", "end my-web"), bench.door.asked);
    }

    @Test
    void it_exits_with_the_status_of_process_1_and_says_how_it_ended() {
        ends("FAILED", "init killed by SIGKILL", Optional.of(ExitStatus.killed(9)));
        assertEquals(137, bench.run("overlay-boot", "--supervise", "my-web"));
        assertEquals("overlay-boot: my-web: has ended: init killed by SIGKILL\n", bench.err());
    }

    @Test
    void an_end_that_nobody_saw_is_a_failure() {
        bench.environment.put("OVERLAYD_RESUMED", "1");
        bench.door.with(FakeDoor.record("my-web", "FAILED", "its boot was cut off"));
        ends("FAILED", "its boot was cut off", Optional.empty());
        assertEquals(71, bench.run("overlay-boot", "--supervise", "my-web"));
        assertFalse(bench.door.asked.contains("boot " + file));
    }

    @Test
    void one_that_runs_is_followed_not_booted() {
        bench.door.with(FakeDoor.record("my-web", "RUNNING", ""));
        ends("STOPPED", "", Optional.empty());
        assertEquals(0, bench.run("overlay-boot", "--supervise", "my-web"));
        assertFalse(bench.door.asked.contains("boot " + file));
    }

    @Test
    void a_client_that_comes_again_does_not_boot_what_was_stopped_meanwhile() {
        bench.environment.put("OVERLAYD_RESUMED", "1");
        bench.door.with(FakeDoor.record("my-web", "STOPPED", ""));
        ends("STOPPED", "", Optional.empty());
        assertEquals(0, bench.run("overlay-boot", "--supervise", "my-web"));
        assertFalse(bench.door.asked.contains("boot " + file));
    }

    @Test
    void sigterm_is_an_ordered_stop() {
        bench.door.with(FakeDoor.record("my-web", "RUNNING", ""));
        bench.signals.add(15);
        assertEquals(0, bench.run("overlay-boot", "--supervise", "my-web"));
        assertTrue(bench.door.asked.contains("stop my-web"), bench.door.asked::toString);
    }

    @Test
    void the_first_reading_of_a_units_name_that_means_something_counts() {
        ends("STOPPED", "", Optional.empty());
        // %I and %i of subhost@my-web.service
        assertEquals(0, bench.run("overlay-boot", "--supervise", "--", "my/web", "my-web"));
        bench.door.asked.clear();
        // %I and %i of subhosts@-srv-x-web.conf.service, upstream's
        bench.door.subhosts.clear();
        String escaped = file.toString().replace("-", "\\x2d").replace('/', '-');
        assertEquals(0, bench.run("overlay-boot", "--supervise", "--", file.toString(), escaped));
        assertEquals("boot " + file, bench.door.asked.get(0));
        assertEquals(78, bench.run("overlay-boot", "--supervise", "none", "no-ne"));
        assertEquals("overlay-boot: none: no configuration file of this name in /etc/overlayd/conf.d\n", bench.err());
    }

    @Test
    void a_boot_that_is_refused_ends_it() {
        bench.door.refusal = Optional.of(new RefusedException(RefusedException.Kind.EXISTS, "my-web is running in another instance"));
        assertEquals(73, bench.run("overlay-boot", "--supervise", "my-web"));
    }
}
