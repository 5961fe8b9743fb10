package overlayd.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.subject.FakeDoor;
import overlayd.varlink.Json;

class ListingTest {
    @TempDir
    Path installed;
    private Bench bench;

    @BeforeEach
    void subhosts() {
        bench = new Bench(installed);
        bench.door.with(FakeDoor.record("web", "RUNNING", "")).with(FakeDoor.record("db", "RUNNING", "mysql failed with status 1"))
                .with(FakeDoor.record("old", "STOPPED", "")).with(FakeDoor.record("bad", "FAILED", "init killed by SIGKILL"));
    }

    private List<String> names(String... line) {
        bench.run(line);
        return bench.out().lines().map(text -> text.split(" ")[0]).toList();
    }

    @Test
    void stopped_subhosts_are_left_out_unless_asked_for() {
        assertEquals(List.of("bad", "db", "web"), names("overlay-list"));
        assertEquals(List.of("bad", "db", "old", "web"), names("overlay-list", "-a"));
        assertEquals(List.of("bad", "db", "web"), names("overlay", "list"));
    }

    @Test
    void configurations_that_were_never_booted_are_listed_with_the_stopped_ones() throws IOException {
        Files.writeString(installed.resolve("new.conf"), "BASE=/b\nNAME=fresh\n");
        Files.writeString(installed.resolve("readme.txt"), "");
        assertEquals(List.of("bad", "db", "fresh", "old", "web"), names("overlay-list", "--all"));
    }

    @Test
    void piped_output_has_no_headings_no_colours_and_eight_columns() {
        bench.run("overlay-list");
        assertEquals("web  running   4711  75  192.0.2.5  overlay  /etc/overlayd/conf.d/web.conf  -",
                bench.out().lines().filter(line -> line.startsWith("web")).findFirst().orElseThrow());
        bench.out().lines().filter(line -> !line.startsWith("db") && !line.startsWith("bad"))
                .forEach(line -> assertEquals(8, line.split(" +").length, line));
    }

    @Test
    void on_a_narrow_terminal_the_reason_takes_the_place_of_the_directory() {
        bench.columns = 90;
        bench.run("overlay-list");
        assertTrue(bench.out().lines().anyMatch(line -> line.startsWith("bad ") && line.endsWith("  bad.conf  init killed by SIGKILL")), bench.out());
        bench.columns = 200;
        bench.run("overlay-list");
        assertTrue(bench.out().lines().anyMatch(line -> line.endsWith("  /etc/overlayd/conf.d/bad.conf  init killed by SIGKILL")), bench.out());
    }

    @Test
    void on_a_terminal_there_are_headings_and_no_line_is_wider() {
        bench.columns = 60;
        bench.run("overlay-list", "--color=never");
        assertTrue(bench.out().startsWith("NAME  STATE"), bench.out());
        bench.out().lines().forEach(line -> assertTrue(line.length() <= 60, line));
        assertTrue(bench.out().contains("1m 15s"));
    }

    @Test
    void colours_follow_the_option_then_no_color_then_the_terminal() {
        bench.columns = 200;
        bench.environment.put("TERM", "xterm");
        assertTrue(coloured());
        bench.environment.put("NO_COLOR", "1");
        assertFalse(coloured());
        assertTrue(coloured("--color=always"));
        bench.environment.remove("NO_COLOR");
        bench.environment.put("TERM", "dumb");
        assertFalse(coloured());
        bench.environment.remove("TERM");
        assertFalse(coloured());
        bench.columns = 0;
        bench.environment.put("TERM", "xterm");
        assertFalse(coloured());
        assertTrue(coloured("--color=always"));
    }

    private boolean coloured(String... options) {
        List<String> line = new ArrayList<>(List.of("overlay-list"));
        line.addAll(List.of(options));
        bench.run(line.toArray(String[]::new));
        return bench.out().contains("\u001b[");
    }

    @Test
    void json_is_one_array_with_raw_values_and_null_for_what_is_not() throws IOException {
        bench.columns = 80;
        bench.run("overlay-list", "--json", "-a");
        JsonNode list = Json.parse(bench.out().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertEquals(4, list.size());
        assertEquals("{\"name\":\"web\",\"state\":\"running\",\"degraded\":false,\"reason\":null,\"initPid\":4711,\"uptimeSeconds\":75,"
                + "\"addresses\":[{\"interface\":\"eth0\",\"address\":\"192.0.2.5/24\"}],\"rootKind\":\"overlay\","
                + "\"file\":\"/etc/overlayd/conf.d/web.conf\",\"privileged\":false,\"userns\":null}", list.get(3).toString());
        assertTrue(list.get(2).get("initPid").isNull());
        assertTrue(list.get(1).get("degraded").asBoolean());
    }

    @Test
    void json_of_nothing_is_an_empty_array() {
        bench.door.subhosts.clear();
        assertEquals(0, bench.run("overlay-list", "--json"));
        assertEquals("[]\n", bench.out());
        assertEquals(0, bench.run("overlay-list"));
        assertEquals("", bench.out());
    }

    @Test
    void overlay_go_alone_lists_what_runs() {
        assertEquals(0, bench.run("overlay-go"));
        assertEquals(List.of("db", "web"), names("overlay-go"));
        bench.door.subhosts.clear();
        assertEquals(0, bench.run("overlay-go"));
        assertEquals("overlay-go: no subhost is running\n", bench.err());
    }

    @Test
    void uptimes_have_their_two_largest_units() {
        assertEquals(List.of("0s", "59s", "1m 0s", "1h 1m", "2d 3h"), List.of(Listing.human(0), Listing.human(59), Listing.human(60),
                Listing.human(3_660), Listing.human(2 * 86_400 + 3 * 3600 + 59)));
    }
}
