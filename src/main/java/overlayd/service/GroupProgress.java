package overlayd.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Supplier;
import overlayd.report.Documents;
import overlayd.subhost.Progress;
import overlayd.varlink.Call;
import overlayd.varlink.ClientGone;
import overlayd.varlink.Json;

/** Progress of several subhosts as replies that continue. Any thread; a client that has gone, or does not read in time, is told nothing more. */
final class GroupProgress {
    private final Call call;
    private boolean gone;

    GroupProgress(Call call) {
        this.call = call;
    }

    void started(String subhost) {
        tell(subhost, of("subhost", List.of()).put("moment", "started"));
    }

    void finished(String subhost) {
        tell(subhost, of("subhost", List.of()).put("moment", "finished"));
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
        return new Progress() {
            @Override
            public void service(String service, String verb) {
                tell(subhost, GroupProgress.of("service", List.of(service, verb)).put("moment", "started"));
            }

            @Override
            public void serviceDone(String service, String verb, int status) {
                tell(subhost, GroupProgress.of("service", List.of(service, verb)).put("moment", "finished").put("exitStatus", status));
            }

            @Override
            public void warning(String text) {
                tell(subhost, GroupProgress.of("warning", List.of(text)).put("moment", "finished"));
            }
        };
    }

    private static ObjectNode of(String step, List<String> operands) {
        return (ObjectNode) Json.object().put("step", step).set("operands", Documents.texts(operands));
    }

    private synchronized void tell(String subhost, ObjectNode progress) {
        if (gone || !call.wantsMore()) {
            return;
        }
        try {
            call.replyContinues((ObjectNode) Json.object().set("progress", progress.put("subhost", subhost)));
        } catch (ClientGone closed) {
            gone = true;
        }
    }
}
