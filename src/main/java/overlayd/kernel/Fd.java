package overlayd.kernel;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * An owned file descriptor, close-on-exec from birth. Whoever holds it closes it, exactly once; closing twice is harmless.
 * Thread-safe as far as close(2) is: closing while another thread uses the number is the caller's error.
 */
public final class Fd implements AutoCloseable {
    /** close(2); given by the room that makes descriptors, so that this class stays free of native code. */
    public interface Closer {
        void close(int number);
    }

    private final AtomicInteger number;
    private final Closer closer;

    public Fd(int number, Closer closer) {
        if (number < 0) {
            throw new IllegalArgumentException("no file descriptor: " + number);
        }
        this.number = new AtomicInteger(number);
        this.closer = closer;
    }

    /** The raw number, for system calls; only rooms {@code kernel.jna} and {@code varlink} call it. */
    public int number() {
        int value = number.get();
        if (value < 0) {
            throw new IllegalStateException("file descriptor used after close");
        }
        return value;
    }

    /** Whether it is still open as far as this object knows. */
    public boolean isOpen() {
        return number.get() >= 0;
    }

    @Override
    public void close() {
        int value = number.getAndSet(-1);
        if (value >= 0) {
            closer.close(value);
        }
    }

    @Override
    public String toString() {
        return "fd " + number.get();
    }
}
