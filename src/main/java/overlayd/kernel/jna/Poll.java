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
        try (Arena arena = new Arena()) {
            Pointer poll = arena.zeroed(Abi.pollfd_size);
            poll.setInt(0, fd.number());
            poll.setShort(Abi.pollfd_at_events, (short) Abi.POLLIN);
            Pointer time = null;
            if (!deadline.isNever()) {
                time = arena.zeroed(16);
                time.setLong(0, deadline.remainingNanos() / NANOS);
                time.setLong(8, deadline.remainingNanos() % NANOS);
            }
            // The raw call writes the time left back into the timespec, so that a retry after EINTR waits no longer than asked.
            return Libc.call("wait for", fd, SyscallNumber.PPOLL, Libc.address(poll), 1, Libc.address(time), 0, 8) > 0;
        }
    }
}
