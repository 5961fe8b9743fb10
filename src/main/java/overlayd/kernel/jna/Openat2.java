package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;

/** openat2(2). */
final class Openat2 {
    /** RESOLVE_IN_ROOT gives EAGAIN when something was renamed meanwhile; a stranger who keeps renaming must not hold us for ever. */
    private static final int ATTEMPTS = 64;

    private Openat2() {
    }

    /** struct open_how; close-on-exec is added. */
    record How(int flags, int mode, int resolve) {
    }

    /** Opens {@code path} below {@code root}. EXDEV, ELOOP: the resolve flags forbid it. */
    static Fd open(String what, Fd root, String path, How how) throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer struct = arena.zeroed(Abi.open_how_size);
            struct.setLong(0, how.flags | Abi.O_CLOEXEC);
            struct.setLong(Abi.open_how_at_mode, how.mode);
            struct.setLong(Abi.open_how_at_resolve, how.resolve);
            long name = arena.text(path);
            for (int attempt = 1; ; attempt++) {
                long fd = Libc.raw(SyscallNumber.OPENAT2, root.number(), name, Libc.address(struct), Abi.open_how_size);
                if (fd >= 0) {
                    return Libc.own((int) fd);
                }
                Errno errno = Libc.lastErrno();
                if (errno != Errno.EAGAIN || attempt == ATTEMPTS) {
                    throw new KernelException(what, path, errno);
                }
            }
        }
    }
}
