package overlayd.varlink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import jnr.unixsocket.UnixDatagramChannel;
import jnr.unixsocket.UnixSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.kernel.Fd;

/** What journald and a syslog daemon receive, on sockets of our own. */
class LogSocketTest {
    @TempDir
    Path directory;

    private UnixDatagramChannel listening(String name) throws IOException {
        return UnixDatagramChannel.open().bind(new UnixSocketAddress(directory.resolve(name).toFile()));
    }

    private static String received(UnixDatagramChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(20_000);
        channel.receive(buffer);
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }

    @Test
    void the_journal_gets_fields_by_name_and_several_lines_with_their_length() throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("MESSAGE", "web: für alle");
        fields.put("SUBHOST", "web");
        fields.put("STACK", "a\nb");
        try (UnixDatagramChannel journal = listening("journal")) {
            assertTrue(new JournalSocket(directory.resolve("journal").toString()).send(fields));
            assertEquals("MESSAGE=web: für alle\nSUBHOST=web\nSTACK\n\3\0\0\0\0\0\0\0a\nb\n", received(journal));
        }
    }

    @Test
    void an_entry_too_long_for_a_datagram_comes_as_a_sealed_memory_file() throws Exception {
        Map<String, String> fields = Map.of("MESSAGE", "x".repeat(1 << 20));
        try (UnixDatagramChannel journal = listening("journal")) {
            assertTrue(new JournalSocket(directory.resolve("journal").toString()).send(fields));
            Wire.Received received = new Wire().receive(journal.getFD(), 0).orElseThrow();
            assertEquals(0, received.bytes().length);
            try (Fd file = received.fds().get(0)) {
                Path content = Path.of("/proc/self/fd/" + file.number());
                assertArrayEquals(JournalSocket.entry(fields), Files.readAllBytes(content));
                assertEquals(LibC.ALL_SEALS, new Wire().libc().fcntl(file.number(), 1034, 0), "F_GET_SEALS");
            }
        }
    }

    @Test
    void a_daemon_that_was_started_anew_is_found_again() throws IOException {
        JournalSocket socket = new JournalSocket(directory.resolve("journal").toString());
        assertFalse(socket.send(Map.of("MESSAGE", "nobody is there")));
        try (UnixDatagramChannel first = listening("journal")) {
            assertTrue(socket.send(Map.of("MESSAGE", "one")));
            assertEquals("MESSAGE=one\n", received(first));
        }
        assertFalse(socket.send(Map.of("MESSAGE", "lost")));
        Files.delete(directory.resolve("journal"));
        try (UnixDatagramChannel second = listening("journal")) {
            assertTrue(socket.send(Map.of("MESSAGE", "two")));
            assertEquals("MESSAGE=two\n", received(second));
        }
    }

    @Test
    void syslog_gets_facility_severity_time_and_tag() throws IOException {
        SyslogSocket socket = new SyslogSocket(directory.resolve("log").toString(), "overlayd", 42);
        assertEquals("<28>Nov  3 04:05:06 overlayd[42]: web: gone", new String(socket.datagram(4, LocalDateTime.of(2026, 11, 3, 4, 5, 6), "web: gone"),
                StandardCharsets.UTF_8));
        assertEquals(8192, socket.datagram(6, LocalDateTime.now(), "x".repeat(10_000)).length);
        try (UnixDatagramChannel daemon = listening("log")) {
            assertTrue(socket.send(6, "web: running"));
            assertTrue(received(daemon).matches("<30>[A-Z][a-z]{2} [ 1-3][0-9] [0-9:]{8} overlayd\\[42]: web: running"));
        }
    }
}
