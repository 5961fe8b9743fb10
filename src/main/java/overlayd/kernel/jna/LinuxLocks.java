package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import java.util.OptionalInt;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Locks;

/** {@link Locks} by flock(2) and fcntl(2). */
final class LinuxLocks implements Locks {
    @Override
    public boolean tryLock(Fd fd) throws KernelException {
        return granted("lock", fd, Libc.raw(SyscallNumber.FLOCK, fd.number(), Abi.LOCK_EX | Abi.LOCK_NB));
    }

    @Override
    public boolean tryLockShared(Fd fd) throws KernelException {
        return granted("lock", fd, Libc.raw(SyscallNumber.FLOCK, fd.number(), Abi.LOCK_SH | Abi.LOCK_NB));
    }

    @Override
    public void lock(Fd fd) throws KernelException {
        Libc.call("lock", fd, SyscallNumber.FLOCK, fd.number(), Abi.LOCK_EX);
    }

    @Override
    public void unlock(Fd fd) throws KernelException {
        Libc.call("unlock", fd, SyscallNumber.FLOCK, fd.number(), Abi.LOCK_UN);
    }

    @Override
    public OptionalInt writeLockOwner(Fd fd) throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer lock = writeLock(arena);
            Libc.call("ask who locks", fd, SyscallNumber.FCNTL, fd.number(), Abi.F_GETLK, Libc.address(lock));
            return lock.getShort(0) == Abi.F_UNLCK ? OptionalInt.empty() : OptionalInt.of(lock.getInt(Abi.flock_at_l_pid));
        }
    }

    @Override
    public boolean tryWriteLock(Fd fd) throws KernelException {
        try (Arena arena = new Arena()) {
            return granted("lock", fd,
                    Libc.raw(SyscallNumber.FCNTL, fd.number(), Abi.F_SETLK, Libc.address(writeLock(arena))));
        }
    }

    @Override
    public boolean tryLockRange(Fd fd, long start, long length) throws KernelException {
        try (Arena arena = new Arena()) {
            return granted("lock ids", fd, Libc.raw(SyscallNumber.FCNTL, fd.number(), Abi.F_OFD_SETLK, Libc.address(range(arena, start, length))));
        }
    }

    @Override
    public boolean isRangeFree(Fd fd, long start, long length) throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer lock = range(arena, start, length);
            Libc.call("ask who locks", fd, SyscallNumber.FCNTL, fd.number(), Abi.F_OFD_GETLK, Libc.address(lock));
            return lock.getShort(0) == Abi.F_UNLCK;
        }
    }

    private static Pointer range(Arena arena, long start, long length) {
        Pointer lock = writeLock(arena);
        lock.setLong(Abi.flock_at_l_start, start);
        lock.setLong(Abi.flock_at_l_len, length);
        return lock;
    }

    /** A write lock from 0 (SEEK_SET) to the end of the file however long it grows (length 0). */
    private static Pointer writeLock(Arena arena) {
        Pointer lock = arena.zeroed(Abi.flock_size);
        lock.setShort(0, (short) Abi.F_WRLCK);
        return lock;
    }

    private static boolean granted(String what, Fd fd, long result) throws KernelException {
        if (result == 0) {
            return true;
        }
        Errno errno = Libc.lastErrno();
        if (errno == Errno.EAGAIN || errno == Errno.EACCES) {
            return false;
        }
        throw new KernelException(what, fd, errno);
    }
}
