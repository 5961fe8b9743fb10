package overlayd.service;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Supplier;
import overlayd.report.LayerDocuments;
import overlayd.report.ReaderGone;
import overlayd.upper.Change;
import overlayd.upper.Diff;
import overlayd.varlink.Call;
import overlayd.varlink.ClientGone;
import overlayd.varlink.Json;

/**
 * Changes as replies: to a client that calls with 'more' a part at a time, so that a million need no room; else the first {@link #MOST} in the
 * one reply, which then says that it is incomplete.
 */
final class ChangeReplies implements Diff.Found {
    static final int MOST = 10_000;
    private static final int PART = 500;

    private final Call call;
    private final Supplier<ObjectNode> head;
    private ArrayNode part = Json.array();
    private boolean incomplete;

    /** @param head what each reply has besides */
    ChangeReplies(Call call, Supplier<ObjectNode> head) {
        this.call = call;
        this.head = head;
    }

    @Override
    public void change(Change change) {
        if (call.wantsMore() && part.size() == PART) {
            send();
        }
        if (part.size() == MOST) {
            incomplete = true;
        } else {
            part.add(LayerDocuments.change(change));
        }
    }

    private void send() {
        try {
            call.replyContinues((ObjectNode) head.get().set("changes", part));
            part = Json.array();
        } catch (ClientGone gone) {
            throw new ReaderGone(gone.getMessage());
        }
    }

    /** What no reply has told yet, put into the last one. */
    ObjectNode rest(ObjectNode reply) {
        reply.set("changes", part);
        return incomplete ? reply.put("incomplete", true) : reply;
    }
}
