package overlayd.varlink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/**
 * A decoded call. {@code parameters} is null when the client sent something else than an object, which is answered, while the
 * faults below end the connection. Other top-level keys are tolerated: extensions of the protocol add some.
 */
record Request(String method, ObjectNode parameters, boolean more, boolean oneway, boolean upgrade) {
    /** The call that reaches a running call of the same connection. */
    private static final String INTERRUPT = "org.overlayd.Command.Interrupt";

    static Request decode(byte[] json) throws ProtocolFault {
        JsonNode call;
        try {
            call = Json.parseStrange(json);
        } catch (IOException e) {
            throw new ProtocolFault("no JSON: " + e.getMessage());
        }
        JsonNode method = call.path("method");
        if (!method.isTextual()) {
            throw new ProtocolFault("no method");
        }
        boolean more = flag(call, "more");
        boolean oneway = flag(call, "oneway");
        boolean upgrade = flag(call, "upgrade");
        if ((more ? 1 : 0) + (oneway ? 1 : 0) + (upgrade ? 1 : 0) > 1) {
            throw new ProtocolFault("more than one of more, oneway, upgrade");
        }
        return new Request(method.textValue(), parameters(call.path("parameters")), more, oneway, upgrade);
    }

    /** Missing, null and {} mean the same. */
    private static ObjectNode parameters(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return Json.object();
        }
        return value instanceof ObjectNode object ? object : null;
    }

    private static boolean flag(JsonNode call, String name) throws ProtocolFault {
        JsonNode value = call.path(name);
        if (!value.isBoolean() && !value.isMissingNode() && !value.isNull()) {
            throw new ProtocolFault(name + " is no boolean");
        }
        return value.booleanValue();
    }

    boolean isInterrupt() {
        return method.equals(INTERRUPT);
    }

    /** Signal number of an interrupt, or 0 when it is not a usable one. */
    int signal() {
        JsonNode signal = parameters == null ? Json.object() : parameters.path("signal");
        return signal.canConvertToInt() && signal.intValue() > 0 && signal.intValue() <= 64 ? signal.intValue() : 0;
    }
}
