package overlayd.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import overlayd.subhost.RefusedException;

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
}
