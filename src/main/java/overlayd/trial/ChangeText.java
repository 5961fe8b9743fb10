package overlayd.trial;

import java.util.List;
import java.util.Optional;
import overlayd.upper.Change;

/** A change as a line of text without its end. What a detail has that a line cannot have is a blank there; a path is kept as it is. */
final class ChangeText {
    private ChangeText() {
    }

    static String of(Change change) {
        String details = String.join(";", change.details().stream().map(detail -> detail.replaceAll("[\n\t;]", " ")).toList());
        return change.kind() + " " + (change.directory() ? "d" : "f") + " " + details + "\t" + change.path().replace("\\", "\\\\").replace("\n", "\\n");
    }

    /** Empty: it is none. */
    static Optional<Change> parse(String line) {
        int tab = line.indexOf('\t');
        if (tab < 0) {
            return Optional.empty();
        }
        String[] head = line.substring(0, tab).split(" ", 3);
        return Optional.of(new Change(Change.Kind.valueOf(head[0]), path(line.substring(tab + 1)), head[1].equals("d"),
                head.length < 3 || head[2].isEmpty() ? List.of() : List.of(head[2].split(";"))));
    }

    private static String path(String text) {
        StringBuilder path = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                i++;
                c = text.charAt(i) == 'n' ? '\n' : text.charAt(i);
            }
            path.append(c);
        }
        return path.toString();
    }
}
