package overlayd.subject;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.config.Assignment;
import overlayd.config.ByteText;
import overlayd.config.ConfigKey;
import overlayd.config.ConfigParser;
import overlayd.config.Parsed;
import overlayd.plan.LimitWish;

/** The limits in a configuration file: MEMORY, CPUS, PIDS and IO. */
public final class LimitLines {
    private final ConfigLines file;

    private LimitLines(ConfigLines file) {
        this.file = file;
    }

    /** @throws IOException no file is known for it */
    public static LimitLines of(Locator.Named named) throws IOException {
        return new LimitLines(ConfigLines.of(named));
    }

    /** @throws IOException with these assignments in it it would have errors, or say something else */
    public void requireWritable(List<String> assignments) throws IOException {
        changed(file.lines(), assignments);
    }

    /** Writes the assignments into it, each in the place of the one that is there. @throws IOException as {@link #requireWritable}, and for a full disk */
    public void set(List<String> assignments) throws IOException {
        file.change(lines -> changed(lines, assignments));
    }

    private List<String> changed(List<String> lines, List<String> assignments) throws IOException {
        for (String assignment : assignments) {
            Optional<Assignment> old = parsed(lines).first(key(assignment));
            if (old.isPresent()) {
                lines.set(old.get().at().line() - 1, assignment);
            } else {
                ConfigLines.append(lines, assignment);
            }
        }
        file.config(lines);
        Parsed after = parsed(lines);
        for (String assignment : assignments) {
            String value = assignment.substring(assignment.indexOf('=') + 1).strip();
            if (after.first(key(assignment)).filter(read -> read.value().equals(value)).isEmpty()) {
                throw new IOException(ByteText.of(file.file()) + " would not say " + assignment + "; it was not changed");
            }
        }
        return lines;
    }

    private Parsed parsed(List<String> lines) {
        return ConfigParser.parse(file.file(), ByteText.encode(String.join("\n", lines)));
    }

    private static ConfigKey key(String assignment) {
        return LimitWish.key(assignment).orElseThrow();
    }

    /** @throws UsageException one is no assignment of a limit, or a key is there twice */
    public static void check(List<String> assignments) throws UsageException {
        List<String> keys = new ArrayList<>();
        for (String assignment : assignments) {
            String key = LimitWish.key(assignment).map(Enum::name).orElseThrow(() -> new UsageException("\"" + Shown.of(assignment)
                    + "\" sets no limit; write MEMORY=, CPUS=, PIDS= or IO= with a value, as in subhost.conf(5)"));
            if (keys.contains(key) || assignment.endsWith("=")) {
                throw new UsageException(assignment.endsWith("=") ? key + " needs a value; none lifts the limit" : key + " is there twice");
            }
            keys.add(key);
        }
    }
}
