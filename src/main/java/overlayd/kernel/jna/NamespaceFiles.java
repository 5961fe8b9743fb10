package overlayd.kernel.jna;

import java.util.regex.Pattern;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.FileSystemInfo;
import overlayd.kernel.KernelException;

/** The names under /run/netns and the links under /proc/thread-self/ns: namespaces as files (namespaces(7), ip-netns(8)). */
final class NamespaceFiles {
    static final String NETNS_DIRECTORY = "/run/netns";
    private static final Pattern NAME = Pattern.compile("(?!\\.\\.?$)[^/\\x00-\\x1f]{1,255}");

    private NamespaceFiles() {
    }

    /** The calling thread's namespace of this kind ("net", "mnt"). */
    static Fd ofThread(String kind) throws KernelException {
        return open("open own namespace", "/proc/thread-self/ns/" + kind);
    }

    /** The pinned netns {@code name}; a file that pins nothing is EINVAL, as setns(2) would say later. */
    static Fd openPinned(String name) throws KernelException {
        Fd fd = open("open netns", path(name));
        try {
            if (Statx.fileSystem(fd.number(), name).magic() != FileSystemInfo.NSFS) {
                throw new KernelException("open netns", name, Errno.EINVAL, "the file pins no namespace");
            }
            return fd;
        } catch (KernelException failure) {
            fd.close();
            throw failure;
        }
    }

    static boolean exists(String name) throws KernelException {
        try {
            FileIdentity found = Statx.of("look at netns", name, Abi.AT_FDCWD, path(name), Abi.AT_SYMLINK_NOFOLLOW);
            return found != null;
        } catch (KernelException failure) {
            if (failure.errno() == Errno.ENOENT || failure.errno() == Errno.ENOTDIR) {
                return false;
            }
            throw failure;
        }
    }

    /** Pins the netns that is the file {@code netns}. The thread must be in the host's mount namespace, for others to see the bind. */
    static void pin(String name, String netns) throws KernelException {
        try (Arena arena = new Arena()) {
            String path = path(name);
            long file = arena.text(path);
            shareDirectory(arena);
            Libc.open("pin netns", name, SyscallNumber.OPENAT, Abi.AT_FDCWD, file,
                    Abi.O_RDONLY | Abi.O_CREAT | Abi.O_EXCL | Abi.O_CLOEXEC, 0).close();
            long result = Libc.raw(SyscallNumber.MOUNT, arena.text(netns), file, arena.text("none"), Abi.MS_BIND, 0);
            if (result == -1) {
                Errno errno = Libc.lastErrno();
                Libc.raw(SyscallNumber.UNLINKAT, Abi.AT_FDCWD, file, 0);
                throw new KernelException("pin netns", name, errno);
            }
        }
    }

    static void unpin(String name) throws KernelException {
        try (Arena arena = new Arena()) {
            long file = arena.text(path(name));
            if (Libc.raw(SyscallNumber.UMOUNT2, file, Abi.MNT_DETACH | Abi.UMOUNT_NOFOLLOW) == -1) {
                Errno errno = Libc.lastErrno();
                // EINVAL: not a mount point, as after a crash between create and bind.
                if (errno != Errno.EINVAL && errno != Errno.ENOENT) {
                    throw new KernelException("unpin netns", name, errno);
                }
            }
            if (Libc.raw(SyscallNumber.UNLINKAT, Abi.AT_FDCWD, file, 0) == -1 && Libc.lastErrno() != Errno.ENOENT) {
                throw new KernelException("unpin netns", name, Libc.lastErrno());
            }
        }
    }

    /**
     * iproute2's rule: /run/netns is a mount point with shared propagation, so that pins reach mount namespaces made before. EINVAL: it
     * is no mount point yet; then it is bound on itself first, under the directory's own lock, as iproute2 does.
     */
    private static void shareDirectory(Arena arena) throws KernelException {
        long directory = arena.text(NETNS_DIRECTORY);
        long none = arena.text("none");
        long empty = arena.text("");
        Libc.raw(SyscallNumber.MKDIRAT, Abi.AT_FDCWD, directory, 0755);
        if (Libc.raw(SyscallNumber.MOUNT, empty, directory, none, Abi.MS_SHARED | Abi.MS_REC, 0) == 0) {
            return;
        }
        try (Fd lock = Libc.open("share", NETNS_DIRECTORY, SyscallNumber.OPENAT, Abi.AT_FDCWD, directory,
                Abi.O_RDONLY | Abi.O_DIRECTORY | Abi.O_CLOEXEC, 0)) {
            Libc.call("lock", NETNS_DIRECTORY, SyscallNumber.FLOCK, lock.number(), Abi.LOCK_EX);
            // Somebody else may have bound it while we waited.
            if (Libc.raw(SyscallNumber.MOUNT, empty, directory, none, Abi.MS_SHARED | Abi.MS_REC, 0) == 0) {
                return;
            }
            Libc.call("bind", NETNS_DIRECTORY, SyscallNumber.MOUNT, directory, directory, none, Abi.MS_BIND | Abi.MS_REC, 0);
            Libc.call("share", NETNS_DIRECTORY, SyscallNumber.MOUNT, empty, directory, none, Abi.MS_SHARED | Abi.MS_REC, 0);
        }
    }

    private static String path(String name) throws KernelException {
        if (!NAME.matcher(name).matches()) {
            throw new KernelException("name netns", name, Errno.EINVAL, "not a file name");
        }
        return NETNS_DIRECTORY + "/" + name;
    }

    private static Fd open(String what, String path) throws KernelException {
        try (Arena arena = new Arena()) {
            return Libc.open(what, path, SyscallNumber.OPENAT, Abi.AT_FDCWD, arena.text(path), Abi.O_RDONLY | Abi.O_CLOEXEC, 0);
        }
    }
}
