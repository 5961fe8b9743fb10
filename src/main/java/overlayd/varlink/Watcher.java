package overlayd.varlink;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import jnr.ffi.Memory;
import jnr.ffi.Platform;
import jnr.ffi.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;

/**
 * One thread with an epoll(7) instance that watches all descriptors nobody reads from: the listening socket, idle connections, and
 * connections whose call is running. Each source is told once and then armed again. Also keeps the deadlines of half-sent messages.
 */
final class Watcher implements AutoCloseable {
    /** Something to watch. Told on the watcher's thread, which it must not hold up. */
    interface Source {
        /** @param events EPOLL bits that came true; 0 when the deadline has passed */
        void ready(int events);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);
    private static final int BATCH = 64;
    // struct epoll_event is packed on x86-64 only (linux/eventpoll.h, EPOLL_PACKED)
    private static final boolean PACKED = Platform.getNativePlatform().getCPU() == Platform.CPU.X86_64;
    private static final int EVENT = PACKED ? 12 : 16;
    private static final int EVENT_DATA = PACKED ? 4 : 8;
    private static final long WAKE = 0;

    private final Wire wire;
    private final Fd epoll;
    private final Fd wake;
    private final Thread thread = new Thread(this::run, "varlink-watcher");
    private final Map<Long, Source> sources = new ConcurrentHashMap<>();
    private final AtomicLong lastKey = new AtomicLong(WAKE);
    private final DeadlineQueue<Source> deadlines = new DeadlineQueue<>();
    private final ThreadLocal<Pointer> events;
    private volatile boolean closed;

    Watcher(Wire wire) throws KernelException {
        this.wire = wire;
        this.events = ThreadLocal.withInitial(() -> Memory.allocateDirect(wire.runtime(), EVENT * BATCH));
        this.epoll = checked(wire.libc().epoll_create1(LibC.EPOLL_CLOEXEC), "epoll_create1");
        this.wake = checked(wire.libc().eventfd(0, LibC.EFD_CLOEXEC), "eventfd");
        control(LibC.EPOLL_CTL_ADD, wake.number(), WAKE, LibC.EPOLLIN);
        thread.setDaemon(true);
    }

    private Fd checked(int number, String call) throws KernelException {
        if (number < 0) {
            throw new KernelException(call, "", wire.errno());
        }
        return wire.own(number);
    }

    void start() {
        thread.start();
    }

    /** Will tell {@code source} of {@code fd} when {@link Watch#arm armed}. Costs no system call. */
    Watch watch(int fd, Source source) {
        long key = lastKey.incrementAndGet();
        sources.put(key, source);
        return new Watch(fd, key);
    }

    /** One descriptor that is watched. Whoever has it keeps its calls apart. */
    final class Watch {
        private final int fd;
        private final long key;
        /** Set before the kernel knows: what is told from then on may come on another thread. */
        private volatile boolean armed;

        private Watch(int fd, long key) {
            this.fd = fd;
            this.key = key;
        }

        /** Watches, again, or for something else; {@code events} with EPOLLONESHOT are told once; 0 for nothing but errors. */
        void arm(int events) throws KernelException {
            if (armed) {
                control(LibC.EPOLL_CTL_MOD, fd, key, events);
                return;
            }
            armed = true;
            try {
                control(LibC.EPOLL_CTL_ADD, fd, key, events);
            } catch (KernelException refused) {
                armed = false;
                throw refused;
            }
        }

        /** Ends watching; to be called before the descriptor is closed. */
        void end() {
            sources.remove(key);
            if (armed && epoll.isOpen()) {
                wire.libc().epoll_ctl(epoll.number(), LibC.EPOLL_CTL_DEL, fd, null);
            }
        }
    }

    private void control(int operation, int fd, long key, int bits) throws KernelException {
        if (!epoll.isOpen()) {
            throw new KernelException("epoll_ctl", "", Errno.EBADF, "the server is closed");
        }
        Pointer event = events.get();
        event.putInt(0, bits);
        event.putLong(EVENT_DATA, key);
        if (wire.libc().epoll_ctl(epoll.number(), operation, fd, event) != 0) {
            throw new KernelException("epoll_ctl", "", wire.errno());
        }
    }

    /** Tells {@code source} with events 0 after this time, whatever happens in between. */
    void after(Duration delay, Source source) {
        if (deadlines.add(System.nanoTime() + delay.toNanos(), source)) {
            wakeUp();
        }
    }

    private synchronized void wakeUp() {
        if (!wake.isOpen()) {
            return; // the thread has seen "closed" by itself
        }
        wire.libc().eventfd_write(wake.number(), 1);
    }

    private void run() {
        Pointer batch = events.get();
        while (!closed) {
            int count = wire.libc().epoll_wait(epoll.number(), batch, BATCH, deadlines.milliseconds());
            for (int i = 0; i < count && !closed; i++) {
                tell(batch.getLong((long) i * EVENT + EVENT_DATA), batch.getInt((long) i * EVENT));
            }
            for (Source due = deadlines.due(); due != null; due = deadlines.due()) {
                tell(due, 0);
            }
        }
        release();
    }

    private synchronized void release() {
        epoll.close();
        wake.close();
    }

    private void tell(long key, int bits) {
        if (key == WAKE) {
            wire.libc().eventfd_read(wake.number(), Memory.allocateDirect(wire.runtime(), 8));
            return;
        }
        Source source = sources.get(key);
        if (source != null) {
            tell(source, bits);
        }
    }

    private static void tell(Source source, int bits) {
        try {
            source.ready(bits);
        } catch (RuntimeException | Error e) { // one connection's bug must not end the thread that serves all
            report(e);
        }
    }

    /** Without descriptors even a log line may fail, by a class that cannot be loaded. */
    private static void report(Throwable bug) {
        try {
            LOG.error("watching a connection failed", bug);
        } catch (RuntimeException | Error e) {
            bug.addSuppressed(e);
        }
    }

    /** Ends the thread and waits for it, a second at most; sources are not told. */
    @Override
    public void close() {
        closed = true;
        if (thread.getState() == Thread.State.NEW) {
            release();
            return;
        }
        wakeUp();
        try {
            thread.join(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
