package overlayd.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Values that begin with an exclamation mark. */
class CommandValueTest {
    private final List<ValueCommand> ran = new ArrayList<>();

    private Reading run(CommandRunner runner, String... lines) {
        CommandRunner recording = command -> {
            ran.add(command);
            return runner.run(command);
        };
        return ConfigReader.running(HostDefaults.NONE, recording).read(ConfigFile.trusted(Reads.FILE, Reads.text(lines)));
    }

    private static CommandRunner prints(String text) {
        return command -> new CommandRunner.FirstLine(text);
    }

    @Test
    void the_first_line_a_command_prints_is_the_value_as_data() {
        SubhostConfig config = run(prints("  /srv/$NAME root \r"), "BASE=/srv/web", "LOWER=!find-root \"a b\" $NAME").config().orElseThrow();
        assertEquals(List.of(Path.of("/srv/$NAME root")), config.root().lowers());
        assertTrue(config.isComplete());
        assertEquals(List.of(new ValueCommand(ConfigKey.LOWER, List.of("find-root", "a b", "web"), new Position(2, 7),
                ValueCommand.Place.SUBHOST_MOUNTS, Path.of("/srv/web"), Reads.FILE)), ran);
    }

    @Test
    void an_empty_line_means_the_default() {
        assertEquals(Path.of("/srv/web/live"), run(prints(""), "LIVE=!x", "BASE=/srv/web").config().orElseThrow().root().live());
    }

    @Test
    void without_a_runner_commands_are_listed_and_not_run() {
        Reading reading = Reads.boot("BASE=/srv/web", "UPPER=!snapshot 'it''s'", "CABLES=!cables");
        assertEquals(List.of("!snapshot its", "!cables"), reading.commands().stream().map(ValueCommand::text).toList());
        SubhostConfig config = reading.config().orElseThrow();
        assertFalse(config.isComplete());
        assertEquals(Path.of("/[UPPER]"), config.root().upper());
    }

    @Test
    void NAME_and_LOG_run_on_the_host_before_all_others() {
        run(prints("x"), "LOWER=!a", "BASE=!b", "LOG=!c", "NAME=!d");
        assertEquals(List.of("d HOST /etc/subhosts", "c HOST /etc/subhosts", "b SUBHOST_MOUNTS /etc/subhosts", "a SUBHOST_MOUNTS /etc/subhosts/x"),
                ran.stream().map(c -> c.argv().get(0) + " " + c.place() + " " + c.directory()).toList());
    }

    @Test
    void nothing_is_run_while_anything_is_wrong_that_needs_no_command_to_be_seen() {
        Reading reading = run(prints("x"), "BASE=.", "UPPER=!setup", "RAM_SIZE=much");
        assertTrue(reading.hasErrors());
        assertTrue(ran.isEmpty());
    }

    @Test
    void a_command_runs_once_though_its_value_is_used_twice() {
        SubhostConfig config = run(prints("up"), "BASE=/srv/web", "UPPER=!setup", "LOG=${UPPER}.log").config().orElseThrow();
        assertEquals(1, ran.size());
        assertEquals(Path.of("/srv/web/up.log"), config.log());
    }

    @Test
    void a_command_that_fails_is_a_problem_at_its_place() {
        Reading reading = run(c -> new CommandRunner.Failed("exit status 1", "run it by hand"), "BASE=.", "UPPER=!setup it", "LOWER=!other");
        assertEquals(List.of("web.conf:2:7: error: !setup it for UPPER: exit status 1 (run it by hand)",
                "web.conf:3:7: error: !other for LOWER: exit status 1 (run it by hand)"), Reads.texts(reading.problems()));
        assertTrue(reading.config().isEmpty());
    }

    @Test
    void what_a_command_printed_is_checked_like_any_value() {
        assertEquals(List.of("web.conf:2:8: error: cable br0 has no equal sign (write [bridge]=[mac or .vlan], for instance br0=)"),
                Reads.texts(run(prints("br0"), "BASE=.", "CABLES=!x").problems()));
        assertEquals("control-character", run(prints("a\u001bb"), "BASE=.", "LIVE=!x").problems().get(0).rule());
    }

    @Test
    void a_command_may_be_in_quotes() {
        assertEquals(List.of("a", "b"), Reads.boot("BASE=.", "LIVE=\"!a b\"").commands().get(0).argv());
    }
}
