package overlayd.varlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import jnr.unixsocket.UnixDatagramChannel;
import jnr.unixsocket.UnixSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotifySocketTest {
    @TempDir
    Path directory;

    private static String received(UnixDatagramChannel manager) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1000);
        manager.receive(buffer);
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }

    @Test
    void lines_arrive_in_one_datagram() throws IOException {
        Path path = directory.resolve("notify");
        try (UnixDatagramChannel manager = UnixDatagramChannel.open().bind(new UnixSocketAddress(path.toFile()));
                NotifySocket socket = NotifySocket.at(path.toString()).orElseThrow()) {
            socket.tell("READY=1", "STATUS=für alle");
            assertEquals("READY=1\nSTATUS=für alle", received(manager));
            socket.tell("STOPPING=1");
            assertEquals("STOPPING=1", received(manager));
        }
    }

    @Test
    void a_manager_that_is_gone_is_nobodys_error() throws IOException {
        Path path = directory.resolve("notify");
        assertTrue(NotifySocket.at(path.toString()).isEmpty());
        assertTrue(NotifySocket.at("@overlayd-nobody-listens-here").isEmpty());
        assertTrue(NotifySocket.at("vsock:2:1234").isEmpty());
        assertTrue(NotifySocket.at("/" + "long".repeat(40)).isEmpty());
        UnixDatagramChannel manager = UnixDatagramChannel.open().bind(new UnixSocketAddress(path.toFile()));
        try (NotifySocket socket = NotifySocket.at(path.toString()).orElseThrow()) {
            manager.close();
            socket.tell("STATUS=nobody hears this");
        }
    }
}
