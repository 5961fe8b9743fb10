package overlayd.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HelpTest {
    private final Bench bench = new Bench(Path.of("/nonexistent"));

    private String[] line(Command command, String option) {
        String name = command.model().name();
        return name.startsWith("overlay ") ? new String[] {"overlay", name.substring(8), option} : new String[] {name, option};
    }

    @Test
    void every_help_goes_to_standard_output_and_is_at_most_80_columns_wide() {
        for (Command command : bench.umbrella.commands()) {
            assertEquals(0, bench.run(line(command, "--help")), command.model().name());
            assertEquals("", bench.err());
            assertTrue(bench.out().startsWith("Usage: " + command.model().name()), bench.out());
            bench.out().lines().forEach(text -> assertTrue(text.length() <= 80, text));
        }
        assertEquals(0, bench.run("overlay", "--help"));
        bench.out().lines().forEach(text -> assertTrue(text.length() <= 80, text));
    }

    @Test
    void the_umbrella_lists_every_verb_on_a_line_of_its_own() {
        bench.run("overlay", "--help");
        for (Command command : bench.umbrella.commands()) {
            assertTrue(bench.out().lines().anyMatch(text -> text.startsWith("  " + command.model().name().substring(8) + " ")),
                    command.model().name());
        }
    }

    @Test
    void every_command_tells_its_version() {
        for (Command command : bench.umbrella.commands()) {
            assertEquals(0, bench.run(line(command, "--version")));
            assertEquals(command.model().name() + " (overlayd) 1.2.3\n", bench.out());
        }
        bench.run("overlay", "-V");
        assertEquals("overlay (overlayd) 1.2.3\n", bench.out());
    }

    @Test
    void help_is_given_whatever_else_is_wrong() {
        assertEquals(0, bench.run("overlay-boot", "-h"));
        assertEquals(0, bench.run("overlay", "help", "stop"));
        assertTrue(bench.out().startsWith("Usage: overlay-stop"));
        assertEquals(0, bench.run("overlay", "help"));
    }

    @Test
    void a_signal_undoes_what_a_boot_has_begun_and_those_who_only_look_say_nothing_of_it() {
        for (Command command : bench.umbrella.commands()) {
            assertEquals(0, bench.run(line(command, "--help")));
            assertEquals(command.model().name().equals("overlay-boot"), bench.out().contains("is undone"), bench.out());
        }
        bench.run("overlay", "log", "--help");
        assertTrue(bench.out().contains("  130 ") && bench.out().contains("  143 "), bench.out());
    }

    @Test
    void the_hidden_option_is_not_shown() {
        bench.run("overlay-boot", "--help");
        assertTrue(!bench.out().contains("fail-at"));
    }

    @Test
    void a_reader_that_has_gone_ends_with_141() {
        bench.readerGone = true;
        assertEquals(141, bench.run("overlay-boot", "--help"));
    }

    @Test
    void a_wrong_command_line_says_so_on_standard_error_and_exits_with_64() {
        for (String[] wrong : new String[][] {{"overlay"}, {"overlay", "frob"}, {"overlay-frob"}, {"overlay-boot"}, {"overlay-boot",
                "--frob", "x"},
            {"overlay-stop", "-t", "x", "web"}, {"overlay-stop", "-t", "-1", "web"}, {"overlay-list", "x"}, {"overlay", "log"},
            {"overlay", "log", "-n", "-1", "x"}, {"overlay-list", "--color=pink"}, {"overlay-share", "/srv"}, {"overlay-share", "/proc/x", "web"}, {"overlay-share", "--on", "x", "/srv", "web"},
            {"overlay-boot", "--fail-at", "x", "web"}}) {
            assertEquals(64, bench.run(wrong), String.join(" ", wrong));
            assertEquals("", bench.out());
            assertTrue(!bench.err().isEmpty());
        }
    }

    @Test
    void of_overlay_go_every_failure_of_ours_is_125() {
        for (String[] wrong : new String[][] {{"overlay-go", "--frob"}, {"overlay-go", "web", "ls"}, {"overlay-go", "--", "ls"},
            {"overlay-go", "web", "--"}, {"overlay-go", "--env", "x", "web"}, {"overlay-go", "", "--", "ls"}, {"overlay-go", "nosuch",
                    "--", "ls"}, {"overlay", "go", "nosuch"}}) {
            assertEquals(125, bench.run(wrong), String.join(" ", wrong));
            assertTrue(bench.err().startsWith("overlay-go: "), bench.err());
        }
    }

    @Test
    void an_argument_that_begins_with_an_at_sign_is_no_file_to_read() {
        bench.run("overlay-boot", "@/etc/passwd");
        assertTrue(bench.err().contains("@/etc/passwd"), bench.err());
        assertTrue(!bench.err().contains("root:"));
    }

    @Test
    void control_characters_of_a_name_do_not_reach_the_terminal() {
        bench.run("overlay-stop", "a\u001b]0;x\u0007");
        assertTrue(bench.err().contains("a\\x1b]0;x\\x07"), bench.err());
    }
}
