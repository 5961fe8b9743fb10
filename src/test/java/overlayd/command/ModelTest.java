package overlayd.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import overlayd.subject.UsageException;

class ModelTest {
    private final Model model = Model.of("overlay frob", "overlay frob [OPTION]... NAME KEY=VALUE").about("Frobs.")
            .operands("NAME KEY=VALUE", "2", "what").flag("for good", "--persist").option("SECONDS", Double.class, "how long", "--delay")
            .option("LINES", Integer.class, "how many", "--lines").build();

    private String refused(Model asked, String... words) {
        return assertThrows(UsageException.class, () -> asked.parse(List.of(words))).getMessage();
    }

    @Test
    void an_option_may_stand_between_operands() throws UsageException {
        Given given = model.parse(List.of("web", "--persist", "PIDS=1"));
        assertEquals(List.of("web", "PIDS=1"), given.operands());
        assertTrue(given.has("--persist"));
    }

    @Test
    void operands_are_counted() throws UsageException {
        String usage = "; usage: overlay frob [OPTION]... NAME KEY=VALUE";
        assertEquals("too few operands" + usage, refused(model));
        assertEquals("too few operands" + usage, refused(model, "web", "--persist"));
        assertEquals("\"c\" is one operand too many" + usage, refused(model, "a", "b", "c", "d"));
        Model perhaps = Model.of("overlay perhaps", "overlay perhaps [NAME]").operands("NAME", "0..1", "who").build();
        assertEquals(List.of(), perhaps.parse(List.of()).operands());
        assertEquals("\"b\" is one operand too many; usage: overlay perhaps [NAME]", refused(perhaps, "a", "b"));
        Model several = Model.of("overlay several", "overlay several NAME...").operands("NAME", "1..*", "who").build();
        assertEquals(List.of("a", "b", "c"), several.parse(List.of("a", "b", "c")).operands());
        assertEquals("too few operands; usage: overlay several NAME...", refused(several));
    }

    @Test
    void help_needs_no_operands() throws UsageException {
        assertTrue(model.parse(List.of("--help")).has("--help"));
        assertTrue(model.parse(List.of("--version", "a", "b", "c")).has("--version"));
    }

    @Test
    void numbers_are_asked_for_in_words_of_users() {
        assertEquals("Invalid value for option '--delay': 'x' is not a number", refused(model, "a", "b", "--delay", "x"));
        assertEquals("Invalid value for option '--lines': '1.5' is not a whole number", refused(model, "a", "b", "--lines", "1.5"));
    }

    @Test
    void a_command_without_dashes_is_told_where_it_belongs() {
        Model go = Model.of("go", "go NAME [-- COMMAND...]").operands("NAME", "0..1", "who").commandAfterDash().build();
        assertEquals("\"ls\" is one operand too many; usage: go NAME [-- COMMAND...]", refused(go, "web", "ls"));
        assertEquals("Unknown option: '-l'; usage: go NAME [-- COMMAND...]", refused(go, "web", "ls", "-l"));
    }
}
