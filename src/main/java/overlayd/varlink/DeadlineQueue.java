package overlayd.varlink;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Things to be done at points of the monotonic clock (System.nanoTime). Thread-safe. */
final class DeadlineQueue<T> {
    private record Entry<T>(long nanoTime, T what) {
    }

    // nanoTime may wrap: only differences compare
    private final PriorityQueue<Entry<T>> entries = new PriorityQueue<>(
        Comparator.comparing(Entry::nanoTime, (a, b) -> Long.signum(a - b)));

    /** Returns whether it is now the earliest. */
    synchronized boolean add(long nanoTime, T what) {
        Entry<T> entry = new Entry<>(nanoTime, what);
        entries.add(entry);
        return entries.peek() == entry;
    }

    /** Milliseconds till the earliest, rounded up; 0 when it is due; -1 when there is none. */
    synchronized int milliseconds() {
        Entry<T> first = entries.peek();
        if (first == null) {
            return -1;
        }
        long left = first.nanoTime() - System.nanoTime();
        return left <= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, left / 1_000_000 + 1);
    }

    /** Takes one that is due, or null. */
    synchronized T due() {
        Entry<T> first = entries.peek();
        return first != null && first.nanoTime() - System.nanoTime() <= 0 ? entries.remove().what() : null;
    }
}
