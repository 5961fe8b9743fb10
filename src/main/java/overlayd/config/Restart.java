package overlayd.config;

import java.util.Locale;

/** RESTART: whether a subhost that has ended without being stopped is booted again. */
public enum Restart {
    NO, ON_FAILURE, ALWAYS;

    /** As it is written in a file: {@code on-failure}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
