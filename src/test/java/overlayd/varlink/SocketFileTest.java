package overlayd.varlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import overlayd.kernel.jna.LinuxSockets;
import overlayd.varlink.ClientConnection.Answers;

@Timeout(20)
class SocketFileTest {
    private Path top;
    private Path path;

    @BeforeEach
    void make() throws IOException {
        top = Files.createTempDirectory("overlayd-socket");
        path = top.resolve("run/overlayd/overlayd.sock");
    }

    @AfterEach
    void remove() throws IOException {
        try (Stream<Path> all = Files.walk(top)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }

    private Server listen() throws IOException {
        try {
            Server server = Server.on(ListeningSocket.make(path, new LinuxSockets()), new Server.Options(List.of(), TestServer.PRODUCT, Limits.DEFAULT, TestServer.ownUid()));
            server.start();
            return server;
        } catch (overlayd.kernel.KernelException e) {
            throw new IOException(e);
        }
    }

    private void served() throws Exception {
        try (ClientConnection client = ClientConnection.open(path)) {
            client.call("org.varlink.service.GetInfo", Json.object(), Answers.ONE);
            assertNull(client.receive().orElseThrow().error());
        }
    }

    private static void forgetsClients(Server server) {
        while (server.connections() > 0) {
            Thread.onSpinWait();
        }
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(path.getParent())) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void directory_0700_socket_0600_nothing_else_left_over() throws Exception {
        try (Server server = listen()) {
            assertEquals("rwx------", mode(path.getParent()));
            assertEquals("rw-------", mode(path));
            assertEquals(List.of("overlayd.sock", "overlayd.sock.lock"), names());
            served();
            forgetsClients(server);
        }
        assertFalse(Files.exists(path));
    }

    @Test
    void the_socket_of_a_dead_daemon_is_replaced() throws Exception {
        Files.createDirectories(path.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path));
        }
        assertTrue(Files.exists(path));
        try (Server server = listen()) {
            served();
            assertEquals("rw-------", mode(path));
            forgetsClients(server);
        }
    }

    @Test
    void a_living_daemon_is_left_alone() throws Exception {
        try (Server first = listen()) {
            IOException refused = assertThrows(IOException.class, this::listen);
            assertTrue(refused.getMessage().contains("another overlayd"), refused.getMessage());
            served();
            forgetsClients(first);
        }
    }

    @Test
    void a_strangers_socket_that_answers_is_left_alone() throws Exception {
        Files.createDirectories(path.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (ServerSocketChannel stranger = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            stranger.bind(UnixDomainSocketAddress.of(path));
            IOException refused = assertThrows(IOException.class, this::listen);
            assertTrue(refused.getMessage().contains("another program"), refused.getMessage());
        }
    }

    @Test
    void what_is_no_socket_is_not_replaced() throws Exception {
        Files.createDirectories(path.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(path, "precious");
        assertThrows(IOException.class, this::listen);
        assertEquals("precious", Files.readString(path));
    }

    @Test
    void a_directory_others_may_write_is_refused() throws Exception {
        Files.createDirectories(path.getParent());
        Files.setPosixFilePermissions(path.getParent(), PosixFilePermissions.fromString("rwxrwxr-x"));
        assertThrows(IOException.class, this::listen);
        assertEquals(List.of(), names());
    }

    @Test
    void a_path_too_long_for_a_socket_is_refused_in_words() {
        path = top.resolve("x".repeat(120)).resolve("s");
        assertTrue(assertThrows(IOException.class, this::listen).getMessage().contains("107"));
    }

    @Test
    void a_directory_that_is_a_link_is_refused() throws Exception {
        Files.createDirectories(top.resolve("real"));
        Files.createDirectories(path.getParent().getParent());
        Files.createSymbolicLink(path.getParent(), top.resolve("real"));
        assertThrows(IOException.class, this::listen);
    }
}
