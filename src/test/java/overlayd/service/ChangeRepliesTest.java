package overlayd.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import overlayd.command.FakeCall;
import overlayd.upper.Change;
import overlayd.varlink.Json;

class ChangeRepliesTest {
    private final FakeCall call;
    private final ChangeReplies replies;

    ChangeRepliesTest() throws IOException {
        call = new FakeCall("org.overlayd.Layer.Diff", "{}");
        replies = new ChangeReplies(call, () -> Json.object().put("name", "web"));
    }

    private void changes(int number) {
        for (int i = 0; i < number; i++) {
            replies.change(new Change(Change.Kind.ADDED, "f" + i, false, List.of()));
        }
    }

    private static int count(ObjectNode reply) {
        return reply.get("changes").size();
    }

    @Test
    void few_are_in_the_last_reply() {
        changes(2);
        ObjectNode last = replies.rest(Json.object().put("name", "web"));
        assertEquals("{\"name\":\"web\",\"changes\":[{\"kind\":\"added\",\"path\":\"/f0\",\"directory\":false,\"details\":[]},"
                + "{\"kind\":\"added\",\"path\":\"/f1\",\"directory\":false,\"details\":[]}]}", last.toString());
        assertEquals(List.of(), call.replies);
    }

    @Test
    void many_come_in_parts_each_once_and_in_order() {
        changes(25_000);
        List<ObjectNode> all = new ArrayList<>(call.replies);
        all.add(replies.rest(Json.object()));
        List<String> paths = new ArrayList<>();
        for (ObjectNode reply : all) {
            assertTrue(count(reply) <= 500, () -> "a part of " + count(reply));
            paths.addAll(reply.get("changes").findValuesAsText("path"));
        }
        assertEquals(25_000, paths.size());
        for (int i = 0; i < paths.size(); i++) {
            assertEquals("/f" + i, paths.get(i));
        }
        assertTrue(call.replies.stream().allMatch(reply -> reply.get("name").asText().equals("web")), "each has its head");
        assertTrue(all.stream().noneMatch(reply -> reply.has("incomplete")));
    }

    @Test
    void one_reply_holds_the_first_and_says_that_there_are_more() {
        call.more = false;
        changes(ChangeReplies.MOST);
        assertTrue(!replies.rest(Json.object()).has("incomplete"), "all of them are there");
        changes(2);
        ObjectNode last = replies.rest(Json.object());
        assertEquals(ChangeReplies.MOST, count(last));
        assertTrue(last.get("incomplete").asBoolean());
        assertEquals(List.of(), call.replies);
    }
}
