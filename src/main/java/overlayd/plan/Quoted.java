package overlayd.plan;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Operands as a reader sees them: quoted, control characters escaped, one line. */
final class Quoted {
    private Quoted() {
    }

    static String text(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c < ' ' || c == '"' || c == '\\' || c == 0x7f) {
                quoted.append(String.format("\\x%02x", c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }

    static String path(Path path) {
        return text(overlayd.config.ByteText.of(path));
    }

    static String paths(Collection<Path> paths) {
        return paths.stream().map(Quoted::path).collect(Collectors.joining(" "));
    }

    static String words(Collection<String> words) {
        return words.stream().map(w -> w.matches("[A-Za-z0-9_./:=,@%+-]+") ? w : text(w)).collect(Collectors.joining(" "));
    }

    static String options(Map<String, String> options) {
        return new TreeMap<>(options).entrySet().stream()
                .map(e -> ", " + e.getKey() + (e.getValue().isEmpty() ? "" : "=" + e.getValue())).collect(Collectors.joining());
    }
}
