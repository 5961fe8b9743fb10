package overlayd.varlink;

import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What the C client sends, and what it is answered. */
@State(Scope.Thread)
public class MessageBenchmark {
    private final byte[] call = ("{\"method\":\"org.overlayd.Command.Run\",\"parameters\":{\"stdin\":0,\"stdout\":1,\"stderr\":2,\"arguments\":3},"
            + "\"more\":true}").getBytes(StandardCharsets.UTF_8);

    /** A call read. */
    @Benchmark
    public Object call() throws ProtocolFault {
        return Request.decode(call);
    }

    /** A reply written. */
    @Benchmark
    public byte[] reply() {
        return Json.write(Json.object().set("parameters", Json.object().put("exitStatus", 0)));
    }
}
