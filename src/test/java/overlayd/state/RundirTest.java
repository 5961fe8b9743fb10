package overlayd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.config.ByteText;
import overlayd.kernel.ExitStatus;

class RundirTest {
    /** With no two values alike. */
    private static final SubhostRecord FULL = new SubhostRecord("web", "b-1",
            new Asked("/etc/\u00f1.conf", "/log", List.of("ssh", "/opt/x"), 90, 10, List.of("PROFILE=compat")),
            new RootDirectories("overlay", List.of("/", "/a:b"), ByteText.decode(new byte[] {'/', (byte) 0xff, '\''}), "/w", "/l"),
            new OnHost(List.of("web0"), List.of("02:00:00:00:00:01"), List.of("/srv/data")),
            new Life(SubhostState.RUNNING, "a \"reason\"\n", 4711, 99L, 1700000000L, "exited 7"),
            new Upkeep("always", List.of("PIDS=7"), Optional.of(List.of("PIDS=9", "MEMORY=1G")), 1700000009L, 3,
                    new Waits(List.of("mail"), List.of("db")), new Course(List.of(new Course.Span(Course.Kind.SERVICE, 7, 4711, "a b")))));

    /** The same as the first 0.1.0 has written it, with its checksum. */
    private static final String FILE = """
            {"format":2,"name":"web","file":"/etc/\\u00F1.conf","bootId":"b-1","state":"RUNNING","reason":"a \\"reason\\"\\n",\
            "initPid":4711,"initStart":99,"bootedAt":1700000000,"rootKind":"overlay","lower":["/","/a:b"],"upper":"/\\uDCFF'",\
            "work":"/w","live":"/l","log":"/log","hostEnds":["web0"],"macs":["02:00:00:00:00:01"],"services":["ssh","/opt/x"],\
            "startSeconds":90,"stopSeconds":10,"exit":"exited 7","settings":["PROFILE=compat"],"writes":["/srv/data"],\
            "upkeep":{"restart":"always","limits":["PIDS=7"],"before":["PIDS=9","MEMORY=1G"],"restartAt":1700000009,"restarts":3,\
            "after":["mail"],"requires":["db"],"course":["SERVICE 7 4711 a b"]}} ec7bf4cf
            """;

    @TempDir
    Path directory;
    private Rundir rundir;

    @BeforeEach
    void prepare() throws IOException {
        Files.createDirectory(directory.resolve("subhosts"));
        rundir = new Rundir(directory.resolve("subhosts/web"));
        rundir.prepare();
    }

    private void put(String file, String text) throws IOException {
        Files.writeString(rundir.directory().resolve(file), text);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(rundir.directory())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void it_is_nobody_elses() throws IOException {
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(rundir.directory())));
    }

    @Test
    void pid_and_start_time_as_the_monitor_writes_them() throws IOException {
        put("pid", "4711 123456789\n");
        assertEquals(Optional.of(new Rundir.InitFile(4711, 123456789L)), rundir.init());
    }

    @Test
    void a_pid_file_that_is_none_counts_as_absent() throws IOException {
        assertEquals(Optional.empty(), rundir.init());
        for (String text : List.of("", "\n", "4711", "4711 ", "4711 x", "-1 5", "4711 5 6", "9999999999 5", "1 9999999999999999999", "\u0664 5", "4711\t5")) {
            put("pid", text);
            assertEquals(Optional.empty(), rundir.init(), text);
        }
    }

    @Test
    void how_it_ended_as_the_monitor_writes_it() throws IOException {
        for (Map.Entry<String, ExitStatus> e : Map.of("exited 0 1700000000\n", ExitStatus.exited(0), "exited 7 1\n", ExitStatus.exited(7),
                "killed 9 1700000000\n", ExitStatus.killed(9)).entrySet()) {
            put("exit", e.getKey());
            assertEquals(Optional.of(e.getValue()), rundir.exit());
        }
    }

    @Test
    void an_exit_file_that_is_none_counts_as_absent() throws IOException {
        for (String text : List.of("", " ", "exited", "exited x", "exited 1234 5", "ended 5", "killed -9 5", "\n\n")) {
            put("exit", text);
            assertEquals(Optional.empty(), rundir.exit(), text);
        }
    }

    @Test
    void huge_files_are_not_read() throws IOException {
        String huge = "4711 5" + " ".repeat(1 << 20) + "\n";
        put("pid", huge);
        put("exit", "exited 0" + huge);
        put("progress", huge);
        put("record.json", huge);
        assertEquals(Optional.empty(), rundir.init());
        assertEquals(Optional.empty(), rundir.exit());
        assertEquals("", rundir.progress());
        assertThrows(IOException.class, rundir::read);
    }

    @Test
    void bytes_that_a_service_wrote_keep_nobody_from_reading() throws IOException {
        Files.write(rundir.directory().resolve("progress"), new byte[] {(byte) 0xff, '\n', (byte) 0xc3, '\n', 'r', '\n'});
        assertTrue(rundir.progress().endsWith("\nr\n"));
    }

    @Test
    void a_record_comes_back_as_it_was_written() throws IOException {
        rundir.write(FULL);
        assertEquals(Optional.of(FULL), rundir.read());
        assertEquals(List.of("record.json"), files());
    }

    @Test
    void a_daemon_reads_the_records_of_the_one_before_it_and_that_one_its() throws IOException {
        put("record.json", FILE);
        assertEquals(Optional.of(FULL), rundir.read());
        rundir.write(FULL);
        assertEquals(members(FILE), members(Files.readString(rundir.directory().resolve("record.json"))));
    }

    private static JsonNode members(String file) throws IOException {
        return new ObjectMapper().readTree(file.substring(0, file.lastIndexOf('}') + 1));
    }

    @Test
    void what_lies_where_a_record_is_drafted_is_replaced_and_not_written_to() throws IOException {
        SubhostRecord record = SubhostRecord.unknown("web", "b");
        put("record.json.new", "half of a reco");
        rundir.write(record);
        assertEquals(Optional.of(record), rundir.read());
        Path elsewhere = directory.resolve("elsewhere");
        Files.createSymbolicLink(rundir.directory().resolve("record.json.new"), elsewhere);
        rundir.write(record);
        assertEquals(Optional.of(record), rundir.read());
        assertFalse(Files.exists(elsewhere));
        assertEquals(List.of("record.json"), files());
    }

    @Test
    void a_record_of_a_newer_or_older_version_is_read_as_far_as_it_is_known() throws IOException {
        put("record.json", "{\"name\":\"web\",\"state\":\"RUNNING\",\"bootId\":\"b\",\"futureKey\":{\"a\":[1]}}");
        SubhostRecord record = rundir.read().orElseThrow();
        assertEquals(List.of(), record.asked().services());
        assertEquals("", record.root().upper());
        assertEquals(SubhostState.RUNNING, record.state());
    }

    @Test
    void a_record_that_is_none_is_an_error_that_names_the_file() throws IOException {
        for (String text : List.of("", "{", "null", "[]", "\"x\"", "7", "{}", "{\"name\":\"web\"}", "{\"name\":\"web\",\"state\":\"FLYING\"}",
                "{\"name\":\"db\",\"state\":\"RUNNING\"}", "{\"name\":\"web\",\"state\":\"RUNNING\",\"services\":7}", "\u0000\u0000",
                "{\"name\":\"web\",\"state\":\"RUNNING\",\"services\":[null]}")) {
            put("record.json", text);
            assertThrows(IOException.class, rundir::read, text);
        }
    }

    @Test
    void what_is_put_aside_does_not_come_again() throws IOException {
        put("record.json", "{");
        rundir.quarantine("record.json");
        assertEquals(Optional.empty(), rundir.read());
        assertEquals(List.of(), files());
        put("record.json", "}");
        rundir.quarantine("record.json");
        assertEquals("{", Files.readString(directory.resolve("quarantine/web-record.json")));
        assertEquals("}", Files.readString(directory.resolve("quarantine/web-record.json.2")));
    }

    @Test
    void what_no_daemon_makes_is_put_aside() throws IOException {
        Files.createSymbolicLink(rundir.directory().resolve("pid"), directory);
        Files.createDirectory(rundir.directory().resolve("exit"));
        put("progress", "x");
        assertEquals(2, rundir.quarantineOddities().size());
        assertEquals(List.of("progress"), files());
        Rundir file = new Rundir(directory.resolve("subhosts/db"));
        Files.writeString(file.directory(), "x");
        assertEquals(List.of(directory.resolve("quarantine/db")), file.quarantineOddities());
    }

    @Test
    void a_changed_byte_of_a_record_is_found_out() throws IOException {
        rundir.write(SubhostRecord.unknown("web", "b"));
        byte[] bytes = Files.readAllBytes(rundir.directory().resolve("record.json"));
        for (int at = 0; at < bytes.length - 1; at++) {
            byte[] spoiled = bytes.clone();
            spoiled[at] ^= 1;
            Files.write(rundir.directory().resolve("record.json"), spoiled);
            assertThrows(IOException.class, rundir::read, "byte " + at);
        }
    }

    @Test
    void a_closed_one_keeps_only_its_record_and_a_removed_one_nothing() throws IOException {
        for (String file : List.of("pid", "exit", "progress", "mon", "journal", "pid.tmp", "exit.tmp")) {
            put(file, "x");
        }
        rundir.write(SubhostRecord.unknown("web", "b"));
        assertTrue(rundir.isOpen());
        rundir.close();
        assertFalse(rundir.isOpen());
        assertEquals(List.of("record.json"), files());
        rundir.remove();
        assertFalse(Files.exists(rundir.directory()));
        rundir.remove();
    }

    @Test
    void a_new_boot_finds_nothing_of_the_last_one_but_its_record() throws IOException {
        for (String file : List.of("pid", "exit", "progress", "mon")) {
            put(file, "x");
        }
        put("record.json.new", "half");
        rundir.prepare();
        assertEquals(Optional.empty(), rundir.init());
        assertEquals(Optional.empty(), rundir.exit());
        assertEquals("", rundir.progress());
    }

    @Test
    void a_reader_never_finds_half_a_record() throws IOException {
        SubhostRecord record = SubhostRecord.unknown("web", "b");
        rundir.write(record);
        put("record.json.new", "{\"na");
        assertEquals(Optional.of(record), rundir.read());
        rundir.write(record.with(SubhostState.FAILED, "x"));
        assertEquals("x", rundir.read().orElseThrow().reason());
    }

    @Test
    void names_are_ascii_in_the_file_so_that_any_tool_reads_them() throws IOException {
        rundir.write(SubhostRecord.unknown("web", "b").with(SubhostState.FAILED, "\u00f1\udcff"));
        String text = Files.readString(rundir.directory().resolve("record.json"), StandardCharsets.US_ASCII);
        assertTrue(text.chars().allMatch(c -> c < 0x80));
    }
}
