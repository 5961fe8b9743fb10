package overlayd.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import overlayd.failure.RefusedException;
import overlayd.subject.FakeDoor;

class ShareTest {
    private final Bench bench = new Bench(Path.of("/nonexistent"));

    ShareTest() {
        bench.door.with(FakeDoor.record("web", "RUNNING", ""));
    }

    @Test
    void a_path_is_shared_on_itself() {
        assertEquals(0, bench.run("overlay-share", "/home/guest", "web"));
        assertEquals(List.of("share /home/guest /home/guest with web"), bench.door.asked);
    }

    @Test
    void a_relative_path_is_the_callers_and_another_place_may_be_named() {
        bench.directory = "/srv";
        assertEquals(0, bench.run("overlay", "share", "--read-only", "--on", "/a/./b", "www/../data", "web.conf"));
        assertEquals(List.of("share /srv/data /a/b read-only with web"), bench.door.asked);
    }

    @Test
    void one_that_does_not_run_is_1() {
        assertEquals(1, bench.run("overlay-share", "/srv", "nobody"));
        bench.door.refusal = Optional.of(new RefusedException(RefusedException.Kind.NOT_RUNNING, "web is stopped, not running"));
        assertEquals(1, bench.run("overlay-share", "/srv", "web"));
        assertTrue(bench.err().contains("not running"), bench.err());
    }
}
