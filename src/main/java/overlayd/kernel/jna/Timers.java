package overlayd.kernel.jna;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import overlayd.kernel.Events.Registration;

/** Timers in order of their deadline on the monotonic clock. Adding and cancelling: any thread; running: one thread. */
final class Timers {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long FOR_EVER = -1;

    private final PriorityQueue<Timer> queue = new PriorityQueue<>();
    private long serial;

    Registration add(Duration delay, Runnable action) {
        synchronized (queue) {
            Timer timer = new Timer(System.nanoTime() + Math.max(0, delay.toNanos()), serial++, action);
            queue.add(timer);
            return timer;
        }
    }

    /** Milliseconds to the next deadline, rounded up so that it has passed when the wait ends; -1 without any. */
    long millisToNext() {
        synchronized (queue) {
            Timer next = queue.peek();
            if (next == null) {
                return FOR_EVER;
            }
            long millis = (next.at - System.nanoTime() + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
            return Math.min(Integer.MAX_VALUE, Math.max(0, millis));
        }
    }

    /** Runs what is due; what an action throws goes to {@code report}. */
    void runDue(Consumer<Throwable> report) {
        for (Timer timer = due(); timer != null; timer = due()) {
            try {
                timer.action.run();
            } catch (RuntimeException | LinkageError | AssertionError failure) {
                report.accept(failure);
            }
        }
    }

    private Timer due() {
        synchronized (queue) {
            Timer next = queue.peek();
            return next == null || next.at - System.nanoTime() > 0 ? null : queue.poll();
        }
    }

    private final class Timer implements Registration, Comparable<Timer> {
        private final long at;
        private final long order;
        private final Runnable action;

        private Timer(long at, long order, Runnable action) {
            this.at = at;
            this.order = order;
            this.action = action;
        }

        @Override
        public void cancel() {
            synchronized (queue) {
                queue.remove(this);
            }
        }

        @Override
        public int compareTo(Timer other) {
            // nanoTime may wrap: compare by difference.
            long difference = at - other.at;
            return difference != 0 ? Long.signum(difference) : Long.compare(order, other.order);
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(order);
        }
    }
}
