package overlayd.kernel;

import java.time.Duration;

/** A moment on the monotonic clock until which a call may wait. Immune to changes of the wall clock. */
public final class Deadline {
    /** No limit. */
    public static final Deadline NEVER = new Deadline(0, true);

    private final long nanoTime;
    private final boolean never;

    private Deadline(long nanoTime, boolean never) {
        this.nanoTime = nanoTime;
        this.never = never;
    }

    /** From now; a negative duration has passed already. More than a century is no limit. */
    public static Deadline after(Duration duration) {
        return duration.toDays() > 36_500 ? NEVER : new Deadline(System.nanoTime() + duration.toNanos(), false);
    }

    /** From now, in milliseconds. */
    public static Deadline afterMillis(long millis) {
        return after(Duration.ofMillis(millis));
    }

    /** Whether it has no limit. */
    public boolean isNever() {
        return never;
    }

    /** Nanoseconds left, 0 when passed; {@link Long#MAX_VALUE} when there is no limit. */
    public long remainingNanos() {
        return never ? Long.MAX_VALUE : Math.max(0, nanoTime - System.nanoTime());
    }

    /** Whether it has passed. */
    public boolean passed() {
        return remainingNanos() == 0;
    }
}
