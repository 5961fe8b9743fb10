package overlayd.kernel.jna;

import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import overlayd.kernel.KernelException;
import overlayd.kernel.Namespaces.Job;
import overlayd.kernel.Spawn;

/** One job on its way through a worker: carried out there, awaited by the thread that asked for it. */
final class JobRun<T, E extends Exception> implements Supplier<NamespaceWorker.Next> {
    private final Job<T, E> job;
    private final HostNamespaces host;
    private final Spawn spawn;
    private final CountDownLatch done = new CountDownLatch(1);
    private T result;
    private Throwable failure;

    JobRun(Job<T, E> job, HostNamespaces host, Spawn spawn) {
        this.job = job;
        this.host = host;
        this.spawn = spawn;
    }

    @Override
    public NamespaceWorker.Next get() {
        ThreadWorkplace workplace = new ThreadWorkplace(host, spawn);
        try {
            result = job.run(workplace);
        } catch (Throwable thrown) {
            // Whatever it is belongs to the thread that asked; this thread has only to get back.
            failure = thrown;
        }
        try {
            workplace.close();
            host.comeBack();
            return NamespaceWorker.Next.CONTINUE;
        } catch (KernelException stranded) {
            if (failure == null) {
                failure = stranded;
            } else {
                failure.addSuppressed(stranded);
            }
            return NamespaceWorker.Next.LOST;
        } finally {
            // Only now: the caller may rely on it that this thread pins nothing any more.
            done.countDown();
        }
    }

    /** Fails the job without running it. */
    void refuse(KernelException reason) {
        failure = new KernelException(reason.call(), reason.subject(), reason.errno(), "no namespace worker");
        done.countDown();
    }

    /** Waits for the end; what the job threw is thrown here. */
    @SuppressWarnings("unchecked")
    T await() throws E, KernelException {
        boolean interrupted = false;
        while (true) {
            try {
                done.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure == null) {
            return result;
        }
        if (failure instanceof KernelException refused) {
            throw refused;
        }
        if (failure instanceof RuntimeException bug) {
            throw bug;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        throw (E) failure;
    }
}
