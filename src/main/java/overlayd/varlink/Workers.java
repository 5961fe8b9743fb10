package overlayd.varlink;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads on which calls run: one per call, kept for 20 s, a few for ever, so that a lone client never waits for a thread to
 * start (0.1 ms).
 */
final class Workers implements Executor, AutoCloseable {
    private static final int KEPT = 4;
    private static final int MOST = 1024;
    private static final int CROWD = 64;
    private static final int STACK_BYTES = 512 * 1024;

    private final AtomicInteger lastNumber = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger();
    private final ThreadPoolExecutor pool = new ThreadPoolExecutor(KEPT, MOST, 20, TimeUnit.SECONDS, new SynchronousQueue<>(), this::thread);

    void start() {
        pool.prestartAllCoreThreads();
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(null, work, "varlink-" + lastNumber.incrementAndGet(), STACK_BYTES);
        thread.setDaemon(true);
        return thread;
    }

    /** @throws RejectedExecutionException when a thousand calls run, or after close */
    @Override
    public void execute(Runnable work) {
        pool.execute(() -> {
            busy.incrementAndGet();
            try {
                work.run();
            } finally {
                busy.decrementAndGet();
            }
        });
    }

    /** Whether so many are at work that a connection should rather wait without a thread until its first call is there. */
    boolean crowded() {
        return busy.get() >= CROWD;
    }

    /** Lets running calls end by themselves; takes no new ones. */
    @Override
    public void close() {
        pool.shutdown();
    }
}
