package overlayd.varlink;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jnr.unixsocket.UnixServerSocketChannel;
import jnr.unixsocket.UnixSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import overlayd.kernel.Fd;
import overlayd.varlink.ClientConnection.Answers;

@Timeout(20)
class AdoptedSocketTest {
    @Test
    void a_socket_made_by_somebody_else_is_served_and_outlives_the_server() throws Exception {
        Path directory = Files.createTempDirectory("overlayd-adopted");
        Path path = directory.resolve("s");
        UnixServerSocketChannel manager = UnixServerSocketChannel.open();
        manager.socket().bind(new UnixSocketAddress(path.toFile()));
        Server.Options options = new Server.Options(List.of(), TestServer.PRODUCT, Limits.DEFAULT, TestServer.ownUid());
        for (int i = 0; i < 2; i++) {
            Fd inherited = new Fd(manager.getFD(), keep -> { }); // the manager's copy; a daemon would have its own
            try (Server server = Server.on(ListeningSocket.adopt(inherited), options); ClientConnection client = ClientConnection.open(path)) {
                client.call("org.varlink.service.GetInfo", Json.object(), Answers.ONE); // before start: it waits in the queue
                server.start();
                assertNull(client.receive().orElseThrow().error());
            }
            assertTrue(Files.exists(path));
        }
        manager.close();
        Files.delete(path);
        Files.delete(directory);
    }
}
