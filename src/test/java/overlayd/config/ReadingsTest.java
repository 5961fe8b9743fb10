package overlayd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadingsTest {
    @TempDir
    Path directory;

    private final Readings readings = new Readings(Strictness.BOOT, HostDefaults.NONE);

    private Optional<SubhostConfig> config(Path file) throws IOException {
        return readings.of(ConfigFile.open(file)).config();
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("web.conf"), text);
    }

    @Test
    void a_file_that_stays_the_same_is_understood_once() throws IOException {
        Path file = file("BASE=web\nNAME=one\n");
        assertSame(config(file).orElseThrow(), config(file).orElseThrow());
    }

    @Test
    void a_changed_file_is_read_anew_though_size_and_time_are_the_same() throws IOException {
        Path file = file("BASE=web\nNAME=one\n");
        assertEquals("one", config(file).orElseThrow().name());
        var time = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(file("BASE=web\nNAME=two\n"), time);
        assertEquals("two", config(file).orElseThrow().name());
    }

    @Test
    void a_file_that_others_may_write_by_now_is_judged_anew() throws IOException {
        Path file = file("BASE=web\nNAME=one\nSHARE=/srv\n");
        assertTrue(readings.of(new ConfigFile(file, Files.readAllBytes(file), FileTrust.TRUSTED)).config().isPresent());
        FileTrust open = new FileTrust(List.of(new FileTrust.Element(file, FileTrust.Role.FILE, 0, 0666)));
        assertTrue(readings.of(new ConfigFile(file, Files.readAllBytes(file), open)).hasErrors());
    }

    @Test
    void what_a_value_takes_from_a_command_is_left_open() throws IOException {
        Path file = file("BASE=web\nNAME=one\nUPPER=!echo /tmp\n");
        assertEquals(1, readings.of(new ConfigFile(file, Files.readAllBytes(file), FileTrust.TRUSTED)).commands().size());
    }

    @Test
    void one_with_errors_is_no_configuration() throws IOException {
        Path file = file("BASE=web\nNAME=a/b\n");
        assertTrue(config(file).isEmpty());
    }
}
