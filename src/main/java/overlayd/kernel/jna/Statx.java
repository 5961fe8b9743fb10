package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import overlayd.kernel.FileDetail;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.FileSystemInfo;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.KernelException;

/** statx(2) and statfs(2) into records. */
final class Statx {
    private Statx() {
    }

    /** statx of {@code path} at {@code directory}; with AT_EMPTY_PATH and "" of the descriptor itself. */
    static FileIdentity of(String what, Object subject, int directory, String path, int flags) throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer stat = arena.zeroed(Abi.statx_size);
            Libc.call(what, subject, SyscallNumber.STATX, directory, arena.text(path), flags,
                    Abi.STATX_BASIC_STATS | Abi.STATX_MNT_ID, Libc.address(stat));
            return read(stat);
        }
    }

    /** The same with its times. */
    static FileDetail detail(String what, Object subject, int directory) throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer stat = arena.zeroed(Abi.statx_size);
            Libc.call(what, subject, SyscallNumber.STATX, directory, arena.text(""), Abi.AT_EMPTY_PATH,
                    Abi.STATX_BASIC_STATS | Abi.STATX_MNT_ID, Libc.address(stat));
            return new FileDetail(read(stat), nanos(stat, Abi.statx_at_stx_ctime), nanos(stat, Abi.statx_at_stx_mtime));
        }
    }

    /** struct statx_timestamp. */
    private static long nanos(Pointer stat, int at) {
        return stat.getLong(at) * 1_000_000_000L + Integer.toUnsignedLong(stat.getInt(at + 8));
    }

    /** st_mtime of {@code name} in {@code directory}, a link not followed. */
    static java.time.Instant modified(String what, Object subject, int directory, String name) throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer stat = arena.zeroed(Abi.statx_size);
            Libc.call(what, subject, SyscallNumber.STATX, directory, arena.text(name), Abi.AT_SYMLINK_NOFOLLOW, Abi.STATX_BASIC_STATS,
                    Libc.address(stat));
            return java.time.Instant.ofEpochSecond(stat.getLong(Abi.statx_at_stx_mtime), stat.getInt(Abi.statx_at_stx_mtime + 8));
        }
    }

    /** statfs of a path, links followed. */
    static FileSystemInfo fileSystem(String path) throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer stat = arena.zeroed(Abi.statfs_size);
            Libc.call("look at file system of", path, SyscallNumber.STATFS, arena.text(path), Libc.address(stat));
            return new FileSystemInfo(stat.getLong(0), stat.getLong(Abi.statfs_at_f_flags));
        }
    }

    /** fstatfs. */
    static FileSystemInfo fileSystem(int fd, Object subject) throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer stat = arena.zeroed(Abi.statfs_size);
            Libc.call("look at file system of", subject, SyscallNumber.FSTATFS, fd, Libc.address(stat));
            return new FileSystemInfo(stat.getLong(0), stat.getLong(Abi.statfs_at_f_flags));
        }
    }

    private static FileIdentity read(Pointer stat) {
        int mode = Short.toUnsignedInt(stat.getShort(Abi.statx_at_stx_mode));
        return new FileIdentity(device(stat, Abi.statx_at_stx_dev_major, Abi.statx_at_stx_dev_minor),
                stat.getLong(Abi.statx_at_stx_ino), kind(mode), mode & 07777, stat.getInt(Abi.statx_at_stx_uid),
                stat.getInt(Abi.statx_at_stx_gid), Integer.toUnsignedLong(stat.getInt(Abi.statx_at_stx_nlink)),
                stat.getLong(Abi.statx_at_stx_size),
                device(stat, Abi.statx_at_stx_rdev_major, Abi.statx_at_stx_rdev_minor),
                stat.getLong(Abi.statx_at_stx_mnt_id),
                (stat.getLong(Abi.statx_at_stx_attributes) & Abi.STATX_ATTR_MOUNT_ROOT) != 0);
    }

    private static long device(Pointer stat, int major, int minor) {
        return FileIdentity.makeDevice(Integer.toUnsignedLong(stat.getInt(major)), Integer.toUnsignedLong(stat.getInt(minor)));
    }

    private static Kind kind(int mode) {
        return switch (mode & Abi.S_IFMT) {
            case Abi.S_IFREG -> Kind.REGULAR;
            case Abi.S_IFDIR -> Kind.DIRECTORY;
            case Abi.S_IFLNK -> Kind.SYMLINK;
            case Abi.S_IFCHR -> Kind.CHARACTER_DEVICE;
            case Abi.S_IFBLK -> Kind.BLOCK_DEVICE;
            case Abi.S_IFIFO -> Kind.FIFO;
            case Abi.S_IFSOCK -> Kind.SOCKET;
            default -> Kind.OTHER;
        };
    }
}
