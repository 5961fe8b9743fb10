package overlayd.subhost;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import overlayd.kernel.Deadline;
import overlayd.state.SubhostRecord;

/**
 * Tells listeners of each change of a subhost's state, in the order of the changes. Whoever changes a state never waits for a listener: each has
 * a queue of its own, and one that falls behind by {@link #MOST} is told how many it has missed. Subhosts of overlay-boot 1.6, which nobody
 * watches, are not among them. Thread-safe.
 */
public final class News {
    /** Changes that wait for one listener at most. */
    static final int MOST = 512;

    private final Set<Subscription> subscriptions = new LinkedHashSet<>();
    private final Map<String, StateChange> last = new TreeMap<>();
    private final List<Consumer<StateChange>> counters = new ArrayList<>();

    /** Has {@code counter} called with each change, with locks held: it must not wait, nor ask a subhost. */
    public synchronized void onEach(Consumer<StateChange> counter) {
        counters.add(counter);
    }

    /** A subhost's record is this now. With its lock held; what says nothing new is passed over. */
    public synchronized void tell(SubhostRecord record) {
        StateChange change = new StateChange(record.name(), record.state(), record.reason(), record.initPid(), System.currentTimeMillis());
        if (!change.saysTheSameAs(last.put(record.name(), change))) {
            counters.forEach(counter -> counter.accept(change));
            subscriptions.forEach(subscription -> subscription.offer(change));
        }
    }

    /** From now on; first comes what is so now. */
    public synchronized Subscription subscribe() {
        Subscription subscription = new Subscription(last.values());
        subscriptions.add(subscription);
        return subscription;
    }

    /** What is so of one now; empty when nobody has told of it. */
    private synchronized Optional<StateChange> now(String name) {
        return Optional.ofNullable(last.get(name));
    }

    private synchronized List<StateChange> all() {
        return List.copyOf(last.values());
    }

    private synchronized void drop(Subscription subscription) {
        subscriptions.remove(subscription);
    }

    /** What a listener is told. */
    public enum Kind {
        /** So it was when the listener came, or when it had missed something. */
        PRESENT, CHANGED,
        /** Changes were missed; what is so now follows. */
        LOST
    }

    /** One piece of news; {@code lost}: how many were missed, with {@link Kind#LOST} only. */
    public record Item(Kind kind, Optional<StateChange> change, long lost) {
    }

    /** One listener's queue. {@link #next} on one thread, {@link #end} on any. */
    public final class Subscription implements AutoCloseable {
        private final Deque<Item> present = new ArrayDeque<>();
        private final Deque<Item> waiting = new ArrayDeque<>();
        private long lost;
        private boolean ended;

        private Subscription(Iterable<StateChange> now) {
            now.forEach(change -> present.add(new Item(Kind.PRESENT, Optional.of(change), 0)));
        }

        private synchronized void offer(StateChange change) {
            if (lost > 0 || waiting.size() == MOST) {
                lost++; // what follows a gap waits for the gap to be told
            } else {
                waiting.add(new Item(Kind.CHANGED, Optional.of(change), 0));
            }
            notifyAll();
        }

        /** How a subhost is now; what was told of it before may still wait. Empty: nothing was ever told. */
        public Optional<StateChange> now(String name) {
            return News.this.now(name);
        }

        /** The next one; empty when the deadline has passed, or after {@link #end}. */
        public Optional<Item> next(Deadline deadline) {
            Optional<Item> item = await(deadline);
            if (item.filter(news -> news.kind() == Kind.LOST).isPresent()) {
                // Asked for without our lock, which whoever tells us takes inside of theirs. What changes meanwhile is told twice at worst.
                List<StateChange> now = all();
                synchronized (this) {
                    now.forEach(change -> present.add(new Item(Kind.PRESENT, Optional.of(change), 0)));
                }
            }
            return item;
        }

        private synchronized Optional<Item> await(Deadline deadline) {
            try {
                while (!ended && present.isEmpty() && waiting.isEmpty() && lost == 0) {
                    long nanos = deadline.remainingNanos();
                    if (nanos == 0) {
                        return Optional.empty();
                    }
                    wait(deadline.isNever() ? 0 : nanos / 1_000_000 + 1);
                }
            } catch (InterruptedException ending) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
            return ended ? Optional.empty() : Optional.of(take());
        }

        private Item take() {
            if (!present.isEmpty()) {
                return present.remove();
            }
            if (!waiting.isEmpty()) {
                return waiting.remove();
            }
            Item gap = new Item(Kind.LOST, Optional.empty(), lost);
            lost = 0;
            return gap;
        }

        /** Ends a {@link #next} that waits, and every later one. */
        public synchronized void end() {
            ended = true;
            notifyAll();
        }

        @Override
        public void close() {
            end();
            drop(this);
        }
    }
}
