package overlayd.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The tables of tests/mutations are whole: each key has a system test that is shown to fail when the key is read over, every test
 * they name exists, every text they replace is there. tests/mutations/run does the showing, as root.
 */
class MutationTableTest {
    private static final Path DIRECTORY = Path.of("tests/mutations");
    private static final Pattern KEY = Pattern.compile("([A-Z_]+) +(\\S+) +(.+)");
    private static final Pattern OTHER = Pattern.compile("test (\\S+) (.+)\nfile (\\S+)\nwas (.+)\nis ?(.*)");

    record Row(String topic, String sentence) {}

    static List<MatchResult> keys() throws IOException {
        try (Stream<String> lines = Files.lines(DIRECTORY.resolve("keys"))) {
            return lines.filter(line -> !line.startsWith("#")).map(line -> {
                var row = KEY.matcher(line);
                assertTrue(row.matches(), "tests/mutations/keys: " + line);
                return row.toMatchResult();
            }).toList();
        }
    }

    static List<MatchResult> others() throws IOException {
        return OTHER.matcher(Files.readString(DIRECTORY.resolve("others"))).results().toList();
    }

    static Stream<Row> rows() throws IOException {
        return Stream.concat(keys().stream().map(row -> new Row(row.group(2), row.group(3))),
                others().stream().map(row -> new Row(row.group(1), row.group(2))));
    }

    @ParameterizedTest
    @EnumSource
    void each_key_has_a_test_that_fails_when_it_is_read_over(ConfigKey key) throws IOException {
        if (!key.implemented() || key.hostOnly()) return;
        assertTrue(keys().stream().anyMatch(row -> row.group(1).equals(key.name())), "tests/mutations/keys has no line for " + key
                + ": KEY TOPIC[:SECTION] SENTENCE of a test of tests/system/topics (the topic keys has one such section for each);"
                + " show that it bites: tests/mutations/run " + key);
    }

    @Test
    void no_line_is_for_a_key_that_there_is_not() throws IOException {
        keys().forEach(row -> assertTrue(ConfigKey.named(row.group(1)).filter(ConfigKey::implemented).isPresent(), row.group()));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void the_test_that_is_named_exists(Row row) throws IOException {
        String[] place = row.topic().split(":", 2);
        String topic = Files.readString(Path.of("tests/system/topics", place[0]));
        assertTrue(place.length == 1 || topic.contains("\n# -- " + place[1]), "no section " + row.topic());
        assertTrue(topic.replace("\\$", "$").contains("expect \"" + row.sentence() + "\" "), row.topic() + " has no test \"" + row.sentence() + '"');
    }

    @Test
    void every_block_of_the_other_table_is_read() throws IOException {
        assertEquals(Files.readString(DIRECTORY.resolve("others")).lines().filter(line -> line.startsWith("test ")).count(), others().size());
    }

    /** When you have changed such a line, put the new one into tests/mutations/others: what is replaced switches the feature off. */
    @Test
    void what_is_replaced_is_there_exactly_once() throws IOException {
        for (MatchResult row : others()) {
            String text = Files.readString(Path.of(row.group(3)));
            int first = text.indexOf(row.group(4));
            assertTrue(first >= 0 && text.indexOf(row.group(4), first + 1) < 0,
                    "tests/mutations/others, \"" + row.group(2) + "\": not exactly once in " + row.group(3) + ": " + row.group(4));
        }
    }
}
