package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pipes;
import overlayd.kernel.RawText;
import overlayd.kernel.Tree;

/**
 * {@link Tree}: openat2(2) finds the parent directory inside the root, then the *at call works on the one last component, which it never
 * follows. {@code ..} as last component is refused, for it would leave the parent that was resolved.
 */
final class LinuxTree implements Tree {
    private static final int INSIDE = Abi.RESOLVE_IN_ROOT | Abi.RESOLVE_NO_MAGICLINKS;

    private final Fd root;
    private final Pipes pipes;

    LinuxTree(Fd root, Pipes pipes) {
        this.root = root;
        this.pipes = pipes;
    }

    @Override
    public Fd openPath(String path) throws KernelException {
        return Openat2.open("open", root, path, new Openat2.How(Abi.O_PATH, 0, INSIDE));
    }

    @Override
    public Fd openPlace(String path) throws KernelException {
        return Openat2.open("open", root, path, new Openat2.How(Abi.O_PATH, 0, INSIDE | Abi.RESOLVE_NO_SYMLINKS));
    }

    @Override
    public Fd openForReading(String path) throws KernelException {
        // Looked at by O_PATH first: opening a device node or a FIFO of a stranger's tree can already do harm.
        try (Fd place = openPath(path)) {
            FileIdentity found = Statx.of("open", path, place.number(), "", Abi.AT_EMPTY_PATH);
            if (found.kind() != FileIdentity.Kind.REGULAR && found.kind() != FileIdentity.Kind.DIRECTORY) {
                throw new KernelException("open", path, Errno.EPERM, "neither a regular file nor a directory");
            }
            return ProcFd.reopen("open", place, path, Abi.O_RDONLY);
        }
    }

    @Override
    public byte[] read(String path, int limit) throws KernelException {
        try (Fd fd = openForReading(path)) {
            return pipes.readAll(fd, limit);
        }
    }

    @Override
    public FileIdentity identity(String path) throws KernelException {
        return in(path, (parent, name) -> Statx.of("look at", path, parent.number(), name, Abi.AT_SYMLINK_NOFOLLOW));
    }

    @Override
    public boolean exists(String path) throws KernelException {
        try {
            identity(path);
            return true;
        } catch (KernelException failure) {
            if (failure.errno() == Errno.ENOENT || failure.errno() == Errno.ENOTDIR) {
                return false;
            }
            throw failure;
        }
    }

    @Override
    public String readLink(String path) throws KernelException {
        return in(path, (parent, name) -> {
            try (Arena arena = new Arena()) {
                Pointer target = arena.room(4096);
                long length = Libc.call("read link", path, SyscallNumber.READLINKAT, parent.number(), arena.text(name),
                        Libc.address(target), 4096);
                return RawText.decode(target.getByteArray(0, (int) length));
            }
        });
    }

    @Override
    public List<String> list(String path) throws KernelException {
        Openat2.How how = new Openat2.How(Abi.O_RDONLY | Abi.O_DIRECTORY, 0, INSIDE);
        try (Fd directory = Openat2.open("list", root, path.isEmpty() ? "." : path, how)) {
            return Directory.names(directory, path);
        }
    }

    @Override
    public void makeDirectory(String path, int mode) throws KernelException {
        make("make directory", path, mode, (parent, name) -> Libc.call("make directory", path, SyscallNumber.MKDIRAT,
                parent.number(), name, mode));
    }

    @Override
    public List<String> makeDirectories(String path, int mode) throws KernelException {
        List<String> made = new ArrayList<>();
        StringBuilder soFar = new StringBuilder();
        for (String component : path.split("/+")) {
            if (component.isEmpty() || component.equals(".")) {
                continue;
            }
            soFar.append(soFar.isEmpty() ? "" : "/").append(component);
            try {
                makeDirectory(soFar.toString(), mode);
                made.add(soFar.toString());
            } catch (KernelException failure) {
                if (failure.errno() != Errno.EEXIST) {
                    throw failure;
                }
            }
        }
        return made;
    }

    @Override
    public void makeCharacterDevice(String path, int mode, int major, int minor) throws KernelException {
        makeDevice(path, Abi.S_IFCHR, mode, FileIdentity.makeDevice(major, minor));
    }

    @Override
    public void makeBlockDevice(String path, int mode, int major, int minor) throws KernelException {
        makeDevice(path, Abi.S_IFBLK, mode, FileIdentity.makeDevice(major, minor));
    }

    private void makeDevice(String path, int type, int mode, long device) throws KernelException {
        make("make device node", path, mode, (parent, name) -> Libc.call("make device node", path, SyscallNumber.MKNODAT,
                parent.number(), name, type | mode, device));
    }

    @Override
    public void makeSymlink(String target, String path) throws KernelException {
        in(path, (parent, name) -> {
            try (Arena arena = new Arena()) {
                return Libc.call("make symbolic link", path, SyscallNumber.SYMLINKAT, arena.text(target), parent.number(),
                        arena.text(name));
            }
        });
    }

    @Override
    public void makeFile(String path, int mode, byte[] content) throws KernelException {
        try (Fd file = createFile(path, mode)) {
            Libc.call("make file", path, SyscallNumber.FCHMOD, file.number(), mode);
            pipes.writeAll(file, content);
        }
    }

    @Override
    public void makeFile(String path, int mode, Fd content, int limit) throws KernelException {
        try (Fd file = createFile(path, mode)) {
            Libc.call("make file", path, SyscallNumber.FCHMOD, file.number(), mode);
            long copied = 0;
            for (long some = 1; some > 0; copied += some) {
                some = pipes.transfer(content, file, limit + 1);
                if (copied + some > limit) {
                    throw new KernelException("make file", path, Errno.EFBIG, "more than " + limit + " bytes");
                }
            }
        }
    }

    @Override
    public Fd createFile(String path, int mode) throws KernelException {
        return in(path, (parent, name) -> {
            try (Arena arena = new Arena()) {
                return Libc.open("make file", path, SyscallNumber.OPENAT, parent.number(), arena.text(name),
                        Abi.O_WRONLY | Abi.O_CREAT | Abi.O_EXCL | Abi.O_NOFOLLOW | Abi.O_CLOEXEC, mode);
            }
        });
    }

    @Override
    public void rename(String from, String to) throws KernelException {
        if (from.indexOf('/') >= 0 || to.indexOf('/') >= 0) {
            throw new KernelException("rename", from, Errno.EINVAL, "not a lone name");
        }
        try (Arena arena = new Arena()) {
            Libc.call("rename", to, SyscallNumber.RENAMEAT2, root.number(), arena.text(from), root.number(), arena.text(to), 0);
        }
    }

    @Override
    public Instant modified(String path) throws KernelException {
        return in(path, (parent, name) -> Statx.modified("look at", path, parent.number(), name));
    }

    @Override
    public void setModified(String path, Instant time) throws KernelException {
        in(path, (parent, name) -> {
            try (Arena arena = new Arena()) {
                Pointer times = arena.zeroed(32);
                times.setLong(8, Abi.UTIME_OMIT);
                times.setLong(16, time.getEpochSecond());
                times.setLong(24, time.getNano());
                return Libc.call("set time of", path, SyscallNumber.UTIMENSAT, parent.number(), arena.text(name), Libc.address(times),
                        Abi.AT_SYMLINK_NOFOLLOW);
            }
        });
    }

    @Override
    public void removeFile(String path) throws KernelException {
        remove("remove", path, 0);
    }

    @Override
    public void removeDirectory(String path) throws KernelException {
        remove("remove directory", path, Abi.AT_REMOVEDIR);
    }

    @Override
    public void chmod(String path, int mode) throws KernelException {
        in(path, (parent, name) -> {
            ProcFd.chmod(parent, name, mode, path);
            return null;
        });
    }

    @Override
    public void chown(String path, int uid, int gid) throws KernelException {
        in(path, (parent, name) -> {
            try (Arena arena = new Arena()) {
                return Libc.call("change owner of", path, SyscallNumber.FCHOWNAT, parent.number(), arena.text(name), uid, gid,
                        Abi.AT_SYMLINK_NOFOLLOW);
            }
        });
    }

    private void remove(String what, String path, int flags) throws KernelException {
        in(path, (parent, name) -> {
            try (Arena arena = new Arena()) {
                return Libc.call(what, path, SyscallNumber.UNLINKAT, parent.number(), arena.text(name), flags);
            }
        });
    }

    private interface At<T> {
        T on(Fd parent, String name) throws KernelException;
    }

    private interface RawAt {
        void on(Fd parent, long name) throws KernelException;
    }

    /** Makes something, then gives it exactly {@code mode} where the umask took bits away. */
    private void make(String what, String path, int mode, RawAt call) throws KernelException {
        in(path, (parent, name) -> {
            try (Arena arena = new Arena()) {
                call.on(parent, arena.text(name));
            }
            FileIdentity made = Statx.of(what, path, parent.number(), name, Abi.AT_SYMLINK_NOFOLLOW);
            // A directory inherits the set-group-id bit of its parent: wanted, and no fault of the umask.
            if ((made.permissions() & 0777) != (mode & 0777) || (made.permissions() & mode) != mode) {
                ProcFd.chmod(parent, name, mode, path);
            }
            return null;
        });
    }

    private <T> T in(String path, At<T> work) throws KernelException {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        int slash = path.lastIndexOf('/', end - 1);
        String name = path.substring(slash + 1, end);
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            throw new KernelException("find", path, Errno.EINVAL, "the path does not end in a name");
        }
        if (slash <= 0) {
            return work.on(root, name); // a lone name cannot lead out: no parent to look for (a boot makes twenty of them)
        }
        Openat2.How how = new Openat2.How(Abi.O_PATH | Abi.O_DIRECTORY, 0, INSIDE);
        try (Fd parent = Openat2.open("find", root, path.substring(0, slash), how)) {
            return work.on(parent, name);
        }
    }
}
