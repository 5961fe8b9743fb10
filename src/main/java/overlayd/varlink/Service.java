package overlayd.varlink;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One interface with the handlers of its methods. */
public final class Service {
    /** How a method wants to be called. */
    enum Reply { ONE, NEEDS_MORE }

    /** A handler and what the wire must know before it is called; {@code fdParameters} hold indexes of pushed descriptors. */
    record Method(Handler handler, Reply reply, List<String> fdParameters) {
    }

    private final Interface description;
    private final Map<String, Method> methods;
    private final TypeCheck checks;

    private Service(Interface description, Map<String, Method> methods) {
        this.description = description;
        this.methods = Map.copyOf(methods);
        this.checks = new TypeCheck(description);
    }

    /** Starts the table of the interface whose description is the resource NAME.varlink beside this class. */
    public static Builder of(String interfaceName) {
        return new Builder(Interface.resource(interfaceName));
    }

    /** For tests: an interface given as text. */
    static Builder described(String text) {
        return new Builder(Interface.parse(text));
    }

    /** Name of the interface. */
    public String name() {
        return description.name();
    }

    Interface description() {
        return description;
    }

    TypeCheck checks() {
        return checks;
    }

    /** The method of this simple name, or null when the interface has it but nobody carries it out, or has it not. */
    Method method(String simpleName) {
        return methods.get(simpleName);
    }

    /** Simple names of the methods that have a handler. */
    public Set<String> handled() {
        return methods.keySet();
    }

    /** Collects handlers; refuses names which the interface does not have. */
    public static final class Builder {
        private final Interface description;
        private final Map<String, Method> methods = new LinkedHashMap<>();

        private Builder(Interface description) {
            this.description = description;
        }

        /** A method that may be called with or without 'more'. */
        public Builder on(String method, Handler handler) {
            return put(method, new Method(handler, Reply.ONE, List.of()));
        }

        /** A method that answers org.varlink.service.ExpectedMore when it is called without 'more'. */
        public Builder onMore(String method, Handler handler) {
            return put(method, new Method(handler, Reply.NEEDS_MORE, List.of()));
        }

        /** A method that takes descriptors: each of these int parameters is an index into those sent with the call. */
        public Builder onWithFds(String method, Handler handler, String... fdParameters) {
            return put(method, new Method(handler, Reply.ONE, List.of(fdParameters)));
        }

        /** Both: needs 'more' and takes descriptors. */
        public Builder onMoreWithFds(String method, Handler handler, String... fdParameters) {
            return put(method, new Method(handler, Reply.NEEDS_MORE, List.of(fdParameters)));
        }

        private Builder put(String name, Method method) {
            Interface.Method declared = description.methods().get(name);
            if (declared == null || !declared.input().names().containsAll(method.fdParameters())) {
                throw new IllegalArgumentException(description.name() + " has no method " + name + " with " + method.fdParameters());
            }
            if (methods.putIfAbsent(name, method) != null) {
                throw new IllegalArgumentException("two handlers for " + name);
            }
            return this;
        }

        /** The finished table. */
        public Service build() {
            return new Service(description, methods);
        }
    }
}
