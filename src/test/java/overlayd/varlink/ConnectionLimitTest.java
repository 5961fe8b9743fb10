package overlayd.varlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import overlayd.kernel.KernelException;
import overlayd.varlink.ClientConnection.Answers;

@Timeout(20)
class ConnectionLimitTest {
    @Test
    void a_uid_gets_so_many_connections_and_a_closed_one_makes_room() throws Exception {
        try (TestServer server = new TestServer(Limits.DEFAULT.withConnections(3))) {
            List<ClientConnection> clients = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                clients.add(server.connect());
                ping(clients.get(i));
            }
            try (ClientConnection refused = server.connect()) {
                assertEquals(Optional.empty(), refused.receive());
            }
            clients.get(0).close();
            // The place is free a moment after the connection is gone.
            while (!isWelcome(server)) {
                Thread.onSpinWait();
            }
            ping(clients.get(1));
            clients.forEach(ClientConnection::close);
        }
    }

    private static boolean isWelcome(TestServer server) throws Exception {
        try (ClientConnection client = server.connect()) {
            client.call("org.example.test.Ping", Json.object(), Answers.ONE);
            return client.receive().isPresent();
        } catch (KernelException refused) {
            return false;
        }
    }

    private static void ping(ClientConnection client) throws Exception {
        client.call("org.example.test.Ping", Json.object(), Answers.ONE);
        assertNull(client.receive().orElseThrow().error());
    }
}
