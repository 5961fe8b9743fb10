package overlayd.varlink;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A parsed interface description, together with its text, which is what GetInterfaceDescription serves. */
record Interface(String name, String text, Map<String, Type> types, Map<String, Method> methods, Map<String, Type.Struct> errors) {
    /** A method's parameters and those of its reply. */
    record Method(Type.Struct input, Type.Struct output) {
    }

    /** @throws IllegalArgumentException naming line and fault */
    static Interface parse(String text) {
        return new IdlParser(text).parse();
    }

    /** The description kept as resource {@code name}.varlink beside this class. */
    static Interface resource(String name) {
        try (InputStream in = Interface.class.getResourceAsStream(name + ".varlink")) {
            if (in == null) {
                throw new IllegalArgumentException("no description of interface " + name);
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
