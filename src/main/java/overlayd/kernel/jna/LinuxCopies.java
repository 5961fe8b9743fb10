package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import overlayd.kernel.Copies;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileDetail;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.KernelException;
import overlayd.kernel.RawText;

/** {@link Copies} by openat2(2) with RESOLVE_NO_SYMLINKS. */
final class LinuxCopies implements Copies {
    private static final int INSIDE = Abi.RESOLVE_IN_ROOT | Abi.RESOLVE_NO_MAGICLINKS | Abi.RESOLVE_NO_SYMLINKS;
    private static final int CHUNK = 1 << 16;
    private static final long AT_ONCE = 1 << 30;

    @Override
    public FileDetail detail(Fd root, String path) throws KernelException {
        try (Fd place = place(root, path)) {
            return Statx.detail("look at", path, place.number());
        }
    }

    @Override
    public Optional<FileDetail> find(Fd root, String path) throws KernelException {
        try {
            return Optional.of(detail(root, path));
        } catch (KernelException failure) {
            if (failure.errno() == Errno.ENOENT || failure.errno() == Errno.ENOTDIR || failure.errno() == Errno.ELOOP) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    private static Fd place(Fd root, String path) throws KernelException {
        return Openat2.open("open", root, path.isEmpty() ? "." : path, new Openat2.How(Abi.O_PATH | Abi.O_NOFOLLOW, 0, INSIDE));
    }

    /** The directory that {@code path} is in, and its last name. */
    private static Fd parent(Fd root, String path) throws KernelException {
        int slash = path.lastIndexOf('/');
        return Openat2.open("find", root, slash < 0 ? "." : path.substring(0, slash), new Openat2.How(Abi.O_PATH | Abi.O_DIRECTORY, 0, INSIDE));
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    // -- attributes

    @Override
    public Map<String, byte[]> attributes(Fd root, String path) throws KernelException {
        try (Fd place = place(root, path)) {
            return new FileAttributes(place, path).all();
        }
    }

    @Override
    public Optional<byte[]> attribute(Fd root, String path, String name) throws KernelException {
        try (Fd place = place(root, path)) {
            return new FileAttributes(place, path).value(name);
        }
    }

    @Override
    public void setAttribute(Fd root, String path, String name, byte[] value) throws KernelException {
        try (Fd place = place(root, path)) {
            new FileAttributes(place, path).set(name, value);
        }
    }

    @Override
    public void removeAttribute(Fd root, String path, String name) throws KernelException {
        try (Fd place = place(root, path)) {
            new FileAttributes(place, path).remove(name);
        } catch (KernelException failure) {
            if (failure.errno() != Errno.ENODATA) {
                throw failure;
            }
        }
    }

    // -- content

    @Override
    public boolean sameContent(Fd one, String path, Fd other, String otherPath) throws KernelException {
        try (Fd first = reading(one, path); Fd second = reading(other, otherPath); Arena arena = new Arena()) {
            Pointer a = arena.room(CHUNK);
            Pointer b = arena.room(CHUNK);
            while (true) {
                int left = fill(first, path, a);
                int right = fill(second, otherPath, b);
                if (left != right || !Arrays.equals(a.getByteArray(0, left), b.getByteArray(0, right))) {
                    return false;
                }
                if (left == 0) {
                    return true;
                }
            }
        }
    }

    private static int fill(Fd file, String path, Pointer buffer) throws KernelException {
        int got = 0;
        while (got < CHUNK) {
            long more = Libc.call("read", path, SyscallNumber.READ, file.number(), Libc.address(buffer) + got, CHUNK - got);
            if (more == 0) {
                break;
            }
            got += (int) more;
        }
        return got;
    }

    private static Fd reading(Fd root, String path) throws KernelException {
        try (Fd place = place(root, path)) {
            requireRegular(place, path);
            return ProcFd.reopen("open", place, path, Abi.O_RDONLY);
        }
    }

    private static void requireRegular(Fd place, String path) throws KernelException {
        if (Statx.of("open", path, place.number(), "", Abi.AT_EMPTY_PATH).kind() != Kind.REGULAR) {
            throw new KernelException("open", path, Errno.EPERM, "it is no regular file");
        }
    }

    @Override
    public String readLink(Fd root, String path) throws KernelException {
        try (Fd place = place(root, path); Arena arena = new Arena()) {
            Pointer target = arena.room(4096);
            long length = Libc.call("read link", path, SyscallNumber.READLINKAT, place.number(), arena.text(""), Libc.address(target), 4096);
            return RawText.decode(target.getByteArray(0, (int) length));
        }
    }

    // -- making

    @Override
    public void copy(Fd from, String path, Fd to, String target) throws KernelException {
        FileIdentity source = detail(from, path).identity();
        try (Fd parent = parent(to, target); Arena arena = new Arena()) {
            long name = arena.text(name(target));
            switch (source.kind()) {
                case DIRECTORY -> Libc.call("make directory", target, SyscallNumber.MKDIRAT, parent.number(), name, 0700);
                case SYMLINK -> Libc.call("make symbolic link", target, SyscallNumber.SYMLINKAT, arena.text(readLink(from, path)),
                        parent.number(), name);
                case REGULAR -> copyContent(from, path, parent, target);
                case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO, SOCKET -> Libc.call("make node", target, SyscallNumber.MKNODAT, parent.number(), name,
                        type(source.kind()) | 0600, source.rawDevice());
                case OTHER -> throw new KernelException("copy", path, Errno.EOPNOTSUPP, "it is no kind of file known here");
            }
        }
        copyMetadata(from, path, to, target);
    }

    private static int type(Kind kind) {
        return switch (kind) {
            case CHARACTER_DEVICE -> Abi.S_IFCHR;
            case BLOCK_DEVICE -> Abi.S_IFBLK;
            case FIFO -> Abi.S_IFIFO;
            case SOCKET -> Abi.S_IFSOCK;
            case REGULAR, DIRECTORY, SYMLINK, OTHER -> throw new IllegalArgumentException("no node: " + kind);
        };
    }

    private static void copyContent(Fd from, String path, Fd parent, String target) throws KernelException {
        try (Fd source = reading(from, path); Arena arena = new Arena();
                Fd made = Libc.open("make file", target, SyscallNumber.OPENAT, parent.number(), arena.text(name(target)),
                        Abi.O_WRONLY | Abi.O_CREAT | Abi.O_EXCL | Abi.O_NOFOLLOW | Abi.O_CLOEXEC, 0600)) {
            while (Libc.call("write", target, SyscallNumber.SENDFILE, made.number(), source.number(), 0, AT_ONCE) > 0) {
                continue;
            }
        }
    }

    @Override
    public void copyMetadata(Fd from, String path, Fd to, String target) throws KernelException {
        try (Fd source = place(from, path); Fd made = place(to, target); Arena arena = new Arena()) {
            FileDetail detail = Statx.detail("look at", path, source.number());
            long name = arena.text(ProcFd.name(made));
            // Changing the owner takes set-id bits and capabilities away: it comes first.
            Libc.call("change owner of", target, SyscallNumber.FCHOWNAT, made.number(), arena.text(""), detail.identity().uid(), detail.identity().gid(),
                    Abi.AT_EMPTY_PATH);
            if (detail.identity().kind() != Kind.SYMLINK) {
                Libc.call("change mode of", target, SyscallNumber.FCHMODAT, Abi.AT_FDCWD, name, detail.identity().permissions());
            }
            new FileAttributes(made, target).setAll(new FileAttributes(source, path).all());
            setTime(made, target, detail.modified());
        }
    }

    private static void setTime(Fd made, String target, long nanos) throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer times = arena.zeroed(32); // struct timespec[2]: access, modification
            for (int at = 0; at < 32; at += 16) {
                times.setLong(at, Math.floorDiv(nanos, 1_000_000_000L));
                times.setLong(at + 8, Math.floorMod(nanos, 1_000_000_000L));
            }
            Libc.call("set time of", target, SyscallNumber.UTIMENSAT, Abi.AT_FDCWD, arena.text(ProcFd.name(made)), Libc.address(times), 0);
        }
    }

    @Override
    public void link(Fd root, String existing, String path) throws KernelException {
        try (Fd from = parent(root, existing); Fd to = parent(root, path); Arena arena = new Arena()) {
            Libc.call("link", path, SyscallNumber.LINKAT, from.number(), arena.text(name(existing)), to.number(), arena.text(name(path)), 0);
        }
    }

    @Override
    public void rename(Fd root, String from, String to) throws KernelException {
        rename(root, from, to, 0);
    }

    @Override
    public void exchange(Fd root, String one, String other) throws KernelException {
        rename(root, one, other, Abi.RENAME_EXCHANGE);
    }

    private static void rename(Fd root, String from, String to, int flags) throws KernelException {
        try (Fd source = parent(root, from); Fd target = parent(root, to); Arena arena = new Arena()) {
            Libc.call("rename " + from + " to", to, SyscallNumber.RENAMEAT2, source.number(), arena.text(name(from)), target.number(),
                    arena.text(name(to)), flags);
        }
    }

    @Override
    public void sync(Fd root) throws KernelException {
        try (Fd opened = ProcFd.reopen("synchronise", root, "", Abi.O_RDONLY)) {
            Libc.call("synchronise", "", SyscallNumber.SYNCFS, opened.number());
        }
    }
}
