package overlayd.subhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.state.Journal;
import overlayd.state.RecordJson;
import overlayd.state.Rundir;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;
import overlayd.state.Sum;
import overlayd.state.Upkeep;

/** What the first version wrote of a running subhost is understood by this one: format1/web is its runtime directory, as it left it. */
class UpgradeTest {
    private static final Path WRITTEN = Path.of("src/test/resources/overlayd/subhost/format1/web");

    @TempDir
    Path directory;
    private Rundir rundir;

    @BeforeEach
    void copy() throws IOException {
        rundir = new Rundir(directory.resolve("web"));
        Files.createDirectory(rundir.directory());
        for (String file : List.of("record.json", "journal", "pid")) {
            Files.copy(WRITTEN.resolve(file), rundir.directory().resolve(file));
        }
    }

    @Test
    void the_record() throws IOException {
        SubhostRecord record = rundir.read().orElseThrow();
        assertEquals(SubhostState.RUNNING, record.state());
        assertEquals(335, record.initPid());
        assertEquals(1769549L, record.life().initStart());
        assertEquals(List.of("web0"), record.onHost().hostEnds());
        assertEquals(List.of("PROFILE=compat"), record.asked().settings());
        assertEquals(10, record.asked().stopSeconds());
        assertEquals(Upkeep.NONE, record.upkeep());
        assertEquals(Optional.of(new Rundir.InitFile(335, 1769549L)), rundir.init());
    }

    @Test
    void the_journal() throws IOException {
        Journal.Content journal = Journal.read(rundir.journal());
        assertEquals(List.of(), journal.damage());
        assertEquals(List.of("RemoveEmptyLog", "RemoveCgroup", "RemoveNetns", "RemoveFile", "RemoveFile"),
                journal.undos().stream().map(undo -> undo.getClass().getSimpleName()).toList());
    }

    @Test
    void what_is_written_anew_says_its_format_and_comes_back() throws IOException {
        SubhostRecord record = rundir.read().orElseThrow();
        rundir.write(record);
        assertTrue(Files.readString(rundir.directory().resolve("record.json")).startsWith("{\"format\":" + RecordJson.FORMAT + ","));
        assertEquals(Optional.of(record), rundir.read());
    }

    @Test
    void a_newer_format_is_read_as_far_as_it_is_known() throws IOException {
        Files.writeString(rundir.directory().resolve("record.json"), Sum.add(
                "{\"format\":99,\"name\":\"web\",\"state\":\"RUNNING\",\"initPid\":7,\"new\":{\"a\":[1,{\"b\":null}]},\"upkeep\":{\"restart\":\"always\",\"x\":1.5}}") + "\n");
        SubhostRecord record = rundir.read().orElseThrow();
        assertEquals(7, record.initPid());
        assertEquals("always", record.upkeep().restart());
    }
}
