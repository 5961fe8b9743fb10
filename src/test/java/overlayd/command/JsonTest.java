package overlayd.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.config.RootKind;
import overlayd.config.Subnet;
import overlayd.drift.Report;
import overlayd.generation.Generation;
import overlayd.kernel.Usage;
import overlayd.report.Documents;
import overlayd.report.LayerDocuments;
import overlayd.report.StateNews;
import overlayd.state.Course;
import overlayd.state.SubhostState;
import overlayd.subhost.Net;
import overlayd.subhost.Networks;
import overlayd.subhost.News;
import overlayd.subhost.Sample;
import overlayd.subhost.StateChange;
import overlayd.subject.FakeDoor;
import overlayd.trial.Checkpoints;
import overlayd.upper.Change;
import overlayd.varlink.Described;
import overlayd.varlink.Json;

/** What {@code --json} prints is what a type of org.overlayd.Subhost says: the interface is the schema. */
class JsonTest {
    /** Each command that has {@code --json}: the type that it prints an array of. */
    private static final Map<String, String> TYPES = Map.ofEntries(Map.entry("overlay-list", "Listed"), Map.entry("overlay check", "Problem"),
            Map.entry("overlay audit", "AuditReport"), Map.entry("overlay diff", "Change"), Map.entry("overlay try", "Change"),
            Map.entry("overlay net", "Network"), Map.entry("overlay events", "Event"), Map.entry("overlay status", "Description"),
            Map.entry("overlay top", "Sample"),
            Map.entry("overlay checkpoint", "Checkpoint"), Map.entry("overlay drift", "Drift"), Map.entry("overlay blame", "Span"));

    @TempDir
    Path directory;
    private final Described described = new Described("org.overlayd.Subhost");
    private Bench bench;

    @BeforeEach
    void subhosts() throws IOException {
        bench = new Bench(directory);
        bench.door.with(FakeDoor.record("web", "RUNNING", "")).with(FakeDoor.record("db", "RUNNING", "mysql failed with status 1"))
                .with(FakeDoor.record("old", "STOPPED", "")).with(FakeDoor.record("bad", "FAILED", "init killed by SIGKILL"));
        Files.writeString(directory.resolve("new.conf"), "BASE=/b\nPROFILE=compat\nCABLES==\n");
    }

    private JsonNode printed(String... line) throws IOException {
        bench.run(line);
        return Json.parse(bench.out().getBytes(StandardCharsets.UTF_8));
    }

    private void fits(String type, JsonNode array) {
        assertTrue(array.size() > 0, "nothing was printed: " + bench.err());
        assertEquals(Optional.empty(), described.faultOfElements(type, array), array::toString);
    }

    @Test
    void every_command_with_json_has_a_type() {
        TreeSet<String> found = new TreeSet<>();
        bench.umbrella.commands().stream().map(Command::model).filter(model -> model.spec().findOption("--json") != null)
                .forEach(model -> found.add(model.name()));
        assertEquals(new TreeSet<>(TYPES.keySet()), found, "a new --json: give its type to org.overlayd.Subhost and a test to JsonTest");
    }

    @Test
    void every_command_that_lists_has_json() {
        for (Command command : bench.umbrella.commands()) {
            boolean lists = String.join(" ", command.model().spec().usageMessage().description()).startsWith("Lists ");
            assertTrue(!lists || command.model().spec().findOption("--json") != null, command.model().name() + " lists, and has no --json");
        }
    }

    @Test
    void overlay_list_prints_what_the_interface_says() throws IOException {
        JsonNode list = printed("overlay-list", "--all", "--json");
        assertEquals(5, list.size());
        fits("Listed", list);
    }

    @Test
    void overlay_check_prints_what_the_interface_says() throws IOException {
        String file = Files.writeString(directory.resolve("odd.conf"), "NAME=a b\n").toString();
        fits("Difference", printed("overlay", "check", "--upstream", "--json", directory.resolve("new.conf").toString()));
        bench.door.problems = overlayd.config.ConfigReader.showing(overlayd.config.Strictness.CHECK, overlayd.config.HostDefaults.NONE)
                .read(overlayd.config.ConfigFile.open(Path.of(file))).problems();
        fits("Problem", printed("overlay", "check", "--json", file));
    }

    @Test
    void overlay_audit_prints_what_the_interface_says() throws IOException {
        fits("AuditReport", printed("overlay", "audit", "--json", "web"));
    }

    @Test
    void overlay_diff_prints_what_the_interface_says() {
        for (Change.Kind kind : Change.Kind.values()) {
            fits("Change", Json.array().add(LayerDocuments.change(new Change(kind, "etc/hosts", false, List.of("content")))));
        }
    }

    private static Sample sample(long seconds, long micros, long received) {
        Usage usage = new Usage(OptionalLong.of(5 << 20), OptionalLong.of(micros), OptionalLong.of(7), OptionalLong.of(0));
        return new Sample(seconds * 1000, seconds * 1_000_000_000, List.of(new Sample.Consumption("web", SubhostState.RUNNING, "", usage,
                OptionalLong.of(received), OptionalLong.of(10), List.of("MEMORY=64M"))));
    }

    @Test
    void overlay_top_prints_what_the_interface_says() throws IOException {
        bench.live.samples.clear();
        bench.live.samples.addAll(List.of(sample(100, 1_000_000, 1000), sample(102, 1_500_000, 3000)));
        JsonNode line = printed("overlay", "top", "--json", "--once", "--delay", "0.1");
        fits("Sample", Json.array().add(line));
        assertEquals("25.0 1000 0", String.join(" ", List.of(line.at("/subhosts/0/cpuPercent").asText(), line.at("/subhosts/0/receivedPerSecond").asText(),
                line.at("/subhosts/0/sentPerSecond").asText())));
    }

    @Test
    void overlay_status_prints_what_the_interface_says() throws IOException {
        bench.live.samples.set(0, sample(100, 1_000_000, 1000));
        for (String name : List.of("web", "db", "bad", "old")) {
            fits("Description", printed("overlay", "status", "--json", name));
        }
    }

    @Test
    void overlay_events_prints_what_the_interface_says() {
        StateChange change = new StateChange("web", SubhostState.RUNNING, "ssh failed", 7, 1000);
        for (News.Kind kind : News.Kind.values()) {
            Optional<StateChange> changed = Optional.of(change).filter(c -> kind != News.Kind.LOST);
            fits("Event", Json.array().add(StateNews.json(new News.Item(kind, changed, 3))));
        }
    }

    @Test
    void overlay_try_list_prints_what_the_interface_says() throws IOException {
        assertEquals(0, printed("overlay", "try", "--json", "list").size());
        assertEquals(0, printed("overlay", "try", "list", "--json").size());
        assertEquals(64, bench.run("overlay", "try", "list", "more"));
    }

    @Test
    void overlay_blame_prints_what_the_interface_says() {
        for (Course.Kind kind : Course.Kind.values()) {
            fits("Span", Documents.spans(new Course(List.of(new Course.Span(kind, 7, 4711, "networking")))));
        }
    }

    @Test
    void overlay_net_list_prints_what_the_interface_says() {
        Net net = new Net("br0", List.of(Subnet.parse("10.0.3.1/24").orElseThrow()), Net.Masquerade.YES);
        assertEquals(Optional.empty(), new Described("org.overlayd.Network").faultOfElements("Network",
                Documents.networks(List.of(new Networks.Row(net, "it is gone", List.of("web"))))));
    }

    @Test
    void overlay_checkpoint_prints_what_the_interface_says() {
        Generation on = new Generation("two", Path.of("/b/root.generations/two"), Generation.Kind.ROLLBACK, 1_000_000, "one");
        assertEquals(Optional.empty(), new Described("org.overlayd.Layer").faultOfElements("Checkpoint",
                LayerDocuments.checkpoints(List.of(new Checkpoints.Row(on, true)))));
    }

    @Test
    void overlay_drift_prints_what_the_interface_says() {
        Report report = new Report(List.of(new Report.Changed("libc6", Optional.of("1"), "2"), new Report.Changed("new", Optional.empty(), "1")),
                List.of(new Report.Hiding("/etc/x", Optional.of("x")), new Report.Hiding("/etc/y", Optional.empty())),
                List.of(new Report.Disagreeing("z", Optional.of("1"), Optional.empty()), new Report.Disagreeing("w", Optional.empty(), Optional.of("1"))));
        assertEquals(Optional.empty(), new Described("org.overlayd.Layer").faultOfElements("Drift", Json.array().add(LayerDocuments.drift("web", report))));
    }

    @Test
    void the_words_of_the_interface_are_ours() {
        assertEquals(words(SubhostState.values()), new TreeSet<>(described.words("State")));
        assertEquals(words(RootKind.values()), new TreeSet<>(described.words("RootKind")));
    }

    private static TreeSet<String> words(Enum<?>[] values) {
        return new TreeSet<>(List.copyOf(Arrays.stream(values).map(value -> value.name().toLowerCase(Locale.ROOT)).toList()));
    }
}
