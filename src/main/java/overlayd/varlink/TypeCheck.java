package overlayd.varlink;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/** Compares JSON values with the types of one interface. */
final class TypeCheck {
    private final Map<String, Type> types;

    TypeCheck(Interface described) {
        this.types = described.types();
    }

    /** Path of the first value that does not fit ("problems[2].line"), or empty when all do. Unknown fields do not fit. */
    Optional<String> firstFault(Type.Struct fields, JsonNode values) {
        return Optional.ofNullable(structFault(fields, values, ""));
    }

    // null = no fault: the checks below run on every call, most of which are right
    private String structFault(Type.Struct struct, JsonNode value, String path) {
        if (!value.isObject()) {
            return path;
        }
        String prefix = path.isEmpty() ? "" : path + ".";
        for (Iterator<String> names = value.fieldNames(); names.hasNext();) {
            String name = names.next();
            if (!struct.fields().containsKey(name)) {
                return prefix + name;
            }
        }
        for (Map.Entry<String, Type> field : struct.fields().entrySet()) {
            String fault = fault(field.getValue(), value.path(field.getKey()), prefix + field.getKey());
            if (fault != null) {
                return fault;
            }
        }
        return null;
    }

    private String fault(Type type, JsonNode value, String path) {
        if (type instanceof Type.Nullable nullable) {
            return value.isNull() || value.isMissingNode() ? null : fault(nullable.of(), value, path);
        }
        if (type instanceof Type.Named named) {
            return fault(types.get(named.name()), value, path);
        }
        if (type instanceof Type.Struct struct) {
            return structFault(struct, value, path);
        }
        if (type instanceof Type.ArrayOf array) {
            return value.isArray() ? elementFault(array.of(), value, path) : path;
        }
        if (type instanceof Type.MapOf map) {
            return value.isObject() ? memberFault(map.of(), value, path) : path;
        }
        if (type instanceof Type.Enumeration words) {
            return value.isTextual() && words.values().contains(value.textValue()) ? null : path;
        }
        return fits((Type.Basic) type, value) ? null : path;
    }

    private String elementFault(Type type, JsonNode array, String path) {
        for (int i = 0; i < array.size(); i++) {
            String fault = fault(type, array.get(i), path + "[" + i + "]");
            if (fault != null) {
                return fault;
            }
        }
        return null;
    }

    private String memberFault(Type type, JsonNode map, String path) {
        for (Iterator<String> names = map.fieldNames(); names.hasNext();) {
            String name = names.next();
            String fault = fault(type, map.get(name), path + "[" + name + "]");
            if (fault != null) {
                return fault;
            }
        }
        return null;
    }

    private static boolean fits(Type.Basic type, JsonNode value) {
        return switch (type) {
            case BOOL -> value.isBoolean();
            case INT -> value.isIntegralNumber();
            case FLOAT -> value.isNumber();
            case STRING -> value.isTextual();
            case OBJECT -> !value.isNull() && !value.isMissingNode();
        };
    }
}
