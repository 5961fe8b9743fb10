package overlayd.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import overlayd.varlink.Call;
import overlayd.varlink.ClientGone;
import overlayd.varlink.Json;

/** Replies that continue, with progress. A client that has gone, or does not read in time, is told nothing more; the work goes on. Any thread. */
final class ProgressReplies {
    private final Call call;
    private boolean gone;

    ProgressReplies(Call call) {
        this.call = call;
    }

    synchronized void tell(ObjectNode progress) {
        if (gone || !call.wantsMore()) {
            return;
        }
        try {
            call.replyContinues((ObjectNode) Json.object().set("progress", progress));
        } catch (ClientGone closed) {
            gone = true;
        }
    }
}
