package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import overlayd.kernel.Deadline;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;

/** Waiting for one descriptor (ppoll(2)). */
final class Poll {
    private static final long NANOS = 1_000_000_000L;

    private Poll() {
    }

    /** Waits until {@code fd} can be read, has ended or failed. False: the deadline passed first. */
    static boolean readable(Fd fd, Deadline deadline) throws KernelException {
        return ready(fd, Abi.POLLIN, deadline);
    }

    /** Waits until a kernel file says it has changed since it was last read (POLLPRI). False: the deadline passed first. */
    static boolean changed(Fd fd, Deadline deadline) throws KernelException {
        return ready(fd, Abi.POLLPRI, deadline);
    }

    /** Lets {@code millis} pass where the kernel gives no event to wait for; each caller says why. */
    static void pause(long millis) {
        try (Arena arena = new Arena()) {
            Libc.raw(SyscallNumber.PPOLL, 0, 0, Libc.address(time(arena, Deadline.afterMillis(millis))), 0, 8);
        }
    }

    private static boolean ready(Fd fd, int events, Deadline deadline) throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer poll = arena.zeroed(Abi.pollfd_size);
            poll.setInt(0, fd.number());
            poll.setShort(Abi.pollfd_at_events, (short) events);
            Pointer time = deadline.isNever() ? null : time(arena, deadline);
            // The raw call writes the time left back into the timespec, so that a retry after EINTR waits no longer than asked.
            return Libc.call("wait for", fd, SyscallNumber.PPOLL, Libc.address(poll), 1, Libc.address(time), 0, 8) > 0;
        }
    }

    private static Pointer time(Arena arena, Deadline deadline) {
        long nanos = deadline.remainingNanos();
        Pointer time = arena.zeroed(16);
        time.setLong(0, nanos / NANOS);
        time.setLong(8, nanos % NANOS);
        return time;
    }
}
