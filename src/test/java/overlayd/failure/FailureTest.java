package overlayd.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class FailureTest {
    @Test
    void a_failure_with_all_its_parts() {
        assertEquals("""
                mount overlay on "/srv/web/live" failed: EINVAL (upper fs does not support it)
                  cause: UPPER lies on nfs
                  remedy: move BASE
                  everything was undone""", new Failure("mount overlay", "on \"/srv/web/live\"", "EINVAL", "upper fs does not support it",
                "UPPER lies on nfs", "move BASE", true).text());
    }

    @Test
    void without_an_errno() {
        assertEquals("""
                await ready no services failed: pid 1 ended
                  not everything could be undone; see the daemon's log""",
                new Failure("await ready", "no services", "", "pid 1 ended", "", "", false).text());
    }

    @Test
    void without_anything_but_its_name() {
        assertEquals("stop failed\n  everything was undone", new Failure("stop", "", "", "", "", "", true).text());
        assertEquals("stop failed: EIO\n  everything was undone", new Failure("stop", "", "EIO", "", "", "", true).text());
    }

    @Test
    void whether_it_was_undone_is_all_that_with_undone_changes() {
        Failure failure = new Failure("a", "b", "EIO", "c", "d", "e", true);
        assertEquals(new Failure("a", "b", "EIO", "c", "d", "e", false), failure.withUndone(false));
    }
}
