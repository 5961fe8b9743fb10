package overlayd.unit;

import java.util.LinkedHashMap;
import java.util.Map;

/** The text of an EnvironmentFile (systemd.exec(5)): NAME=value lines, comments, quotes and backslashes; nothing is evaluated. */
final class EnvironmentText {
    private EnvironmentText() {
    }

    static Map<String, String> read(String text) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (String line : text.replace("\\\n", "").split("\n")) {
            String stripped = line.strip();
            int equals = stripped.indexOf('=');
            boolean comment = stripped.startsWith("#") || stripped.startsWith(";");
            if (!comment && equals > 0 && stripped.substring(0, equals).matches("[A-Za-z_][A-Za-z0-9_]*")) {
                environment.put(stripped.substring(0, equals), value(stripped.substring(equals + 1).strip()));
            }
        }
        return environment;
    }

    private static String value(String text) {
        StringBuilder value = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == 0 ? c == '"' || c == '\'' : c == quote) {
                quote = quote == 0 ? c : 0;
            } else if (c == '\\' && quote != '\'' && i + 1 < text.length()) {
                value.append(text.charAt(++i));
            } else {
                value.append(c);
            }
        }
        return value.toString();
    }
}
