package overlayd.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options and exit codes in the man pages are those of the commands. {@code -Doverlayd.docs.write=true} writes what the commands say
 * instead of comparing.
 */
class DocsInSyncTest {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^// generated (\\w+) ([a-z -]+)\n.*?^// end \\1 \\2\n");
    private static final List<String> PAGES = List.of("overlay-boot", "overlay-go", "overlay-stop", "overlay-list", "overlay-share", "overlay-diskfile",
            "overlay");

    private final Bench bench = new Bench(Path.of("/nonexistent"));

    private static Path file(String page) {
        return Path.of("man/" + page + ".8.adoc");
    }

    private String generated(String kind, String command) {
        if (kind.equals("codes")) {
            return codes(Arrays.stream(ExitCode.values()).collect(Collectors.toMap(c -> c.number() + "", ExitCode::meaning, (a, b) -> a,
                    java.util.LinkedHashMap::new)));
        }
        Model model = bench.command(command).orElseThrow(() -> new AssertionError("no command " + command)).model();
        return switch (kind) {
            case "options" -> model.spec().options().stream().filter(option -> !option.hidden()).map(DocsInSyncTest::option)
                    .collect(Collectors.joining());
            case "exits" -> codes(model.spec().usageMessage().exitCodeList());
            default -> throw new AssertionError("no kind " + kind);
        };
    }

    private static String option(OptionSpec option) {
        String names = Arrays.stream(option.names()).map(name -> "*" + name + "*").collect(Collectors.joining(", "));
        String value = option.arity().max() == 0 ? "" : "=_" + option.paramLabel() + "_";
        return names + value + "::\n" + String.join(" ", option.description()) + "\n";
    }

    private static String codes(java.util.Map<String, String> codes) {
        return codes.entrySet().stream().map(code -> "*" + code.getKey() + "*::\n" + code.getValue() + "\n").collect(Collectors.joining());
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlay-boot", "overlay-go", "overlay-stop", "overlay-list", "overlay-share", "overlay-diskfile", "overlay"})
    void a_manual_says_what_the_command_takes_and_exits_with(String page) throws IOException {
        String text = Files.readString(file(page));
        Matcher block = BLOCK.matcher(text);
        assertTrue(block.find(), page + " has no generated block");
        String expected = block.replaceAll(m -> Matcher.quoteReplacement("// generated " + m.group(1) + " " + m.group(2) + "\n"
                + generated(m.group(1), m.group(2)) + "// end " + m.group(1) + " " + m.group(2) + "\n"));
        if (Boolean.getBoolean("overlayd.docs.write")) {
            Files.writeString(file(page), expected);
        }
        assertEquals(expected, Files.readString(file(page)), page
                + " is not what the command says: mvn -o test -Dtest=DocsInSyncTest -Doverlayd.docs.write=true");
    }

    @Test
    void every_command_has_its_options_and_exit_codes_in_a_manual() throws IOException {
        TreeSet<String> described = new TreeSet<>();
        for (String page : PAGES) {
            BLOCK.matcher(Files.readString(file(page))).results().forEach(m -> described.add(m.group(1) + " " + m.group(2)));
        }
        TreeSet<String> expected = new TreeSet<>(List.of("codes overlay"));
        bench.umbrella.commands().forEach(command -> {
            expected.add("options " + command.model().name());
            expected.add("exits " + command.model().name());
        });
        assertEquals(expected, described);
    }
}
