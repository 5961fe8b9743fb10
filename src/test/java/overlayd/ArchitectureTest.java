package overlayd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the house to its plan: which room may use which, and which may use a library that only some need. */
class ArchitectureTest {
    private static final Path SOURCES = Path.of("src/main/java/overlayd");
    private static final Pattern OURS = Pattern.compile("\\boverlayd\\.([a-z]+(?:\\.jna)?)\\.[A-Z]");

    /** Room -> rooms it may use. Arrows go one way; the table is the picture in CONTRIBUTING.adoc. */
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry("config", Set.of()),
            Map.entry("kernel", Set.of()),
            Map.entry("image", Set.of()),
            Map.entry("upper", Set.of("kernel")),
            Map.entry("generation", Set.of("upper", "config", "kernel")),
            Map.entry("drift", Set.of("upper", "kernel")),
            Map.entry("unit", Set.of()),
            Map.entry("kernel.jna", Set.of("kernel")),
            Map.entry("varlink", Set.of("kernel")),
            Map.entry("security", Set.of("config", "kernel")),
            Map.entry("plan", Set.of("config", "security", "image", "unit")),
            Map.entry("order", Set.of("config")),
            Map.entry("rootfs", Set.of("upper", "plan", "config", "kernel")),
            Map.entry("network", Set.of("plan", "kernel")),
            Map.entry("failure", Set.of("plan", "config", "kernel")),
            Map.entry("state", Set.of("plan", "config", "kernel")),
            Map.entry("facts", Set.of("plan", "image", "unit", "config", "kernel")),
            Map.entry("trial", Set.of("facts", "failure", "state", "generation", "drift", "upper", "rootfs", "plan", "config", "kernel")),
            Map.entry("subhost", Set.of("facts", "failure", "state", "generation", "rootfs", "network", "security", "image", "plan", "unit", "config", "kernel")),
            Map.entry("enter", Set.of("subhost", "failure", "state", "kernel")),
            Map.entry("subject", Set.of("subhost", "enter", "failure", "state", "plan", "config", "kernel")),
            Map.entry("site", Set.of("subject", "failure", "state", "generation", "upper", "config", "kernel")),
            Map.entry("group", Set.of("subject", "subhost", "trial", "failure", "state", "order", "config", "kernel")),
            Map.entry("report", Set.of("site", "subject", "subhost", "trial", "failure", "state", "upper", "drift", "order", "security", "plan", "config", "varlink", "kernel")),
            Map.entry("service", Set.of("report", "group", "site", "subject", "subhost", "trial", "failure", "state", "upper", "generation", "order", "enter", "plan", "config",
                    "varlink", "kernel")),
            Map.entry("command", Set.of("report", "group", "site", "subject", "subhost", "trial", "failure", "state", "upper", "generation", "drift", "enter", "order", "security",
                    "plan", "config", "varlink", "kernel")),
            Map.entry("metrics", Set.of("subhost", "state", "kernel")),
            Map.entry("client", Set.of("kernel", "varlink")),
            Map.entry("daemon", Set.of("command", "service", "report", "group", "metrics", "enter", "subhost", "state", "security", "rootfs", "network", "plan", "config", "kernel",
                    "kernel.jna", "varlink", "client")));

    /** Library package prefix -> rooms that may import it. */
    private static final Map<String, Set<String>> LIBRARIES = Map.of(
            "com.sun.jna", Set.of("kernel.jna"),
            "jnr.", Set.of("kernel.jna", "varlink", "client"),
            "com.fasterxml.jackson", Set.of("varlink", "state", "report", "service", "command"),
            "picocli", Set.of("command"));

    @Test
    void every_room_is_in_the_table() throws IOException {
        Set<String> unknown = new TreeSet<>(rooms().keySet());
        unknown.removeAll(ARROWS.keySet());
        assertEquals(Set.of(), unknown);
    }

    @Test
    void arrows_between_rooms_go_one_way() throws IOException {
        List<String> wrong = new ArrayList<>();
        rooms().forEach((room, files) -> files.forEach(file -> {
            Matcher use = OURS.matcher(code(file));
            while (use.find()) {
                String used = use.group(1);
                if (!used.equals(room) && !ARROWS.getOrDefault(room, Set.of()).contains(used)) {
                    wrong.add(file + " uses room " + used);
                }
            }
        }));
        assertEquals(List.of(), wrong);
    }

    /** The daemon's room makes everything, and may use all; kernel.jna has no row of its own. */
    @Test
    void the_table_for_readers_says_the_same() throws IOException {
        Map<String, Set<String>> rows = new TreeMap<>();
        Matcher row = Pattern.compile("^\\|`([a-z]+)` \\|.* \\|([^|(]*)", Pattern.MULTILINE).matcher(Files.readString(Path.of("CONTRIBUTING.adoc")));
        while (row.find()) {
            rows.put(row.group(1), Pattern.compile("[a-z]+").matcher(row.group(2)).results().map(word -> word.group()).collect(Collectors.toSet()));
        }
        Map<String, Set<String>> wanted = new TreeMap<>(ARROWS);
        wanted.remove("kernel.jna");
        wanted.put("daemon", Set.of("all"));
        assertEquals(wanted, rows);
    }

    @Test
    void libraries_stay_in_the_rooms_that_need_them() throws IOException {
        List<String> wrong = new ArrayList<>();
        rooms().forEach((room, files) -> files.forEach(file -> LIBRARIES.forEach((library, allowed) -> {
            if (!allowed.contains(room) && code(file).contains("import " + library)) {
                wrong.add(file + " uses " + library);
            }
        })));
        assertEquals(List.of(), wrong);
    }

    @Test
    void no_file_is_too_long_to_read() throws IOException {
        List<String> wrong = new ArrayList<>();
        rooms().values().forEach(files -> files.forEach(file -> {
            long lines = code(file).lines().count();
            if (lines > 400) {
                wrong.add(file + " has " + lines + " lines");
            }
        }));
        assertEquals(List.of(), wrong);
    }

    @Test
    void the_test_sees_the_sources() throws IOException {
        assertTrue(rooms().values().stream().mapToInt(List::size).sum() > 50);
    }

    private static Map<String, List<Path>> rooms() throws IOException {
        Map<String, List<Path>> rooms = new TreeMap<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(file -> rooms
                    .computeIfAbsent(SOURCES.relativize(file.getParent()).toString().replace('/', '.'), room -> new ArrayList<>()).add(file));
        }
        return rooms;
    }

    private static String code(Path file) {
        try {
            return Files.readString(file).replaceAll("(?m)^package .*$", "");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
