package overlayd.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every rule of the language on a small file, with the exact text of every problem: rules.txt. */
class RuleTableTest {
    private static final Path FILE = Path.of("/etc/subhosts/t.conf");

    /** Rules that need more than the text of one file; each has tests of its own. */
    private static final Set<Rule> ELSEWHERE = EnumSet.of(Rule.FILE_TOO_LARGE, Rule.VALUE_TOO_LONG, Rule.COMMAND_FAILED, Rule.UNTRUSTED_FILE,
            Rule.PACKAGES_CHANGED, Rule.NAME_TWICE, Rule.INTERFACE_COLLISION, Rule.UPPER_TWICE, Rule.USERNS_TWICE, Rule.NOT_HOST_WIDE, Rule.LOG_NOT_ABSOLUTE, Rule.METRICS_SOCKET_PATH,
            Rule.LOWER_TOO_MANY, Rule.SECCOMP_LIBRARY, Rule.ORDER_UNKNOWN);

    record Case(String rule, String text, List<String> problems) {}

    static Stream<Case> cases() throws IOException {
        try (InputStream in = RuleTableTest.class.getResourceAsStream("rules.txt")) {
            String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Arrays.stream(all.split("(?m)^== ")).skip(1).map(RuleTableTest::parse);
        }
    }

    private static Case parse(String section) {
        int head = section.indexOf('\n');
        String[] halves = section.substring(head + 1).split("(?m)^--\n", 2);
        return new Case(section.substring(0, head), halves[0].translateEscapes().replace("[BOM]", "\uFEFF"), halves[1].lines().filter(l -> !l.isEmpty()).toList());
    }

    private static Reading read(Strictness strictness, Case c) {
        return Reads.reader(strictness).read(ConfigFile.trusted(FILE, c.text()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_boot_tells_every_problem_at_once_with_file_line_and_column(Case c) {
        Reading reading = read(Strictness.BOOT, c);
        assertEquals(c.problems(), reading.problems().stream().map(p -> p.text().substring("/etc/subhosts/".length())).toList());
        assertTrue(reading.problems().stream().anyMatch(p -> p.rule().equals(c.rule())), "the rule the case is about");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void an_error_refuses_the_file_and_a_warning_does_not(Case c) {
        Reading reading = read(Strictness.BOOT, c);
        assertEquals(reading.hasErrors(), reading.config().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void for_overlay_check_every_oddity_is_an_error(Case c) {
        Reading strict = read(Strictness.CHECK, c);
        assertTrue(strict.problems().stream().allMatch(Problem::isError));
        assertEquals(c.problems().stream().map(t -> t.replace(": warning: ", ": error: ")).toList(),
                strict.problems().stream().map(p -> p.text().substring("/etc/subhosts/".length())).toList());
        assertTrue(strict.config().isEmpty());
    }

    @Test
    void every_rule_has_a_case_with_its_severity() throws IOException {
        Set<String> tested = cases().map(Case::rule).collect(Collectors.toCollection(TreeSet::new));
        ELSEWHERE.forEach(rule -> tested.add(rule.id()));
        Set<String> all = Arrays.stream(Rule.values()).map(Rule::id).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(all, tested);
    }

    @Test
    void rule_ids_are_kebab_case() {
        for (Rule rule : Rule.values()) {
            assertTrue(rule.id().matches("[a-z]+(-[a-z]+)*"), rule.id());
            assertEquals(rule.id().toLowerCase(Locale.ROOT), rule.id());
        }
    }
}
