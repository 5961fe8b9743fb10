package overlayd.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import overlayd.report.Documents;
import overlayd.subhost.Progress;
import overlayd.varlink.Call;
import overlayd.varlink.ClientGone;
import overlayd.varlink.Json;

/** Progress as replies that continue. A client that has gone, or does not read in time, is told nothing more; the work goes on. */
final class WireProgress implements Progress {
    private final Call call;
    private boolean gone;

    WireProgress(Call call) {
        this.call = call;
    }

    @Override
    public void service(String service, String verb) {
        tell(progress(service, verb).put("moment", "started"));
    }

    @Override
    public void serviceDone(String service, String verb, int status) {
        tell(progress(service, verb).put("moment", "finished").put("exitStatus", status));
    }

    @Override
    public void warning(String text) {
        ObjectNode progress = Json.object().put("step", "warning");
        progress.set("operands", Documents.texts(List.of(text)));
        tell(progress.put("moment", "finished"));
    }

    private static ObjectNode progress(String service, String verb) {
        ObjectNode progress = Json.object().put("step", "service");
        progress.set("operands", Documents.texts(List.of(service, verb)));
        return progress;
    }

    private void tell(ObjectNode progress) {
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
