package overlayd.subject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadingsTest {
    @TempDir
    Path directory;

    private final Readings readings = new Readings();

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("web.conf"), text);
    }

    @Test
    void a_file_that_stays_the_same_is_understood_once() throws IOException {
        Path file = file("BASE=web\nNAME=one\n");
        assertSame(readings.of(file).orElseThrow(), readings.of(file).orElseThrow());
    }

    @Test
    void a_changed_file_is_read_anew_though_size_and_time_are_the_same() throws IOException {
        Path file = file("BASE=web\nNAME=one\n");
        assertEquals("one", readings.of(file).orElseThrow().name());
        var time = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(file("BASE=web\nNAME=two\n"), time);
        assertEquals("two", readings.of(file).orElseThrow().name());
    }

    @Test
    void one_with_errors_or_none_at_all_is_no_configuration() throws IOException {
        Path file = file("BASE=web\nNAME=a/b\n");
        assertTrue(readings.of(file).isEmpty());
        Files.delete(file);
        assertTrue(readings.of(file).isEmpty());
    }
}
