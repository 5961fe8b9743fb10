package overlayd.varlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.varlink.ClientConnection.Answers;
import overlayd.varlink.ClientConnection.Reply;

/** Whatever one client does, the descriptors come back and the others are served. */
@Timeout(60)
class HostileClientTest {
    private static final Limits IMPATIENT = Limits.DEFAULT.withHalfSent(Duration.ofMillis(400)).withUnread(Duration.ofMillis(300));

    private final Wire wire = new Wire();
    private TestServer server;
    private ClientConnection bystander;
    private long fdsBefore;

    @BeforeEach
    void open() throws Exception {
        server = new TestServer(IMPATIENT);
        bystander = server.connect();
        ping();
        fdsBefore = TestServer.openFds();
    }

    @AfterEach
    void close() throws Exception {
        try {
            ping();
            untilFds(fdsBefore);
        } finally {
            bystander.close();
            server.close();
        }
    }

    private void ping() throws Exception {
        bystander.call("org.example.test.Ping", Json.object().put("text", "x"), Answers.ONE);
        assertEquals("x", bystander.receive().orElseThrow().parameters().get("text").textValue());
    }

    private static void untilFds(long expected) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        long now = TestServer.openFds();
        while (now != expected && System.nanoTime() < deadline) {
            Thread.onSpinWait();
            now = TestServer.openFds();
        }
        assertEquals(expected, now);
    }

    private Fd file(Path path) throws Exception {
        Files.writeString(path, "x");
        // borrowed by the kernel's own link: the wire needs a number, whoever opened it
        int number = LibCOpen.open(path);
        return wire.own(number);
    }

    private void endsWithoutAnswer(ClientConnection client) throws Exception {
        assertEquals(Optional.empty(), client.receive());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, '{', '"', 0xff, ' '})
    void four_megabytes_of_one_byte(int filler) throws Exception {
        try (ClientConnection client = server.connect()) {
            byte[] bytes = new byte[4 << 20];
            Arrays.fill(bytes, (byte) filler);
            try {
                client.send(bytes);
            } catch (KernelException hungUp) {
                // the server has had enough in the middle of it
            }
            endsWithoutAnswer(client);
        }
    }

    @Test
    void deep_nesting() throws Exception {
        try (ClientConnection client = server.connect()) {
            client.send(("{\"method\":\"org.example.test.Ping\",\"parameters\":" + "{\"a\":".repeat(100_000) + "\0").getBytes(StandardCharsets.UTF_8));
            endsWithoutAnswer(client);
        }
    }

    @Test
    void a_half_sent_message_is_cut_off_in_time() throws Exception {
        List<ClientConnection> clients = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < 300; i++) {
            clients.add(server.connect());
            clients.get(i).send("{\"method\":\"org.exa".getBytes(StandardCharsets.UTF_8));
        }
        for (ClientConnection client : clients) {
            endsWithoutAnswer(client);
            client.close();
        }
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        assertTrue(took >= 400 && took < 3000, took + " ms");
    }

    @Test
    void a_message_dripped_in_is_cut_off_as_well() throws Exception {
        try (ClientConnection client = server.connect()) {
            long start = System.nanoTime();
            KernelException refused = null;
            while (refused == null && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(5)) {
                try {
                    client.send(new byte[] {'{'});
                    TimeUnit.MILLISECONDS.sleep(20); // the rate is what is tested
                } catch (KernelException e) {
                    refused = e;
                }
            }
            assertNotNull(refused);
        }
    }

    @Test
    void a_thousand_idle_clients_do_not_slow_others() throws Exception {
        List<ClientConnection> idle = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            idle.add(server.connect());
        }
        while (server.server.connections() < 1001) {
            Thread.onSpinWait();
        }
        long[] took = new long[2000];
        for (int i = 0; i < took.length; i++) {
            long start = System.nanoTime();
            ping();
            took[i] = System.nanoTime() - start;
        }
        Arrays.sort(took);
        assertTrue(took[took.length * 99 / 100] < TimeUnit.MILLISECONDS.toNanos(20), "p99 " + took[took.length * 99 / 100] / 1000 + " us");
        for (ClientConnection client : idle) {
            client.close();
        }
    }

    @Test
    void a_client_that_never_reads_is_cut_off() throws Exception {
        try (ClientConnection client = server.connect()) {
            client.call("org.example.test.Count", Json.object().put("to", 1_000_000_000), Answers.MORE);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (server.server.connections() > 1 && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertEquals(1, server.server.connections());
        }
    }

    @Test
    void a_client_that_goes_in_the_middle_of_a_stream_ends_it() throws Exception {
        try (ClientConnection client = server.connect()) {
            client.call("org.example.test.Count", Json.object().put("to", 1_000_000_000), Answers.MORE);
            assertTrue(client.receive().orElseThrow().continues());
        }
    }

    @Test
    void unexpected_descriptors_are_closed() throws Exception {
        try (ClientConnection client = server.connect(); Fd file = file(server.directory.resolve("f"))) {
            Fd[] many = new Fd[MessageBuffer.MOST_FDS];
            Arrays.fill(many, file);
            for (String method : List.of("org.example.test.Ping", "org.none.Such", "org.example.test.Crash", "org.varlink.service.GetInfo")) {
                client.call(method, Json.object(), Answers.ONE, many);
                client.receive().orElseThrow();
                untilFds(fdsBefore + 3); // the file, and both ends of the connection
            }
            client.call("org.example.test.Ping", Json.object(), Answers.NONE, many);
            client.send("{\"half".getBytes(StandardCharsets.UTF_8), many);
        }
    }

    @Test
    void descriptors_of_a_message_that_is_refused_are_closed() throws Exception {
        for (String message : List.of("nonsense\0", "\0", "a\0\0b", "{\"a\":\"" + "x".repeat(2 << 20))) {
            try (ClientConnection client = server.connect(); Fd file = file(server.directory.resolve("f"))) {
                try {
                    client.send(message.getBytes(StandardCharsets.UTF_8), file, file, file);
                } catch (KernelException hungUp) {
                    // cut off while sending
                }
                endsWithoutAnswer(client);
            }
            untilFds(fdsBefore);
        }
    }

    @Test
    void declared_descriptors_arrive_close_on_exec_and_can_be_sent_back() throws Exception {
        try (ClientConnection client = server.connect(); Fd one = file(server.directory.resolve("one")); Fd two = file(server.directory.resolve("two"))) {
            client.call("org.example.test.Pass", Json.object().put("first", 1).put("second", 0), Answers.ONE, one, two);
            try (Reply reply = client.receive().orElseThrow()) {
                assertEquals("[\"" + server.directory + "/two\",\"" + server.directory + "/one\"]", reply.parameters().get("names").toString());
                assertEquals(2, reply.fds().size());
                for (Fd fd : reply.fds()) {
                    String flags = Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd.number())).get(1);
                    assertTrue((Long.parseLong(flags.replaceAll("\\D+", ""), 8) & 02000000) != 0, flags);
                }
            }
        }
    }

    @Test
    void a_descriptor_index_that_points_nowhere_is_an_invalid_parameter() throws Exception {
        try (ClientConnection client = server.connect(); Fd file = file(server.directory.resolve("f"))) {
            for (long index : new long[] {1, -1, 1L << 32, Long.MIN_VALUE}) {
                client.call("org.example.test.Pass", Json.object().put("first", 0).put("second", index), Answers.ONE, file);
                assertEquals("{\"parameter\":\"second\"}", client.receive().orElseThrow().parameters().toString());
            }
        }
    }

    @Test
    void descriptors_belong_to_the_message_they_were_sent_with() throws Exception {
        byte[] ping = "{\"method\":\"org.example.test.Ping\"}\0".getBytes(StandardCharsets.UTF_8);
        try (ClientConnection client = server.connect(); Fd file = file(server.directory.resolve("f"))) {
            client.send(ping);
            client.call("org.example.test.Pass", Json.object().put("first", 0), Answers.ONE, file);
            client.send(ping);
            assertNull(client.receive().orElseThrow().error());
            try (Reply reply = client.receive().orElseThrow()) {
                assertEquals("[\"" + server.directory + "/f\"]", reply.parameters().get("names").toString());
            }
            assertNull(client.receive().orElseThrow().error());
        }
    }

    @Test
    void calls_sent_ahead_with_descriptors_are_closed_with_the_connection() throws Exception {
        try (ClientConnection client = server.connect(); Fd file = file(server.directory.resolve("f"))) {
            client.call("org.example.test.Watch", Json.object(), Answers.ONE);
            assertEquals("watching", server.events.poll(5, TimeUnit.SECONDS));
            for (int i = 0; i < 200; i++) {
                client.call("org.example.test.Pass", Json.object().put("first", 0), Answers.ONE, file);
            }
        }
        assertEquals("hangup", server.events.poll(5, TimeUnit.SECONDS));
        server.release.countDown();
    }
}
