package overlayd.kernel.jna;

import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;
import overlayd.kernel.KernelException;

/** One thread that may leave the host's namespaces: takes jobs, and goes back after each. */
final class NamespaceWorker implements Runnable {
    /** What the thread does after a job. */
    enum Next { CONTINUE, LOST, END }

    private final BlockingQueue<Supplier<Next>> jobs;
    private final Runnable vacancy;

    NamespaceWorker(BlockingQueue<Supplier<Next>> jobs, Runnable vacancy) {
        this.jobs = jobs;
        this.vacancy = vacancy;
    }

    @Override
    public void run() {
        Next next = Next.LOST;
        try {
            // setns to a mount namespace needs an fs_struct of one's own; it also makes the umask private to this thread.
            Libc.call("leave the process's fs_struct", "", SyscallNumber.UNSHARE, Abi.CLONE_FS);
            do {
                Libc.raw(SyscallNumber.UMASK, 0);
                next = jobs.take().get();
            } while (next == Next.CONTINUE);
        } catch (KernelException failure) {
            refuseAll(failure);
            next = Next.END;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (next == Next.LOST) {
                vacancy.run();
            }
        }
    }

    /** Not root: no worker will ever work, and whoever waits must not wait for ever. */
    private void refuseAll(KernelException failure) {
        while (true) {
            Supplier<Next> job;
            try {
                job = jobs.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            if (job instanceof JobRun<?, ?> run) {
                run.refuse(failure);
            } else {
                return;
            }
        }
    }
}
