package overlayd.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Supplier;
import overlayd.subhost.Progress;
import overlayd.varlink.Call;

/** Progress of several subhosts, each by its name. Any thread. */
final class GroupProgress {
    private final ProgressReplies replies;

    GroupProgress(Call call) {
        replies = new ProgressReplies(call);
    }

    void started(String subhost) {
        tell(subhost, WireProgress.step("subhost", List.of()).put("moment", "started"));
    }

    void finished(String subhost) {
        tell(subhost, WireProgress.step("subhost", List.of()).put("moment", "finished"));
    }

    /** Does {@code work} between the two. */
    ObjectNode about(String subhost, Supplier<ObjectNode> work) {
        started(subhost);
        ObjectNode outcome = work.get();
        finished(subhost);
        return outcome;
    }

    /** For the boot or stop of one. */
    Progress of(String subhost) {
        return new WireProgress(progress -> tell(subhost, progress));
    }

    private void tell(String subhost, ObjectNode progress) {
        replies.tell(progress.put("subhost", subhost));
    }
}
