package overlayd.subhost;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.config.ByteText;
import overlayd.config.Restart;
import overlayd.failure.RefusedException;
import overlayd.kernel.Events;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;

/**
 * Boots subhosts again that have ended without being asked to, as RESTART says: after one second, then after twice as long each time, up to
 * {@link #LONGEST}. What is waited for stands in the record, so that the next daemon goes on. Any thread.
 */
final class Restarts {
    private static final Logger LOG = LoggerFactory.getLogger(Restarts.class);
    private static final long LONGEST = 300;
    /** Whoever has run so long begins anew, in seconds. */
    private static final long STEADY = 60;

    /** Boots again; {@code restarts} goes into the new record. */
    interface Booter {
        void boot(Path file, int restarts) throws RefusedException;
    }

    private final Events events;
    private final Executor executor;
    private final Booter booter;

    Restarts(Events events, Executor executor, Booter booter) {
        this.events = events;
        this.executor = executor;
        this.booter = booter;
    }

    /** To be asked when a subhost has ended by itself. */
    void ended(Subhost subhost) {
        SubhostRecord record = subhost.record();
        boolean steady = record.life().bootedAt() != 0 && now() - record.life().bootedAt() >= STEADY;
        again(subhost, steady ? 0 : record.upkeep().restarts());
    }

    /** To be asked when a boot has failed: only one that followed an end is tried again. */
    void failed(Subhost subhost) {
        if (subhost.record().upkeep().restarts() > 0) {
            again(subhost, subhost.record().upkeep().restarts());
        }
    }

    private void again(Subhost subhost, int before) {
        SubhostRecord record = subhost.record();
        boolean wanted = record.upkeep().restart().equals(Restart.ALWAYS.word())
                || record.upkeep().restart().equals(Restart.ON_FAILURE.word()) && record.state() == SubhostState.FAILED;
        if (!wanted || record.state().isLive() || subhost.init().isPresent()) {
            return;
        }
        long delay = delay(before);
        String reason = record.reason() + (record.reason().isEmpty() ? "" : "; ") + "boots again after " + delay + " s";
        if (subhost.await(record, record.with(record.state(), reason).with(record.upkeep().at(now() + delay).after(before + 1)))) {
            LOG.info("{}: {}", subhost.name(), reason);
            schedule(subhost);
        }
    }

    private static long now() {
        return System.currentTimeMillis() / 1000;
    }

    static long delay(int before) {
        return before >= 9 ? LONGEST : Math.min(LONGEST, 1L << before);
    }

    /** Waits for the time that the record of a subhost says, which may have passed. */
    void schedule(Subhost subhost) {
        long at = subhost.record().upkeep().restartAt();
        // A clock that was set back must not make anybody wait for longer than the longest.
        long seconds = Math.max(0, Math.min(LONGEST, at - now()));
        events.timer(Duration.ofSeconds(seconds), () -> executor.execute(() -> boot(subhost, at)));
    }

    private void boot(Subhost subhost, long at) {
        SubhostRecord record = subhost.record();
        if (record.state().isLive() || record.upkeep().restartAt() != at) {
            return; // stopped, or booted by somebody, meanwhile
        }
        try {
            booter.boot(ByteText.path(record.file()), record.upkeep().restarts());
            LOG.info("{}: running again", subhost.name());
        } catch (RefusedException refused) {
            LOG.error("{}: cannot be booted again: {}", subhost.name(), refused.getMessage());
            if (refused.kind() == RefusedException.Kind.CONFIG) {
                // Nothing was begun, so its state is still what it was.
                subhost.await(record, record.with(record.state(), "its configuration is refused").with(record.upkeep().at(0)));
            }
            if (refused.kind() == RefusedException.Kind.CONFIG || refused.kind() == RefusedException.Kind.STEP) {
                failed(subhost);
            }
        }
    }
}
