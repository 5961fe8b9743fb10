package overlayd.varlink;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * Compares what a handler answers with what its interface promises. For assertions: tests run it on every answer, an installed daemon
 * never.
 */
interface ReplyCheck {
    /** Before the method is known only errors of org.varlink.service are sent. */
    ReplyCheck NONE = (error, parameters) -> Optional.empty();

    /** What is wrong, if anything; {@code error} is null for an answer that is none. */
    Optional<String> fault(String error, JsonNode parameters);

    static ReplyCheck of(Service service, Interface.Method method) {
        return (error, parameters) -> {
            if (error == null) {
                return service.checks().firstFault(method.output(), parameters);
            }
            if (!error.startsWith(service.name() + ".")) {
                return error.startsWith("org.varlink.service.") ? Optional.empty() : Optional.of(error);
            }
            Type.Struct declared = service.description().errors().get(error.substring(service.name().length() + 1));
            return declared == null ? Optional.of(error) : service.checks().firstFault(declared, parameters);
        };
    }

    /** Always true, or an AssertionError that names the wrong field. */
    default boolean fits(JsonNode parameters) {
        return fits(null, parameters);
    }

    /** The same for an error. */
    default boolean fits(String error, JsonNode parameters) {
        fault(error, parameters).ifPresent(wrong -> {
            throw new AssertionError("not as the interface says: " + wrong + " in " + (error == null ? "" : error + " ") + parameters);
        });
        return true;
    }
}
