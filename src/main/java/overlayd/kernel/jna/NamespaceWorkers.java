package overlayd.kernel.jna;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import overlayd.kernel.Child;
import overlayd.kernel.ControlSocket;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.KernelException;
import overlayd.kernel.Namespaces;
import overlayd.kernel.Sockets;
import overlayd.kernel.Spawn;
import overlayd.kernel.SpawnRequest;

/**
 * {@link Namespaces} on dedicated platform threads. A thread started by a thread that has unshared inherits its namespaces for ever, so all
 * workers, and those that take the place of a lost one, are started by a keeper thread that never unshares.
 */
final class NamespaceWorkers implements Namespaces {
    static final int WORKERS = 2;

    /** The helper needs half a millisecond; a stopped or starved one is waited for so long. */
    private static final long HELPER_MILLIS = 5_000;

    private final HostNamespaces host;
    private final Spawn spawn;
    private final BlockingQueue<Supplier<NamespaceWorker.Next>> jobs = new LinkedBlockingQueue<>();
    private final BlockingQueue<Boolean> vacancies = new LinkedBlockingQueue<>();
    private final List<Thread> workers = new ArrayList<>();
    private final Thread keeper;
    private volatile boolean closed;

    /** Starts the threads and proves on one that the way back works. */
    NamespaceWorkers(Spawn spawn) throws KernelException {
        this.host = new HostNamespaces();
        this.spawn = spawn;
        keeper = new Thread(this::keep, "namespace-keeper");
        keeper.setDaemon(true);
        keeper.start();
        for (int i = 0; i < WORKERS; i++) {
            vacancies.add(true);
        }
        try {
            run(workplace -> {
                host.provenOnThread();
                return null;
            });
        } catch (KernelException failure) {
            close();
            throw failure;
        }
    }

    private void keep() {
        try {
            for (int serial = 1; vacancies.take(); serial++) {
                Thread worker = new Thread(new NamespaceWorker(jobs, () -> vacancies.add(true)), "namespace-worker-" + serial);
                worker.setDaemon(true);
                synchronized (workers) {
                    workers.removeIf(old -> !old.isAlive());
                    workers.add(worker);
                }
                worker.start();
            }
        } catch (InterruptedException e) {
            // Only close() interrupts it: the thread ends.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public <T, E extends Exception> T run(Job<T, E> job) throws E, KernelException {
        return begin(job).await();
    }

    @Override
    public <T, E extends Exception> Running<T, E> begin(Job<T, E> job) {
        if (closed) {
            throw new IllegalStateException("the namespace workers have ended");
        }
        JobRun<T, E> run = new JobRun<>(job, host, spawn);
        jobs.add(run);
        return run::await;
    }

    @Override
    public Fd openNetns(String name) throws KernelException {
        return NamespaceFiles.openPinned(name);
    }

    @Override
    public boolean netnsExists(String name) throws KernelException {
        return NamespaceFiles.exists(name);
    }

    @Override
    public void pinNetns(String name, Fd netns) throws KernelException {
        NamespaceFiles.pin(name, "/proc/thread-self/fd/" + netns.number());
    }

    @Override
    public void unpinNetns(String name) throws KernelException {
        NamespaceFiles.unpin(name);
    }

    @Override
    public FileIdentity identity(Fd namespace) throws KernelException {
        return Statx.of("look at namespace", namespace, namespace.number(), "", Abi.AT_EMPTY_PATH);
    }

    @Override
    public Fd makeNetns(String helper) throws KernelException {
        Sockets.Pair pair = new LinuxSockets().pair();
        try (ControlSocket control = pair.ours(); Child child = spawnHelper(helper, pair)) {
            Optional<ControlSocket.Received> answer = control.receive(Deadline.afterMillis(HELPER_MILLIS));
            child.pidfd().await(Deadline.afterMillis(HELPER_MILLIS));
            try (ControlSocket.Received received = answer.orElseThrow(() -> new KernelException("make netns", helper, Errno.EPIPE, "it ended"))) {
                if (received.count() != 1) {
                    throw new KernelException("make " + received.packet().first("step").orElse("netns"), helper,
                            Errno.of(received.packet().number("errno").orElse(-1)));
                }
                return received.take(0);
            }
        }
    }

    private Child spawnHelper(String helper, Sockets.Pair pair) throws KernelException {
        try (Fd theirs = pair.theirs()) {
            return spawn.spawn(SpawnRequest.of(helper, "--netns").withDescriptor(3, theirs));
        }
    }

    @Override
    public Fd hostNetns() {
        return host.net();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        vacancies.add(false);
        ThreadEnd.await(keeper);
        List<Thread> left;
        synchronized (workers) {
            left = List.copyOf(workers);
        }
        left.forEach(worker -> jobs.add(() -> NamespaceWorker.Next.END));
        left.forEach(ThreadEnd::await);
        host.close();
    }
}
