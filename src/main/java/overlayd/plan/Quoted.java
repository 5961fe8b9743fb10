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
        text.codePoints().forEach(c -> {
            if (isControl(c) || c == '"' || c == '\\') {
                quoted.append(String.format("\\x%02x", c));
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append('"').toString();
    }

    /** C0, DEL and C1 controls, line and paragraph separators, bidirectional overrides; and bytes 0x80-0x9f that are no UTF-8. */
    private static boolean isControl(int c) {
        return c < ' ' || c >= 0x7f && c < 0xa0 || c == 0x2028 || c == 0x2029 || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069
                || c >= 0xdc80 && c < 0xdca0;
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
