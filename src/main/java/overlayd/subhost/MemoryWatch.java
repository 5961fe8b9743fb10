package overlayd.subhost;

import java.util.Optional;
import overlayd.kernel.Events;

/** The watch over a subhost's memory, and how many of its processes were killed for want of it in this life. Thread-safe. */
final class MemoryWatch {
    private Optional<Events.Registration> registration = Optional.empty();
    private long kills;

    /** A new life begins. */
    synchronized void begin() {
        kills = 0;
    }

    /** Takes note of how many were killed so far. @return whether that is more than was known */
    synchronized boolean newKills(long count) {
        boolean more = count > kills;
        kills = Math.max(kills, count);
        return more;
    }

    /** Keeps it, in the place of another. */
    synchronized void keep(Events.Registration watch) {
        end();
        registration = Optional.of(watch);
    }

    synchronized void end() {
        registration.ifPresent(Events.Registration::cancel);
        registration = Optional.empty();
    }
}
