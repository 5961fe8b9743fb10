package overlayd.unit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Splits command lines and assignments as systemd does (systemd.service(5), "Command lines"; systemd.exec(5), Environment=). */
final class CommandWords {
    /** Stands for a value that only the script knows when it runs. */
    static final String MAIN_PID = "\u0000MAINPID\u0000";

    private CommandWords() {
    }

    /** Words with quotes and C escapes taken off. @throws UnitProblem a quote is not closed */
    static List<String> split(String line) throws UnitProblem {
        List<String> words = new ArrayList<>();
        StringBuilder word = null;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote == 0 && (c == ' ' || c == '\t')) {
                if (word != null) {
                    words.add(word.toString());
                    word = null;
                }
                continue;
            }
            word = word == null ? new StringBuilder() : word;
            if (quote == 0 ? c == '"' || c == '\'' : c == quote) {
                quote = quote == 0 ? c : 0;
            } else if (c == '\\' && i + 1 < line.length()) {
                word.append(escaped(line.charAt(++i)));
            } else {
                word.append(c);
            }
        }
        if (quote != 0) {
            throw new UnitProblem("the quotation mark " + quote + " is not closed in: " + line);
        }
        if (word != null) {
            words.add(word.toString());
        }
        return words;
    }

    private static String escaped(char c) {
        return switch (c) {
            case 'n' -> "\n";
            case 't' -> "\t";
            case 's' -> " ";
            case '\\', '"', '\'' -> String.valueOf(c);
            default -> "\\" + c;
        };
    }

    /** Replaces {@code ${NAME}} in a word by its value, and a word that is {@code $NAME} by the words of its value; unset is empty. */
    static List<String> expanded(List<String> words, Map<String, String> environment) {
        List<String> all = new ArrayList<>();
        for (String word : words) {
            if (word.matches("\\$[A-Za-z_][A-Za-z0-9_]*")) {
                String value = value(word.substring(1), environment);
                if (!value.isBlank()) {
                    all.addAll(List.of(value.strip().split("[ \t\n]+")));
                }
            } else {
                all.add(braces(word, environment));
            }
        }
        return all;
    }

    private static String braces(String word, Map<String, String> environment) {
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (int open = word.indexOf('$'); open >= 0; open = word.indexOf('$', from)) {
            text.append(word, from, open);
            int close = word.startsWith("${", open) ? word.indexOf('}', open) : -1;
            if (close > 0) {
                text.append(value(word.substring(open + 2, close), environment));
                from = close + 1;
            } else {
                text.append('$');
                from = open + (word.startsWith("$$", open) ? 2 : 1);
            }
        }
        return text.append(word.substring(from)).toString();
    }

    private static String value(String name, Map<String, String> environment) {
        return name.equals("MAINPID") ? MAIN_PID : environment.getOrDefault(name, "");
    }
}
