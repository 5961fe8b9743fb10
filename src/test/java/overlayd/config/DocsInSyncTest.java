package overlayd.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The example file and subhost.conf(5) say what the table of keys says. {@code -Doverlayd.docs.write=true} writes what
 * the table says instead of comparing.
 */
class DocsInSyncTest {
    private static final Path EXAMPLE = Path.of("conf.d/example.conf");
    private static final Path MANUAL = Path.of("man/subhost.conf.5.adoc");

    private static void inSync(Path file, String expected) throws IOException {
        if (Boolean.getBoolean("overlayd.docs.write")) Files.writeString(file, expected);
        assertEquals(expected, Files.readString(file), file + " is not what the tables say: mvn -o test -Dtest=DocsInSyncTest -Doverlayd.docs.write=true");
    }

    private static String withBlocks(String text) {
        Matcher block = Pattern.compile("(?ms)^// generated (\\w+)\n.*?^// end \\1\n").matcher(text);
        return block.replaceAll(m -> Matcher.quoteReplacement("// generated " + m.group(1) + "\n" + generated(m.group(1)) + "// end " + m.group(1) + "\n"));
    }

    private static String generated(String name) {
        return switch (name) {
            case "later" -> ConfigDocs.laterBlock();
            case "hostwide" -> ConfigDocs.hostWideList();
            case "rules" -> ConfigDocs.ruleList();
            default -> ConfigDocs.manualBlock(ConfigKey.valueOf(name));
        };
    }

    @Test
    void the_example_file_is_the_table_of_keys() throws IOException {
        inSync(EXAMPLE, ConfigDocs.exampleFile());
    }

    @ParameterizedTest
    @ValueSource(strings = {"subhost.conf.5", "overlayd.conf.5", "overlayd-errors.7"})
    void a_manual_says_of_each_key_and_rule_what_the_tables_say(String page) throws IOException {
        Path file = Path.of("man/" + page + ".adoc");
        inSync(file, withBlocks(Files.readString(file)));
    }

    @Test
    void the_manual_has_a_section_for_each_key_in_the_order_of_the_table() throws IOException {
        List<String> sections = Pattern.compile("(?m)^=== ([A-Z_]+)\n\n// generated \\1\n").matcher(Files.readString(MANUAL)).results().map(m -> m.group(1)).toList();
        assertEquals(ConfigDocs.keys().stream().map(Enum::name).toList(), sections);
    }

    @ParameterizedTest
    @ValueSource(strings = {"example", "minimal", "tiny", "web"})
    void the_examples_pass_the_strict_check(String name) throws IOException {
        Reading reading = Reads.reader(Strictness.CHECK).read(example(name));
        assertEquals(List.of(), reading.problems());
        assertEquals(name, reading.config().orElseThrow().name());
    }

    private static ConfigFile example(String name) throws IOException {
        return ConfigFile.trusted(Path.of("/etc/overlayd/conf.d/" + name + ".conf"), Files.readString(Path.of("conf.d/" + name + ".conf")));
    }

    @Test
    void the_host_wide_example_passes_the_strict_check() throws IOException {
        Path file = Path.of("conf.d/overlayd.conf");
        HostConfig config = HostConfig.read(ConfigFile.trusted(Path.of("/etc/overlayd/overlayd.conf"), Files.readString(file)), Strictness.CHECK);
        assertEquals(List.of(), config.problems());
        for (ConfigKey key : ConfigDocs.keys()) {
            if (key.hostWide()) assertTrue(Files.readString(file).contains("\n" + (key == ConfigKey.LOG ? "" : "#") + key + "="), key + " is shown");
        }
    }

    @Test
    void the_default_lines_of_the_example_are_the_defaults() throws IOException {
        SubhostConfig plain = Reads.good();
        Stream<String> lines = Files.readString(EXAMPLE).lines().filter(l -> l.matches("#[A-Z_]+=.*")).map(l -> l.substring(1));
        for (String line : lines.toList()) {
            ConfigKey key = ConfigKey.valueOf(line.substring(0, line.indexOf('=')));
            if (key.defaultText().filter(t -> !t.isEmpty()).isEmpty()) continue;
            SubhostConfig set = Reads.good(line);
            assertEquals(plain.root(), set.root());
            assertEquals(plain.log(), set.log());
            assertEquals(plain.timeouts(), set.timeouts());
            assertEquals(plain.boot().ramSize(), set.boot().ramSize());
            assertEquals(plain.boot().hostname(), set.boot().hostname());
            assertEquals(plain.boot().services().list().stream().map(Services.Service::word).toList(),
                    set.boot().services().list().stream().map(Services.Service::word).toList());
        }
    }

    @ParameterizedTest
    @EnumSource
    void each_example_value_of_the_table_is_a_good_one(ConfigKey key) {
        if (!key.implemented() || key == ConfigKey.BASE || key.hostOnly()) return;
        String before = switch (key) {
            case GATEWAY, PUBLISH -> "CABLES=br0=\nADDRESS=eth0=10.0.3.5/24\n";
            case ADDRESS -> "CABLES=br0=\n";
            default -> "";
        };
        Reads.good(before + key + "=" + key.example());
    }
}
