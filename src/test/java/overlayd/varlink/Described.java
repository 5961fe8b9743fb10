package overlayd.varlink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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

    /** The first value that does not fit in a JSON array of {@code type}, a type of the interface. */
    public Optional<String> faultOfElements(String type, JsonNode array) {
        if (!description.types().containsKey(type)) {
            return Optional.of("no type " + type);
        }
        Type.Struct whole = new Type.Struct(Map.of("all", new Type.ArrayOf(new Type.Named(type))));
        return new TypeCheck(description).firstFault(whole, Json.object().set("all", array));
    }

    /** The names of its methods. */
    public Set<String> methods() {
        return description.methods().keySet();
    }

    /** What a method is given and answers. */
    public Set<String> parameters(String method) {
        Set<String> names = new HashSet<>(description.methods().get(method).input().names());
        names.addAll(description.methods().get(method).output().names());
        return names;
    }

    /** The words of an enumeration of the interface. */
    public List<String> words(String enumeration) {
        return ((Type.Enumeration) description.types().get(enumeration)).values();
    }

    /** The same of an error, by its full name. */
    public Optional<String> faultOfError(VarlinkError error) {
        String simpleName = error.name().substring(description.name().length() + 1);
        return new TypeCheck(description).firstFault(description.errors().get(simpleName), error.parameters());
    }
}
