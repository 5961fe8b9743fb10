package overlayd.command;

import java.nio.charset.StandardCharsets;
import overlayd.report.LayerDocuments;
import overlayd.subject.Shown;
import overlayd.upper.Change;
import overlayd.upper.Diff;
import overlayd.varlink.Json;

/** Writes changes to a client as they are found, so that a million of them need no more memory than one. One thread. */
final class ChangeLines implements Diff.Found {
    private static final int FULL = 1 << 16;

    private final Console console;
    private final boolean json;
    private final StringBuilder text = new StringBuilder();
    private long count;

    ChangeLines(Console console, boolean json) {
        this.console = console;
        this.json = json;
    }

    @Override
    public void change(Change change) {
        if (json) {
            text.append(count == 0 ? "[" : ",").append(new String(Json.write(LayerDocuments.change(change)), StandardCharsets.UTF_8));
        } else {
            text.append(line(change));
        }
        count++;
        if (text.length() >= FULL) {
            flush();
        }
    }

    /** One line with its end. */
    private static String line(Change change) {
        return change.kind().name().charAt(0) + " " + Shown.of(change.shown()).replace("\n", "\\x0a")
                + (change.details().isEmpty() ? "" : " (" + Shown.of(String.join(", ", change.details())) + ")") + "\n";
    }

    /** The rest. @return how many there were */
    long end() {
        if (json) {
            text.append(count == 0 ? "[]\n" : "]\n");
        }
        flush();
        return count;
    }

    private void flush() {
        console.out(text.toString());
        text.setLength(0);
    }
}
