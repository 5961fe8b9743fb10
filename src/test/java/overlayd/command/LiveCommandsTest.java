package overlayd.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import overlayd.failure.RefusedException;
import overlayd.report.Counters;
import overlayd.subject.FakeDoor;

/** Commands for running subhosts, as far as they can be seen without one. */
class LiveCommandsTest {
    private final Bench bench = new Bench(Path.of("/nonexistent"));

    @BeforeEach
    void subhosts() {
        for (String state : List.of("STARTING", "RUNNING")) {
            bench.live.news.tell(FakeDoor.record("web", state, ""));
        }
        bench.live.news.tell(FakeDoor.record("db", "RUNNING", "mysql failed"));
        bench.door.with(FakeDoor.record("web", "RUNNING", "")).with(FakeDoor.record("db", "RUNNING", "mysql failed"))
                .with(FakeDoor.record("old", "STOPPED", ""));
    }

    @Test
    void wait_returns_at_once_when_it_is_so() {
        assertEquals(0, bench.run("overlay", "wait", "running", "web"), bench.err());
        assertEquals("", bench.out());
        assertEquals(0, bench.run("overlay", "wait", "failed,degraded", "db"));
        assertEquals("degraded\n", bench.out());
        assertEquals(0, bench.run("overlay", "wait", "running", "db"), "degraded is running, too");
        assertEquals(0, bench.run("overlay", "wait", "stopped", "old"), "whoever was never booted is stopped");
    }

    @Test
    void wait_gives_up_after_the_time() {
        assertEquals(75, bench.run("overlay", "wait", "stopped", "web", "--timeout", "0"));
        assertEquals("overlay wait: web: is running, not stopped, after 0 s\n", bench.err());
        assertEquals(75, bench.run("overlay", "wait", "degraded", "web", "-t", "0"));
    }

    @Test
    void wait_ends_with_its_client() {
        bench.signals.add(2);
        assertEquals(130, bench.run("overlay", "wait", "stopped", "web"));
        assertEquals("", bench.err());
    }

    @Test
    void wait_for_what_there_is_not() {
        assertEquals(1, bench.run("overlay", "wait", "running", "none"));
        assertEquals(64, bench.run("overlay", "wait", "runing", "web"));
        assertTrue(bench.err().contains("there are: stopped, starting, running"), bench.err());
        assertEquals(64, bench.run("overlay", "wait", "running,", "web"));
        assertEquals(64, bench.run("overlay", "wait", "running", "web", "--timeout", "-1"));
    }

    @Test
    void events_prints_a_line_each_until_it_is_interrupted() {
        bench.signals.add(15);
        assertEquals(143, bench.run("overlay", "events"));
        assertEquals(1, bench.run("overlay", "events", "none"));
        assertEquals(64, bench.run("overlay", "events", "--color=blue"));
    }

    @Test
    void pause_and_resume_take_several() {
        assertEquals(0, bench.run("overlay", "pause", "web", "db"));
        assertEquals(0, bench.run("overlay", "resume", "web"));
        assertEquals(List.of("pause web", "pause db", "resume web"), bench.live.asked);
        bench.live.refusal = Optional.of(new RefusedException(RefusedException.Kind.BUSY, "web is starting; try again when it has done so"));
        assertEquals(75, bench.run("overlay", "pause", "web"));
        assertEquals("overlay pause: web is starting; try again when it has done so\n", bench.err());
        assertEquals(1, bench.run("overlay", "pause", "none"));
    }

    @Test
    void status_says_what_is_and_its_exit_status_whether_it_is_up() {
        assertEquals(0, bench.run("overlay", "status", "web"), bench.err());
        assertTrue(bench.out().startsWith("web: running\n"), bench.out());
        for (String part : List.of("file: /etc/overlayd/conf.d/web.conf (changed since the boot)", "init: 4711", "root: overlay of /u over /",
                "addresses: 192.0.2.5/24 (eth0)", "services: nginx failed (3), ssh started", "profile: default")) {
            assertTrue(bench.out().contains(part), part + " in " + bench.out());
        }
        assertEquals(76, bench.run("overlay", "status", "web", "db"));
        assertTrue(bench.out().contains("\n\ndb: degraded, mysql failed\n"), bench.out());
        assertEquals(1, bench.run("overlay", "status", "old"));
        assertEquals(1, bench.run("overlay", "status", "none"));
        assertEquals("overlay status: none: no subhost of this name is known\n", bench.err());
    }

    @Test
    void status_has_colours_when_they_are_wanted() {
        bench.run("overlay", "status", "--color=always", "web");
        assertTrue(bench.out().startsWith("\u001b[32mweb: running\u001b[0m\n"), bench.out());
        bench.columns = 100;
        bench.environment.put("TERM", "xterm");
        bench.environment.put("NO_COLOR", "1");
        bench.run("overlay", "status", "web");
        assertTrue(bench.out().startsWith("web: running\n"), bench.out());
        assertEquals(64, bench.run("overlay", "status", "--color=blue", "web"));
    }

    @Test
    void top_refuses_what_makes_no_sense() {
        assertEquals(64, bench.run("overlay", "top", "--delay", "0"));
        assertEquals(64, bench.run("overlay", "top", "--delay", "NaN"));
        assertEquals(1, bench.run("overlay", "top", "none"));
    }

    @Test
    void top_on_a_terminal_gives_it_back() {
        bench.columns = 100;
        bench.signals.add(2);
        assertEquals(130, bench.run("overlay", "top"));
        assertEquals("\u001b[?1049h\u001b[?25l\u001b[?25h\u001b[?1049l", bench.out());
    }

    @Test
    void sizes_are_short() {
        assertEquals(List.of("0", "1023", "1.0K", "10K", "5.0M", "2.5G"), List.of(0L, 1023L, 1024L, 10_240L, 5L << 20, 5L << 29).stream()
                .map(Counters::size).toList());
    }

    @Test
    void set_hands_on_what_it_is_given() {
        assertEquals(0, bench.run("overlay", "set", "web", "MEMORY=1G", "CPUS=none"), bench.err());
        assertEquals(List.of("limit web to [MEMORY=1G, CPUS=none]"), bench.live.asked);
        assertEquals("overlay set: web: a remark\n", bench.err());
    }

    @Test
    void set_refuses_what_is_no_limit() {
        for (String wrong : List.of("START=none", "MEMORY", "=1G", "CPUS=", "CPUS=!id", "PIDS=1\nUPPER=/x")) {
            assertEquals(64, bench.run("overlay", "set", "web", wrong), wrong);
        }
        assertEquals(64, bench.run("overlay", "set", "web", "CPUS=1", "CPUS=2"));
        assertEquals(64, bench.run("overlay", "set", "web"));
        assertEquals(1, bench.run("overlay", "set", "none", "CPUS=1"));
        assertEquals(List.of(), bench.live.asked);
    }
}
