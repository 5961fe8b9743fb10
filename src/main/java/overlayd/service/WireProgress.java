package overlayd.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Consumer;
import overlayd.report.Documents;
import overlayd.subhost.Progress;
import overlayd.varlink.Call;
import overlayd.varlink.Json;

/** Progress of one subhost's boot or stop, as type Progress of the interfaces has it. */
final class WireProgress implements Progress {
    private final Consumer<ObjectNode> replies;

    WireProgress(Call call) {
        this(new ProgressReplies(call)::tell);
    }

    WireProgress(Consumer<ObjectNode> replies) {
        this.replies = replies;
    }

    /** What is under way, still without its moment. */
    static ObjectNode step(String step, List<String> operands) {
        return (ObjectNode) Json.object().put("step", step).set("operands", Documents.texts(operands));
    }

    @Override
    public void service(String service, String verb) {
        replies.accept(step("service", List.of(service, verb)).put("moment", "started"));
    }

    @Override
    public void serviceDone(String service, String verb, int status) {
        replies.accept(step("service", List.of(service, verb)).put("moment", "finished").put("exitStatus", status));
    }

    @Override
    public void warning(String text) {
        replies.accept(step("warning", List.of(text)).put("moment", "finished"));
    }
}
