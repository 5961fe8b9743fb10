package overlayd.varlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import overlayd.varlink.ClientConnection.Answers;
import overlayd.varlink.ClientConnection.Reply;

@Timeout(20)
class AuthorizationTest {
    @Test
    void another_user_may_only_introspect() throws Exception {
        try (TestServer server = new TestServer(Limits.DEFAULT, TestServer.ownUid() + 1); ClientConnection client = server.connect()) {
            assertEquals("org.varlink.service.PermissionDenied", call(client, "org.example.test.Ping").error());
            assertEquals("org.varlink.service.PermissionDenied", call(client, "org.none.Such").error());
            assertNull(call(client, "org.varlink.service.GetInfo").error());
        }
    }

    private static Reply call(ClientConnection client, String method) throws Exception {
        client.call(method, Json.object(), Answers.ONE);
        return client.receive().orElseThrow();
    }
}
