package overlayd.config;

import java.util.Locale;

/** Whether a problem stops a boot. */
public enum Severity {
    /** The file cannot be used. */
    ERROR,
    /** Odd, but upstream accepts it; an error for {@code overlay check}. */
    WARNING;

    /** The word used in messages: {@code error} or {@code warning}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
