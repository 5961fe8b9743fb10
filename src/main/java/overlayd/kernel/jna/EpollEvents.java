package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import overlayd.kernel.Events;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;

/**
 * {@link Events} on one thread: epoll for descriptors, the wait's timeout for timers, an eventfd to wake it. Registrations are found by a
 * serial number, never by descriptor number: a number is used again as soon as it is closed.
 */
final class EpollEvents implements Events {
    private static final int BATCH = 64;
    private static final long WAKE = 0;

    private final Fd epoll;
    private final Fd wake;
    private final AtomicLong serial = new AtomicLong(WAKE);
    private final Map<Long, Watch> watches = new ConcurrentHashMap<>();
    private final Timers timers = new Timers();
    private final Thread thread;
    private volatile boolean closing;

    EpollEvents() throws KernelException {
        epoll = Libc.open("make epoll", "", SyscallNumber.EPOLL_CREATE1, Abi.EPOLL_CLOEXEC);
        wake = Libc.open("make eventfd", "", SyscallNumber.EVENTFD2, 0, Abi.EFD_CLOEXEC | Abi.EFD_NONBLOCK);
        control(Abi.EPOLL_CTL_ADD, wake, Abi.EPOLLIN, WAKE);
        thread = new Thread(this::loop, "events");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public Registration watch(Fd fd, Set<Interest> interests, Repeat repeat, Callback callback) throws KernelException {
        Watch watch = new Watch(serial.incrementAndGet(), fd, repeat, callback);
        // Known before the kernel is told: the first event may come before epoll_ctl returns.
        watches.put(watch.id, watch);
        int mask = (interests.contains(Interest.READABLE) ? Abi.EPOLLIN | Abi.EPOLLRDHUP : 0)
                | (interests.contains(Interest.WRITABLE) ? Abi.EPOLLOUT : 0)
                | (interests.contains(Interest.PRIORITY) ? Abi.EPOLLPRI : 0);
        try {
            control(Abi.EPOLL_CTL_ADD, fd, mask, watch.id);
            return watch;
        } catch (KernelException failure) {
            watches.remove(watch.id);
            throw failure;
        }
    }

    @Override
    public Registration timer(Duration delay, Runnable action) {
        Registration timer = timers.add(delay, action);
        wakeUp();
        return timer;
    }

    private void loop() {
        // Lives as long as the thread: nothing is allocated per event.
        try (Arena arena = new Arena()) {
            Pointer events = arena.zeroed((long) BATCH * Abi.epoll_event_size);
            while (!closing) {
                long count = Libc.once(SyscallNumber.EPOLL_PWAIT, epoll.number(), Libc.address(events), BATCH,
                        timers.millisToNext(), 0, 8);
                for (int i = 0; i < count && !closing; i++) {
                    long at = (long) i * Abi.epoll_event_size;
                    deliver(events.getInt(at), events.getLong(at + Abi.epoll_event_at_data));
                }
                timers.runDue(this::report);
            }
        }
    }

    private void deliver(int mask, long id) {
        if (id == WAKE) {
            drainWake();
            return;
        }
        Watch watch = watches.get(id);
        if (watch == null) {
            return;
        }
        if (watch.repeat == Repeat.ONCE) {
            watch.cancel();
        }
        try {
            watch.callback.on(new Event((mask & Abi.EPOLLIN) != 0, (mask & Abi.EPOLLOUT) != 0,
                    (mask & (Abi.EPOLLHUP | Abi.EPOLLRDHUP | Abi.EPOLLERR)) != 0));
        } catch (Exception | LinkageError | AssertionError failure) {
            watch.cancel();
            report(failure);
        }
    }

    private void report(Throwable failure) {
        thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    }

    private void drainWake() {
        try (Arena arena = new Arena()) {
            Libc.raw(SyscallNumber.READ, wake.number(), Libc.address(arena.zeroed(8)), 8);
        }
    }

    private void wakeUp() {
        if (Thread.currentThread() == thread) {
            return;
        }
        try (Arena arena = new Arena()) {
            Pointer one = arena.zeroed(8);
            one.setLong(0, 1);
            // EAGAIN: the counter is full, so the thread will wake anyway.
            Libc.raw(SyscallNumber.WRITE, wake.number(), Libc.address(one), 8);
        }
    }

    private void control(int operation, Fd fd, int mask, long id) throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer event = arena.zeroed(16);
            event.setInt(0, mask);
            event.setLong(Abi.epoll_event_at_data, id);
            Libc.call("watch", fd, SyscallNumber.EPOLL_CTL, epoll.number(), operation, fd.number(), Libc.address(event));
        }
    }

    @Override
    public void close() {
        closing = true;
        if (Thread.currentThread() != thread) {
            wakeUp();
            ThreadEnd.await(thread);
            wake.close();
            epoll.close();
        }
    }

    private final class Watch implements Registration {
        private final long id;
        private final Fd fd;
        private final Repeat repeat;
        private final Callback callback;

        private Watch(long id, Fd fd, Repeat repeat, Callback callback) {
            this.id = id;
            this.fd = fd;
            this.repeat = repeat;
            this.callback = callback;
        }

        @Override
        public void cancel() {
            // Closed already: the kernel took it out by itself, and the number may be another file's by now.
            if (watches.remove(id) == null || !fd.isOpen() || !epoll.isOpen()) {
                return;
            }
            Libc.once(SyscallNumber.EPOLL_CTL, epoll.number(), Abi.EPOLL_CTL_DEL, fd.number(), 0);
        }
    }
}
