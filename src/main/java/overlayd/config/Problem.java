package overlayd.config;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Something the user can put right by editing a file.
 *
 * @param file     the configuration file
 * @param line     from 1
 * @param column   from 1, see {@link Position}
 * @param severity ERROR stops a boot
 * @param rule     stable kebab-case id, documented in overlayd-errors(7); ours are in {@link Rule}
 * @param message  what is wrong: lower case unless it begins with a key, no full stop
 * @param remedy   what to do about it; empty when the message says it
 */
public record Problem(Path file, int line, int column, Severity severity, String rule, String message, String remedy) {
    public Problem {
        Objects.requireNonNull(file);
        Objects.requireNonNull(severity);
        if (!rule.matches("[a-z0-9]+(-[a-z0-9]+)*")) throw new IllegalArgumentException("a rule id is kebab-case: " + rule);
        Objects.requireNonNull(message);
        Objects.requireNonNull(remedy);
    }

    /** True for a problem that stops a boot. */
    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /** The same problem as {@code overlay check} sees it: every oddity is an error; a note stays one. */
    public Problem asError() {
        return severity == Severity.NOTE ? this : new Problem(file, line, column, Severity.ERROR, rule, message, remedy);
    }

    /**
     * {@code file:line:column: error: message (remedy)}; characters a terminal would obey are shown as {@code \xNN}.
     * Print it through {@link ByteText#encode} to keep file names that are not UTF-8.
     */
    public String text() {
        String tail = remedy.isEmpty() ? "" : " (" + remedy + ")";
        return Printable.of(ByteText.of(file) + ":" + line + ":" + column + ": " + severity.word() + ": " + message + tail);
    }

    @Override
    public String toString() {
        return text();
    }
}
