package overlayd.kernel.jna;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pipes;

/** One directory of a cgroup hierarchy. Paths cannot be swapped: a cgroup file system has no links and only root makes groups. */
record CgroupDirectory(String path, Pipes pipes) {
    private static final int MOST_BYTES = 4 * 1024 * 1024;
    private static final Set<Errno> BUSY = Set.of(Errno.EBUSY, Errno.ENOTEMPTY);

    /** mkdir(2), and every missing directory above. EEXIST: the last one is there. */
    void make(String root) throws KernelException {
        Optional<Errno> refused = mkdir(path);
        if (refused.isPresent() && refused.get() == Errno.ENOENT) { // the first of an instance
            for (int slash = path.indexOf('/', root.length() + 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
                String above = path.substring(0, slash);
                check(above, mkdir(above).filter(errno -> errno != Errno.EEXIST));
            }
            refused = mkdir(path);
        }
        check(path, refused);
    }

    private static void check(String directory, Optional<Errno> refused) throws KernelException {
        if (refused.isPresent()) {
            throw new KernelException("make cgroup", directory, refused.get());
        }
    }

    private static Optional<Errno> mkdir(String directory) {
        try (Arena arena = new Arena()) {
            return refused(Libc.raw(SyscallNumber.MKDIRAT, Abi.AT_FDCWD, arena.text(directory), 0755));
        }
    }

    boolean exists() {
        try (Arena arena = new Arena()) {
            return Libc.raw(SyscallNumber.FACCESSAT2, Abi.AT_FDCWD, arena.text(path), 0, 0) == 0;
        }
    }

    /** Removes this group and all below it, deepest first. Gone is fine. */
    void remove() throws KernelException {
        // Most have none below. One that has is as busy as one with processes.
        Optional<Errno> refused = rmdir();
        if (refused.isPresent() && BUSY.contains(refused.get())) {
            for (String child : children()) {
                new CgroupDirectory(path + "/" + child, pipes).remove();
            }
            refused = rmdir();
        }
        if (refused.isPresent() && refused.get() != Errno.ENOENT) {
            throw new KernelException("remove cgroup", path, refused.get());
        }
    }

    private Optional<Errno> rmdir() {
        try (Arena arena = new Arena()) {
            return refused(Libc.raw(SyscallNumber.UNLINKAT, Abi.AT_FDCWD, arena.text(path), Abi.AT_REMOVEDIR));
        }
    }

    private static Optional<Errno> refused(long result) {
        return result == -1 ? Optional.of(Libc.lastErrno()) : Optional.empty();
    }

    /** Groups directly below; none when this one is gone. */
    List<String> children() throws KernelException {
        List<String> groups = new ArrayList<>();
        try (Fd directory = open("", Abi.O_RDONLY | Abi.O_DIRECTORY)) {
            for (String name : Directory.names(directory, path)) {
                if (Statx.of("list", path, directory.number(), name, Abi.AT_SYMLINK_NOFOLLOW).kind() == FileIdentity.Kind.DIRECTORY) {
                    groups.add(name);
                }
            }
        } catch (KernelException failure) {
            ignoreGone(failure);
        }
        return groups;
    }

    /** Adds the processes of this group and of those below to {@code all}. */
    void processes(List<Integer> all) throws KernelException {
        processesHere(all);
        for (String child : children()) {
            new CgroupDirectory(path + "/" + child, pipes).processes(all);
        }
    }

    /** Adds the processes of this group alone. EOPNOTSUPP: it is threaded, and the one above that is not lists them (cgroup-v2.rst, "Threads"). */
    void processesHere(List<Integer> all) throws KernelException {
        try {
            for (String line : read("cgroup.procs").lines().toList()) {
                all.add(Integer.valueOf(line));
            }
        } catch (KernelException threaded) {
            if (threaded.errno() != Errno.EOPNOTSUPP) {
                throw threaded;
            }
        }
    }

    /** A file in whole; "" when the group is gone. */
    String read(String file) throws KernelException {
        try (Fd fd = open("/" + file, Abi.O_RDONLY)) {
            return new String(pipes.readAll(fd, MOST_BYTES), StandardCharsets.US_ASCII);
        } catch (KernelException failure) {
            ignoreGone(failure);
            return "";
        }
    }

    void write(String file, String value) throws KernelException {
        try (Fd fd = open("/" + file, Abi.O_WRONLY)) {
            pipes.writeAll(fd, value.getBytes(StandardCharsets.US_ASCII));
        } catch (KernelException failure) {
            throw new KernelException("write \"" + value + "\" to", path + "/" + file, failure.errno());
        }
    }

    Fd open(String file, int flags) throws KernelException {
        try (Arena arena = new Arena()) {
            return Libc.open("open cgroup", path + file, SyscallNumber.OPENAT, Abi.AT_FDCWD, arena.text(path + file),
                    flags | Abi.O_CLOEXEC, 0);
        }
    }

    /** ENOENT: no such directory; ENODEV: it was removed while its file was open. */
    static void ignoreGone(KernelException failure) throws KernelException {
        if (failure.errno() != Errno.ENOENT && failure.errno() != Errno.ENODEV) {
            throw failure;
        }
    }
}
