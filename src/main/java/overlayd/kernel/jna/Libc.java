package overlayd.kernel.jna;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;

/**
 * The door to the kernel: syscall(2) direct-mapped with nothing but longs (0.5 us a call including errno). Every call retries EINTR; errno
 * is read in the statement after the call, as JNA keeps it per thread. Memory for arguments comes from {@link Arena}.
 */
final class Libc {
    /**
     * One tracked allocation for ever: JNA's cleaner thread starts with the first {@code Memory} and ends without any, and no thread may
     * start on a namespace worker. We use none on workers; this guards against what JNA allocates by itself.
     */
    static final Memory KEEP_CLEANER = new Memory(8);

    /** By the name that the loader has it under: for "c" JNA would look through directories, and sbin/overlayd tells it of none. */
    static final String FILE = "libc.so.6";

    static final int AT_FDCWD = Abi.AT_FDCWD;

    static {
        Native.register(Libc.class, Libc.FILE);
    }

    private Libc() {
    }

    static native long syscall(long number, long a, long b, long c, long d, long e, long f);

    /** A raw call; -1 and {@link Native#getLastError()} on failure, EINTR retried. */
    static long raw(SyscallNumber call, long... arguments) {
        while (true) {
            long result = once(call, arguments);
            if (result != -1 || Native.getLastError() != Errno.EINTR.number()) {
                return result;
            }
        }
    }

    /** A raw call without retry, for calls that change something before they report EINTR. */
    static long once(SyscallNumber call, long... arguments) {
        return syscall(call.number(), at(arguments, 0), at(arguments, 1), at(arguments, 2), at(arguments, 3),
                at(arguments, 4), at(arguments, 5));
    }

    /** A call that must succeed: its result, or a {@link KernelException} saying {@code what} was tried on {@code subject}. */
    static long call(String what, Object subject, SyscallNumber call, long... arguments) throws KernelException {
        long result = raw(call, arguments);
        if (result == -1) {
            throw new KernelException(what, subject, lastErrno());
        }
        return result;
    }

    /** As {@link #call}, for calls that return a descriptor. */
    static Fd open(String what, Object subject, SyscallNumber call, long... arguments) throws KernelException {
        return own((int) call(what, subject, call, arguments));
    }

    /** Takes ownership of a raw descriptor. */
    static Fd own(int number) {
        return new Fd(number, Libc::close);
    }

    private static void close(int number) {
        // EINTR included, the descriptor is gone after close(2) on Linux: never retry.
        syscall(SyscallNumber.CLOSE.number(), number, 0, 0, 0, 0, 0);
    }

    /** Errno of this thread's last failed call. */
    static Errno lastErrno() {
        return Errno.of(Native.getLastError());
    }

    /** The address of {@code pointer} as a system call takes it; 0 for null. */
    static long address(Pointer pointer) {
        return Pointer.nativeValue(pointer);
    }

    private static long at(long[] arguments, int index) {
        return index < arguments.length ? arguments[index] : 0;
    }
}
