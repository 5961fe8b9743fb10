package overlayd.varlink;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** For tests of handlers: whether what they answer is what their interface says. */
public final class Described {
    private final Interface description;

    public Described(String interfaceName) {
        this.description = Interface.resource(interfaceName);
    }

    /** The first value of a method's answer that does not fit. */
    public Optional<String> faultOfReply(String method, ObjectNode parameters) {
        return new TypeCheck(description).firstFault(description.methods().get(method).output(), parameters);
    }

    /** The same of an error, by its full name. */
    public Optional<String> faultOfError(VarlinkError error) {
        String simpleName = error.name().substring(description.name().length() + 1);
        return new TypeCheck(description).firstFault(description.errors().get(simpleName), error.parameters());
    }
}
