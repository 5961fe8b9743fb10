package overlayd.subhost;

import java.util.concurrent.atomic.AtomicInteger;
import overlayd.kernel.Kernel;

/**
 * Gives back what the JVM's compiler has used and freed, some 10 MB that malloc(3) would keep. It compiles while boots are made, less and less
 * with each, so after every doubling of their number. Any thread; not one that somebody waits for.
 */
final class HeapTrim {
    /** Before that there is more to come than to give back. */
    private static final int FIRST = 16;

    private final Kernel kernel;
    private final AtomicInteger boots = new AtomicInteger();

    HeapTrim(Kernel kernel) {
        this.kernel = kernel;
    }

    /** One more boot is over. */
    void booted() {
        int count = boots.incrementAndGet();
        if (count >= FIRST && Integer.bitCount(count) == 1) {
            kernel.trimHeap();
        }
    }
}
