package overlayd.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import overlayd.command.Bench;

class LogFilesTest {
    @TempDir
    Path temp;

    private Path write(String name, String text) throws IOException {
        return Files.writeString(temp.resolve(name), text);
    }

    private String read(Path log, Optional<Integer> lines) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new LogReading(Bench.fake(overlayd.kernel.Kernel.class, java.util.Map.of())).read(log, lines, out::writeBytes);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void older_parts_come_first() throws IOException {
        Path log = write("web.log", "e\nf\n");
        write("web.log.1", "c\nd\n");
        write("web.log.2", "a\nb\n");
        assertEquals("a\nb\nc\nd\ne\nf\n", read(log, Optional.empty()));
    }

    @Test
    void the_last_lines_reach_into_older_parts() throws IOException {
        Path log = write("web.log", "e\nf\n");
        write("web.log.1", "c\nd\n");
        assertEquals("f\n", read(log, Optional.of(1)));
        assertEquals("e\nf\n", read(log, Optional.of(2)));
        assertEquals("d\ne\nf\n", read(log, Optional.of(3)));
        assertEquals("c\nd\ne\nf\n", read(log, Optional.of(99)));
        assertEquals("", read(log, Optional.of(0)));
    }

    @Test
    void a_last_line_without_its_end_counts() throws IOException {
        assertEquals("b\nc", read(write("web.log", "a\nb\nc"), Optional.of(2)));
        assertEquals("", read(write("empty.log", ""), Optional.of(2)));
        assertEquals("\n\n", read(write("blank.log", "\n\n\n"), Optional.of(2)));
    }

    @Test
    void lines_are_counted_across_pieces_of_a_large_file() throws IOException {
        String line = "x".repeat(99) + "\n";
        Path log = write("web.log", line.repeat(5000));
        assertEquals(line.repeat(3000), read(log, Optional.of(3000)));
    }

    @Test
    void a_link_is_not_followed() throws IOException {
        Path secret = write("secret", "s\n");
        Path log = Files.createSymbolicLink(temp.resolve("web.log"), secret);
        assertThrows(IOException.class, () -> read(log, Optional.empty()));
        assertEquals(1, LogFiles.lastLines(log, 3).size());
        assertTrue(LogFiles.lastLines(log, 3).get(0).contains("no regular file"));
    }

    @Test
    void the_last_lines_for_a_message_are_text_and_an_absent_file_has_none() throws IOException {
        assertEquals(List.of("b", "ñ"), LogFiles.lastLines(write("web.log", "a\nb\nñ\n"), 2));
        LogFiles.Mark mark = LogFiles.Mark.of(temp.resolve("web.log"));
        assertEquals(List.of(), LogFiles.lastLines(temp.resolve("web.log"), 2, mark));
        Files.writeString(temp.resolve("web.log"), "c\n", StandardOpenOption.APPEND);
        assertEquals(List.of("c"), LogFiles.lastLines(temp.resolve("web.log"), 2, mark));
        Files.move(temp.resolve("web.log"), temp.resolve("web.log.1"));
        assertEquals(List.of("d"), LogFiles.lastLines(write("web.log", "d\n"), 2, mark));
        assertEquals(List.of("d"), LogFiles.lastLines(temp.resolve("web.log"), 2, LogFiles.Mark.of(temp.resolve("absent"))));
        assertEquals(List.of(), LogFiles.lastLines(temp.resolve("absent"), 2));
    }

    @Test
    @Timeout(30)
    void a_follower_hears_what_is_appended_and_goes_over_to_the_next_file_when_the_log_is_cut() throws Exception {
        Path log = write("web.log", "old\n");
        LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
        FileChannel file = LogFiles.open(log);
        file.position(file.size());
        try (LogFollower follower = new LogFollower(log, file, LogFiles.key(log),
                bytes -> heard.add(new String(bytes, StandardCharsets.UTF_8)))) {
            CompletableFuture<Void> following = CompletableFuture.runAsync(() -> {
                try {
                    follower.follow();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            Files.writeString(log, "one\n", StandardOpenOption.APPEND);
            assertEquals("one\n", heard.poll(20, TimeUnit.SECONDS));
            Files.move(log, temp.resolve("web.log.1"));
            Files.writeString(log, "two\n");
            assertEquals("two\n", heard.poll(20, TimeUnit.SECONDS));
            Files.writeString(log, "three\n", StandardOpenOption.APPEND);
            follower.end();
            following.get(20, TimeUnit.SECONDS);
            assertEquals("three\n", String.join("", heard));
        }
    }

    @Test
    void what_comes_in_meanwhile_makes_no_more_lines() {
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        Consumer<byte[]> two = LogReading.atMost(2, seen::writeBytes);
        List.of("a", "b\nc", "\nd\ne", "\nf").forEach(piece -> two.accept(piece.getBytes(StandardCharsets.US_ASCII)));
        assertEquals("ab\nc\n", seen.toString(StandardCharsets.US_ASCII));
    }
}
