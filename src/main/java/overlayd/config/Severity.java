package overlayd.config;

import java.util.Locale;

/** Whether a problem stops a boot. */
public enum Severity {
    /** The file cannot be used. */
    ERROR,
    /** Odd, but upstream accepts it; an error for {@code overlay check}. */
    WARNING,
    /** No mistake, and yet worth knowing; never an error. */
    NOTE;

    /** The word used in messages: {@code error}, {@code warning} or {@code note}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
