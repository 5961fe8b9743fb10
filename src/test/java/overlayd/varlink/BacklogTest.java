package overlayd.varlink;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import overlayd.kernel.KernelException;
import overlayd.varlink.ClientConnection.Answers;

class BacklogTest {
    private final Backlog backlog = new Backlog(10_000);

    @Test
    void what_is_too_much_is_refused_to_a_large_share_only() throws Exception {
        Backlog.Share large = backlog.share();
        large.take(10_000);
        assertThrows(ProtocolFault.class, () -> large.take(1));
        Backlog.Share small = backlog.share();
        assertDoesNotThrow(() -> small.take(Backlog.SMALL_BYTES));
        assertThrows(ProtocolFault.class, () -> small.take(1));
        large.close();
        assertEquals(Backlog.SMALL_BYTES + 1, backlog.held());
        assertDoesNotThrow(() -> small.take(5000));
    }

    @Test
    void what_is_given_back_twice_counts_once() throws Exception {
        Backlog.Share share = backlog.share();
        share.take(100);
        share.give(60);
        share.close();
        share.give(60); // of a call that was answered after its connection had gone
        share.close();
        assertEquals(0, backlog.held());
    }

    @Test
    void frames_give_back_what_is_answered_and_what_is_left() throws Exception {
        Frames frames = new Frames(1000, backlog.share());
        frames.accept("one\0two\0thr".getBytes(StandardCharsets.UTF_8), List.of());
        assertEquals(11, backlog.held());
        frames.poll().close();
        assertEquals(7, backlog.held());
        Frames.Frame answered = frames.poll();
        frames.close();
        answered.close();
        assertEquals(0, backlog.held());
    }

    /** Forty half-sent messages of a megabyte are more than the server may hold: most clients are cut off, long before their time is over. */
    @Test
    void a_crowd_of_large_half_sent_messages_is_cut_off_and_a_bystander_served() throws Exception {
        try (TestServer server = new TestServer(Limits.DEFAULT); ClientConnection bystander = server.connect()) {
            byte[] half = "x".repeat(900_000).getBytes(StandardCharsets.UTF_8);
            List<ClientConnection> crowd = new ArrayList<>();
            int cutOff = 0;
            for (int i = 0; i < 40; i++) {
                crowd.add(server.connect());
                try {
                    crowd.get(i).send(half);
                } catch (KernelException hungUp) {
                    cutOff++;
                }
                bystander.call("org.example.test.Ping", Json.object().put("text", "x"), Answers.ONE);
                assertEquals("x", bystander.receive().orElseThrow().parameters().get("text").textValue());
            }
            assertTrue(cutOff >= 30, cutOff + " cut off");
            for (ClientConnection client : crowd) {
                client.close();
            }
        }
    }

    @Test
    void a_message_of_countless_parts_is_refused() {
        String parts = "{\"method\":\"a.B\",\"parameters\":{\"a\":[" + "[],".repeat(Json.MAX_TOKENS / 2) + "[]]}}";
        assertThrows(ProtocolFault.class, () -> Request.decode(parts.getBytes(StandardCharsets.UTF_8)));
        String fewer = "{\"method\":\"a.B\",\"parameters\":{\"a\":[" + "[],".repeat(Json.MAX_TOKENS / 2 - 20) + "[]]}}";
        assertDoesNotThrow(() -> Request.decode(fewer.getBytes(StandardCharsets.UTF_8)));
    }
}
