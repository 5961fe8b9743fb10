package overlayd.state;

import java.util.Locale;

/** How long something took, in the words that every command and log uses. */
public final class Took {
    private static final long SECOND = 1_000_000;

    private Took() {
    }

    /** {@code 1 min 2.3 s}, {@code 1.204 s}, {@code 31.2 ms}, {@code 0.42 ms}. */
    public static String text(long micros) {
        if (micros >= 60 * SECOND) {
            return String.format(Locale.ROOT, "%d min %.1f s", micros / (60 * SECOND), micros % (60 * SECOND) / 1e6);
        }
        return micros >= SECOND ? String.format(Locale.ROOT, "%.3f s", micros / 1e6)
                : String.format(Locale.ROOT, micros >= 10_000 ? "%.1f ms" : "%.2f ms", micros / 1e3);
    }
}
