package overlayd.varlink;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Recursive-descent parser of the Varlink interface language (varlink.org, Interface-Definition). One use per object. */
final class IdlParser {
    private static final Pattern INTERFACE_NAME = Pattern.compile("[A-Za-z](-*[A-Za-z0-9])*(\\.[A-Za-z0-9](-*[A-Za-z0-9])*)+");
    private static final Pattern TYPE_NAME = Pattern.compile("[A-Z][A-Za-z0-9]*");
    private static final Pattern FIELD_NAME = Pattern.compile("[A-Za-z](_?[A-Za-z0-9])*");

    private final String text;
    private int at;
    private final Map<String, Type> types = new LinkedHashMap<>();
    private final Map<String, Interface.Method> methods = new LinkedHashMap<>();
    private final Map<String, Type.Struct> errors = new LinkedHashMap<>();
    private final List<String> referred = new ArrayList<>();

    IdlParser(String text) {
        this.text = text;
    }

    Interface parse() {
        expect("interface");
        String name = word(INTERFACE_NAME, "interface name");
        while (!atEnd()) {
            member();
        }
        for (String used : referred) {
            if (!types.containsKey(used)) {
                throw fault("type " + used + " is not defined");
            }
        }
        return new Interface(name, text, Map.copyOf(types), Map.copyOf(methods), Map.copyOf(errors));
    }

    private void member() {
        String keyword = word(FIELD_NAME, "type, method or error");
        String name = word(TYPE_NAME, "name");
        if (types.containsKey(name) || methods.containsKey(name) || errors.containsKey(name)) {
            throw fault(name + " is defined twice");
        }
        switch (keyword) {
            case "type" -> types.put(name, structOrEnumeration());
            case "method" -> {
                Type.Struct input = struct();
                expect("->");
                methods.put(name, new Interface.Method(input, struct()));
            }
            case "error" -> errors.put(name, struct());
            default -> throw fault("\"" + keyword + "\" instead of type, method or error");
        }
    }

    private Type.Struct struct() {
        if (structOrEnumeration() instanceof Type.Struct struct) {
            return struct;
        }
        throw fault("fields need types");
    }

    /** {@code (a: int, b: string)} or {@code (red, green)}; the first element decides. {@code ()} has no fields. */
    private Type structOrEnumeration() {
        expect("(");
        Map<String, Type> fields = new LinkedHashMap<>();
        List<String> values = new ArrayList<>();
        while (!accept(")")) {
            if (!fields.isEmpty() || !values.isEmpty()) {
                expect(",");
            }
            String name = word(FIELD_NAME, "field name");
            if (fields.containsKey(name) || values.contains(name)) {
                throw fault(name + " occurs twice");
            }
            if (values.isEmpty() && accept(":")) {
                fields.put(name, type());
            } else if (fields.isEmpty()) {
                values.add(name);
            } else {
                throw fault(name + " has no type");
            }
        }
        return values.isEmpty() ? new Type.Struct(fields) : new Type.Enumeration(values);
    }

    private Type type() {
        if (accept("?")) {
            Type of = type();
            if (of instanceof Type.Nullable) {
                throw fault("?? is no type");
            }
            return new Type.Nullable(of);
        }
        if (accept("[")) {
            if (accept("]")) {
                return new Type.ArrayOf(type());
            }
            expect("string");
            expect("]");
            return new Type.MapOf(type());
        }
        skipBlanks();
        return text.startsWith("(", at) ? structOrEnumeration() : namedType();
    }

    private Type namedType() {
        String name = word(FIELD_NAME, "type");
        switch (name) {
            case "bool": return Type.Basic.BOOL;
            case "int": return Type.Basic.INT;
            case "float": return Type.Basic.FLOAT;
            case "string": return Type.Basic.STRING;
            case "object": return Type.Basic.OBJECT;
            default:
                referred.add(name);
                return new Type.Named(name);
        }
    }

    private String word(Pattern pattern, String what) {
        skipBlanks();
        int end = at;
        while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)) || "_.-".indexOf(text.charAt(end)) >= 0)) {
            end++;
        }
        String word = text.substring(at, end);
        if (!pattern.matcher(word).matches()) {
            throw fault("\"" + word + "\" is no " + what);
        }
        at = end;
        return word;
    }

    private void expect(String token) {
        if (!accept(token)) {
            throw fault("\"" + token + "\" expected");
        }
    }

    private boolean accept(String token) {
        skipBlanks();
        if (!text.startsWith(token, at)) {
            return false;
        }
        at += token.length();
        return true;
    }

    private boolean atEnd() {
        skipBlanks();
        return at == text.length();
    }

    private void skipBlanks() {
        while (at < text.length()) {
            if (text.charAt(at) == '#') {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else if (Character.isWhitespace(text.charAt(at))) {
                at++;
            } else {
                return;
            }
        }
    }

    private IllegalArgumentException fault(String what) {
        long line = 1 + text.substring(0, at).chars().filter(c -> c == '\n').count();
        return new IllegalArgumentException("interface description, line " + line + ": " + what);
    }
}
