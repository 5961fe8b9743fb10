package overlayd.generation;

import java.nio.file.Path;
import java.util.Locale;

/**
 * A former upperdir that is kept, and not written any more.
 *
 * @param label its name among those of the same upperdir
 * @param directory where it is
 * @param kind why it was kept
 * @param seconds when, since the epoch
 * @param below label of the generation it lies on; empty: on LOWER itself
 */
public record Generation(String label, Path directory, Kind kind, long seconds, String below) {
    /** Why a generation was kept. */
    public enum Kind {
        CHECKPOINT, ROLLBACK;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
