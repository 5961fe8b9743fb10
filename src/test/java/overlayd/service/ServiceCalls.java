package overlayd.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import overlayd.command.FakeCall;
import overlayd.varlink.Described;
import overlayd.varlink.Handler;
import overlayd.varlink.VarlinkError;

/** Calls of an interface's methods whose replies and errors must be as its description says. */
abstract class ServiceCalls {
    private final String name;
    private final Described described;

    ServiceCalls(String name) {
        this.name = name;
        this.described = new Described(name);
    }

    final FakeCall call(String method, Handler handler, String parameters) throws Exception {
        FakeCall call = new FakeCall(method, parameters);
        handler.handle(call);
        for (ObjectNode reply : call.replies) {
            assertEquals(Optional.empty(), described.faultOfReply(method, reply), reply.toString());
        }
        return call;
    }

    static String last(FakeCall call) {
        return call.replies.get(call.replies.size() - 1).toString();
    }

    /** Errors of other interfaces (org.varlink.service) are described there. */
    final VarlinkError refused(Handler handler, String parameters) {
        VarlinkError error = assertThrows(VarlinkError.class, () -> call("x", handler, parameters));
        if (error.name().startsWith(name + ".")) {
            assertEquals(Optional.empty(), described.faultOfError(error), error.getMessage());
        }
        return error;
    }
}
