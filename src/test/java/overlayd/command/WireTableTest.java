package overlayd.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import overlayd.varlink.Described;
import picocli.CommandLine.Model.OptionSpec;

/**
 * overlayd-varlink(7) has a table of what programs call instead of a command: every command and every option of it is there, with a typed method
 * and its parameters, or with the reason why there is none. What is typed but no command is there as well.
 */
class WireTableTest {
    private static final Path PAGE = Path.of("man/overlayd-varlink.7.adoc");
    private static final Pattern TABLE = Pattern.compile("(?ms)^// commands and methods\n(.*?)^// end\n");
    private static final Pattern ROW = Pattern.compile("^\\|`([^`]+)` \\|(.+)$");
    private static final Pattern METHOD = Pattern.compile("\\*(Subhost|Group|Layer|Trial|Network)\\.(\\w+)\\*");
    private static final Pattern PARAMETER = Pattern.compile("`(\\w+)`");
    private static final String NONE = "none: ";
    private static final List<String> INTERFACES = List.of("Subhost", "Group", "Layer", "Trial", "Network");

    private final Bench bench = new Bench(Path.of("/nonexistent"));
    private final Map<String, Described> interfaces = INTERFACES.stream().collect(Collectors.toMap(name -> name, name -> new Described("org.overlayd." + name)));

    private static Map<String, String> rows() throws IOException {
        String table = TABLE.matcher(Files.readString(PAGE)).results().findFirst().orElseThrow().group(1);
        Map<String, String> rows = new LinkedHashMap<>();
        table.lines().filter(line -> line.startsWith("|`")).forEach(line -> {
            MatchResult row = ROW.matcher(line).results().findFirst().orElseThrow(() -> new AssertionError("no row: " + line));
            assertEquals(null, rows.put(row.group(1), row.group(2)), row.group(1) + " is there twice");
        });
        return rows;
    }

    private static String name(OptionSpec option) {
        return option.longestName();
    }

    /** What commands have that is not hidden: "overlay-boot", "overlay-boot --strict". */
    private Set<String> commandLines() {
        Set<String> lines = new TreeSet<>();
        for (Command command : bench.umbrella.commands()) {
            lines.add(command.model().name());
            command.model().spec().options().stream().filter(option -> !option.hidden()).map(WireTableTest::name)
                    .filter(option -> !List.of("--help", "--version").contains(option)).forEach(option -> lines.add(command.model().name() + " " + option));
        }
        return lines;
    }

    /** {@code --json} of all commands is the row "--json". */
    private static boolean has(Set<String> rows, String line) {
        return rows.contains(line) || rows.contains(line.substring(line.lastIndexOf(' ') + 1));
    }

    @Test
    void every_command_and_option_has_a_row() throws IOException {
        Set<String> rows = rows().keySet();
        assertEquals(List.of(), commandLines().stream().filter(line -> !has(rows, line)).toList(),
                "give each a row in " + PAGE + ": its typed method, or \"none: \" and why");
    }

    @Test
    void every_row_is_of_a_command_and_of_an_option_that_there_are() throws IOException {
        Set<String> lines = commandLines();
        for (String row : rows().keySet()) {
            boolean ofAll = row.startsWith("--") && lines.stream().anyMatch(line -> line.endsWith(" " + row));
            boolean action = !row.contains(" --") && lines.stream().anyMatch(line -> row.startsWith(line + " "));
            assertTrue(ofAll || action || lines.contains(row), row);
        }
    }

    @Test
    void every_row_names_a_method_and_parameters_that_there_are_or_says_why_none() throws IOException {
        rows().forEach((row, text) -> {
            Set<String> parameters = new HashSet<>();
            List<MatchResult> methods = METHOD.matcher(text).results().toList();
            for (MatchResult method : methods) {
                assertTrue(interfaces.get(method.group(1)).methods().contains(method.group(2)), row + ": no method " + method.group());
                parameters.addAll(interfaces.get(method.group(1)).parameters(method.group(2)));
            }
            assertTrue(!methods.isEmpty() || text.startsWith(NONE) && text.length() > NONE.length() + 10, row + ": no method, and no reason");
            PARAMETER.matcher(text).results().filter(word -> !text.startsWith(NONE)).forEach(word -> assertTrue(parameters.contains(word.group(1)),
                    row + ": no parameter " + word.group(1) + " in " + parameters));
        });
    }

    @Test
    void every_typed_method_has_a_row() throws IOException {
        String all = String.join("\n", rows().values());
        Set<String> missing = new TreeSet<>();
        interfaces.forEach((name, described) -> described.methods().stream().filter(method -> !all.contains("*" + name + "." + method + "*"))
                .forEach(method -> missing.add(name + "." + method)));
        assertEquals(Set.of(), missing);
    }

    @Test
    void the_page_names_every_interface() throws IOException {
        String page = Files.readString(PAGE);
        try (var files = Files.list(Path.of("src/main/resources/overlayd/varlink"))) {
            List<String> described = files.map(file -> file.getFileName().toString()).filter(file -> file.startsWith("org.overlayd."))
                    .map(file -> file.replace(".varlink", "")).sorted().toList();
            assertEquals(INTERFACES.size() + 1, described.size(), described::toString); // and org.overlayd.Command
            assertEquals(List.of(), described.stream().filter(name -> !page.contains("*" + name + "*")).toList());
        }
    }

    @Test
    void the_test_sees_commands_and_options() {
        assertTrue(commandLines().containsAll(Arrays.asList("overlay-boot --strict", "overlay drift --hint", "overlay net --nat")));
    }
}
