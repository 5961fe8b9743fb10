package overlayd.varlink;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A type of the Varlink interface language. */
sealed interface Type {
    /** The types without parts; {@code object} is any JSON value. */
    enum Basic implements Type { BOOL, INT, FLOAT, STRING, OBJECT }

    /** Refers to a type of the same interface. */
    record Named(String name) implements Type {
    }

    /** One of a few words. */
    record Enumeration(List<String> values) implements Type {
        public Enumeration {
            values = List.copyOf(values);
        }
    }

    /** Named fields, in order. */
    record Struct(Map<String, Type> fields) implements Type {
        public Struct {
            fields = new LinkedHashMap<>(fields);
        }

        Set<String> names() {
            return fields.keySet();
        }
    }

    /** {@code ?T}: null or absent is allowed. */
    record Nullable(Type of) implements Type {
    }

    /** {@code []T}. */
    record ArrayOf(Type of) implements Type {
    }

    /** {@code [string]T}. */
    record MapOf(Type of) implements Type {
    }
}
