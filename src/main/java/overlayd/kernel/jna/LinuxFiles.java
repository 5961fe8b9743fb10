package overlayd.kernel.jna;

import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.FileSystemInfo;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pipes;
import overlayd.kernel.Tree;

/** {@link Files} by openat(2) and statx(2). */
final class LinuxFiles implements Files {
    private final Pipes pipes;

    LinuxFiles(Pipes pipes) {
        this.pipes = pipes;
    }

    @Override
    public Fd openPath(String path) throws KernelException {
        return open("open", path, Abi.O_PATH, 0);
    }

    @Override
    public Fd openDirectory(String path) throws KernelException {
        return open("open directory", path, Abi.O_RDONLY | Abi.O_DIRECTORY, 0);
    }

    @Override
    public Fd openForReading(String path) throws KernelException {
        Fd fd = open("open", path, Abi.O_RDONLY | Abi.O_NONBLOCK | Abi.O_NOCTTY, 0);
        return blocking(fd, path);
    }

    @Override
    public Fd openPipe(String path) throws KernelException {
        try (Fd place = openPath(path)) {
            if (identity(place).kind() != Kind.FIFO) {
                throw new KernelException("open", path, Errno.ENXIO, "it is no pipe");
            }
            return blocking(ProcFd.reopen("open", place, path, Abi.O_RDONLY | Abi.O_NONBLOCK), path);
        }
    }

    @Override
    public Fd openReadWrite(String path) throws KernelException {
        return open("open", path, Abi.O_RDWR | Abi.O_NOCTTY, 0);
    }

    @Override
    public Fd openForAppend(String path, int mode) throws KernelException {
        // O_NONBLOCK: a FIFO put there must not hold the daemon.
        Fd fd = open("open for appending", path,
                Abi.O_WRONLY | Abi.O_APPEND | Abi.O_CREAT | Abi.O_NOFOLLOW | Abi.O_NONBLOCK | Abi.O_NOCTTY, mode);
        try {
            FileIdentity found = identity(fd);
            String reason = found.kind() != Kind.REGULAR ? "it is not a regular file"
                    : found.links() != 1 ? "it has other hard links"
                    : found.uid() != effectiveUser() ? "it belongs to another user" : "";
            if (!reason.isEmpty()) {
                throw new KernelException("open for appending", path, Errno.EPERM, reason);
            }
        } catch (KernelException failure) {
            fd.close();
            throw failure;
        }
        return blocking(fd, path);
    }

    @Override
    public FileIdentity identity(Fd fd) throws KernelException {
        return Statx.of("look at", fd, fd.number(), "", Abi.AT_EMPTY_PATH);
    }

    @Override
    public FileIdentity identity(String path) throws KernelException {
        return Statx.of("look at", path, Abi.AT_FDCWD, path, Abi.AT_SYMLINK_NOFOLLOW);
    }

    @Override
    public FileIdentity target(String path) throws KernelException {
        return Statx.of("look at", path, Abi.AT_FDCWD, path, 0);
    }

    @Override
    public FileSystemInfo fileSystem(String path) throws KernelException {
        return Statx.fileSystem(path);
    }

    @Override
    public FileSystemInfo fileSystem(Fd fd) throws KernelException {
        return Statx.fileSystem(fd.number(), fd);
    }

    @Override
    public byte[] read(String path, int limit) throws KernelException {
        // O_NONBLOCK stays: a FIFO put there must not hold the daemon.
        try (Fd fd = open("open", path, Abi.O_RDONLY | Abi.O_NONBLOCK | Abi.O_NOCTTY, 0)) {
            return pipes.readAll(fd, limit);
        }
    }

    @Override
    public Tree tree(Fd root) {
        return new LinuxTree(root, pipes);
    }

    private static Fd open(String what, String path, int flags, int mode) throws KernelException {
        try (Arena arena = new Arena()) {
            return Libc.open(what, path, SyscallNumber.OPENAT, Abi.AT_FDCWD, arena.text(path), flags | Abi.O_CLOEXEC, mode);
        }
    }

    /** Takes O_NONBLOCK off again: the descriptor may go to a process that does not expect it. */
    static Fd blocking(Fd fd, Object subject) throws KernelException {
        try {
            long flags = Libc.call("open", subject, SyscallNumber.FCNTL, fd.number(), Abi.F_GETFL);
            Libc.call("open", subject, SyscallNumber.FCNTL, fd.number(), Abi.F_SETFL, flags & ~Abi.O_NONBLOCK);
            return fd;
        } catch (KernelException failure) {
            fd.close();
            throw failure;
        }
    }

    private static int effectiveUser() {
        return (int) Libc.raw(SyscallNumber.GETEUID);
    }
}
