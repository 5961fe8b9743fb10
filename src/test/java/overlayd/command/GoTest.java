package overlayd.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import overlayd.kernel.Errno;
import overlayd.kernel.ExitStatus;
import overlayd.subhost.InsideCommand;
import overlayd.subject.FakeDoor;

class GoTest {
    private final Bench bench = new Bench(Path.of("/nonexistent"));

    @BeforeEach
    void subhost() {
        bench.door.with(FakeDoor.record("web", "RUNNING", ""));
    }

    private int status(ExitStatus status, Errno... refusal) {
        bench.door.session = new InsideCommand.Outcome(status, Optional.ofNullable(refusal.length == 0 ? null : refusal[0]));
        return bench.run("overlay-go", "web", "--", "prog", "--flag");
    }

    @Test
    void the_status_is_the_commands_or_128_and_its_signal() {
        assertEquals(0, status(ExitStatus.exited(0)));
        assertEquals(7, status(ExitStatus.exited(7)));
        assertEquals(127, status(ExitStatus.exited(127)));
        assertEquals(137, status(ExitStatus.killed(9)));
        assertEquals("", bench.err());
    }

    @Test
    void a_command_that_is_not_there_is_127_and_one_that_cannot_run_126() {
        assertEquals(127, status(ExitStatus.exited(127), Errno.ENOENT));
        assertEquals("overlay-go: web: prog: command not found\n", bench.err());
        assertEquals(126, status(ExitStatus.exited(126), Errno.EACCES));
        assertEquals("overlay-go: web: prog: cannot be executed: EACCES (permission denied)\n", bench.err());
    }

    @Test
    void what_went_wrong_on_our_side_is_125() {
        assertEquals(125, status(ExitStatus.unknown()));
        bench.door.session = null;
        assertEquals(125, bench.run("overlay-go", "web", "--", "prog"));
        assertEquals("overlay-go: web is stopped, not running; boot it: overlay-boot web\n", bench.err());
    }

    @Test
    void the_words_after_the_dashes_are_the_commands_alone() {
        status(ExitStatus.exited(0));
        assertEquals(List.of("prog", "--flag"), bench.door.request.command());
        bench.run("overlay-go", "--env", "A=1", "web", "--env=B=x=y", "--", "sh", "-c", "--", "--env");
        assertEquals(List.of("sh", "-c", "--", "--env"), bench.door.request.command());
        assertEquals("1", bench.door.request.environment().get("A"));
        assertEquals("x=y", bench.door.request.environment().get("B"));
        assertEquals(3, bench.door.request.stdio().size());
    }

    @Test
    void without_a_command_it_is_a_login_shell_with_the_callers_terminal_type() {
        bench.environment.put("TERM", "vt100");
        bench.environment.put("SECRET", "x");
        bench.door.session = new InsideCommand.Outcome(ExitStatus.exited(0), Optional.empty());
        assertEquals(0, bench.run("overlay-go", "web.conf"));
        assertEquals(List.of("/bin/sh", "-l"), bench.door.request.command());
        assertEquals("vt100", bench.door.request.environment().get("TERM"));
        assertTrue(!bench.door.request.environment().containsKey("SECRET"));
        assertEquals("/root", bench.door.request.directory());
    }
}
