package overlayd.subhost;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Points of a boot, a stop, a change of limits, a trial at which a daemon under test ends as by kill -9: before and after each line of the journal,
 * each step, each undo, each word to the monitor. {@code --die-at N} arms the N-th point passed from then on. Without OVERLAYD_TESTING=1 in the daemon's
 * environment nothing can be armed. Any thread.
 */
public final class CrashPoints {
    private static final boolean TESTING = "1".equals(System.getenv("OVERLAYD_TESTING"));
    private static final int KILLED = 137;
    private static final AtomicInteger REMAINING = new AtomicInteger();

    private CrashPoints() {
    }

    /** Has the daemon die at the {@code number}-th point from now on; 0 disarms. @return false: this daemon is not under test */
    public static boolean arm(int number) {
        if (TESTING) {
            REMAINING.set(number);
        }
        return TESTING;
    }

    /** One of them. */
    public static void pass() {
        if (TESTING && REMAINING.get() > 0 && REMAINING.decrementAndGet() == 0) {
            Runtime.getRuntime().halt(KILLED); // no shutdown hook, nothing closed in order
        }
    }
}
