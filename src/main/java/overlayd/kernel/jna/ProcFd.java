package overlayd.kernel.jna;

import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.KernelException;

/** What an O_PATH descriptor cannot do itself, through its name /proc/self/fd/N (the host's own /proc, never a subhost's). */
final class ProcFd {
    private ProcFd() {
    }

    /** The name of {@code fd} in the calling process. */
    static String name(Fd fd) {
        return "/proc/self/fd/" + fd.number();
    }

    /** Opens the very file that {@code place} stands for. */
    static Fd reopen(String what, Fd place, Object subject, int flags) throws KernelException {
        try (Arena arena = new Arena()) {
            return Libc.open(what, subject, SyscallNumber.OPENAT, Abi.AT_FDCWD, arena.text(name(place)), flags | Abi.O_CLOEXEC, 0);
        }
    }

    /** chmod of {@code name} in {@code parent}, which is not followed when it is a link (fchmodat2 is only in 6.6). */
    static void chmod(Fd parent, String name, int mode, String subject) throws KernelException {
        try (Arena arena = new Arena();
             Fd place = Libc.open("change mode of", subject, SyscallNumber.OPENAT, parent.number(), arena.text(name),
                     Abi.O_PATH | Abi.O_NOFOLLOW | Abi.O_CLOEXEC, 0)) {
            FileIdentity found = Statx.of("change mode of", subject, place.number(), "", Abi.AT_EMPTY_PATH);
            if (found.kind() == FileIdentity.Kind.SYMLINK) {
                throw new KernelException("change mode of", subject, Errno.EOPNOTSUPP, "it is a symbolic link");
            }
            Libc.call("change mode of", subject, SyscallNumber.FCHMODAT, Abi.AT_FDCWD, arena.text(name(place)), mode);
        }
    }
}
