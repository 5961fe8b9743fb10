package overlayd.kernel.jna;

/** Waits until a thread of ours has ended: what it uses is closed after it. */
final class ThreadEnd {
    private ThreadEnd() {
    }

    /** Whoever interrupts meanwhile is told afterwards: the calling thread is interrupted then. */
    static void await(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
