package overlayd.metrics;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import overlayd.state.SubhostState;
import overlayd.subhost.StateChange;

/** Counts boots, stops and failures by the changes of state, since this daemon started. Called with locks held: it only counts. Thread-safe. */
final class Tally implements Consumer<StateChange> {
    /** What is counted of each subhost. */
    enum Count { BOOTS, BOOT_FAILURES, STOPS, FAILURES }

    /** How long something took, all times together. */
    record Durations(long count, double seconds) {
        static final Durations NONE = new Durations(0, 0);

        Durations and(long millis) {
            return new Durations(count + 1, seconds + Math.max(0, millis) / 1000.0);
        }
    }

    private final Map<Count, Map<String, Long>> counts = new TreeMap<>();
    private final Map<String, StateChange> last = new HashMap<>();
    private Durations boots = Durations.NONE;
    private Durations stops = Durations.NONE;

    @Override
    public synchronized void accept(StateChange change) {
        StateChange before = last.get(change.name());
        if (before != null && before.state() == change.state()) {
            return; // another reason of the same; what began goes on
        }
        last.put(change.name(), change);
        if (before != null) {
            count(before, change);
        }
    }

    private void count(StateChange before, StateChange change) {
        SubhostState now = change.state();
        if (before.state() == SubhostState.STARTING && now == SubhostState.RUNNING) {
            add(Count.BOOTS, change.name());
            boots = boots.and(change.millis() - before.millis());
        } else if (before.state() == SubhostState.STARTING) {
            add(Count.BOOT_FAILURES, change.name());
        } else if (before.state() == SubhostState.STOPPING && !before.unasked()) {
            add(now == SubhostState.FAILED ? Count.FAILURES : Count.STOPS, change.name());
            stops = stops.and(change.millis() - before.millis());
        } else if (now == SubhostState.FAILED) {
            add(Count.FAILURES, change.name());
        }
    }

    private void add(Count what, String name) {
        counts.computeIfAbsent(what, none -> new TreeMap<>()).merge(name, 1L, Long::sum);
    }

    /** By subhost; those that were never counted are not in it. */
    synchronized Map<String, Long> of(Count what) {
        return Map.copyOf(counts.getOrDefault(what, Map.of()));
    }

    synchronized Durations boots() {
        return boots;
    }

    synchronized Durations stops() {
        return stops;
    }
}
