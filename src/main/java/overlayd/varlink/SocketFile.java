package overlayd.varlink;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;

/**
 * The listening socket and its place in the file system: a directory nobody else may write, a lock that one daemon holds as long as
 * it lives, and the socket itself, which appears under its name complete: listening, mode 0600.
 */
final class SocketFile implements AutoCloseable {
    private static final int BACKLOG = 1024;
    /** "/.new", up to 20 digits, "/s". */
    private static final int NURSERY_BYTES = 27;
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> WRITABLE_BY_OTHERS = Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    /** Makes a socket that listens at a path. */
    interface Binding {
        Fd listen(String path, int backlog) throws KernelException;
    }

    private final Path path;
    private final FileChannel lock;
    private final Fd socket;
    private final Object identity;

    private SocketFile(Path path, FileChannel lock, Fd socket) throws IOException {
        this.path = path;
        this.lock = lock;
        this.socket = socket;
        this.identity = identity(path);
    }

    /** @throws IOException with a sentence for the administrator: another daemon lives, the directory is not safe, … */
    static SocketFile create(Path path, Binding binding) throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        int bytes = directory.toString().getBytes(StandardCharsets.UTF_8).length + NURSERY_BYTES;
        if (bytes > Wire.SUN_PATH - 1) {
            throw new IOException("\"" + directory + "\" is too long: a socket's path has at most 107 bytes");
        }
        prepare(directory);
        FileChannel lock = lock(directory.resolve(path.getFileName() + ".lock"));
        try {
            refuseIfAnswered(path);
            return new SocketFile(path, lock, listen(path, binding));
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static void prepare(Path directory) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(directory.getParent());
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        PosixFileAttributes found = Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        int owner = (Integer) Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (!found.isDirectory()) {
            throw new IOException("\"" + directory + "\" is not a directory");
        }
        if (owner != ownUid() || found.permissions().stream().anyMatch(WRITABLE_BY_OTHERS::contains)) {
            throw new IOException("\"" + directory + "\" is writable by others than the daemon's user: chown it and chmod 0700");
        }
    }

    /** The file system uid of this process, without a native call. */
    private static int ownUid() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        FileLock held = null;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            // reported below like the lock of another process
        } finally {
            if (held == null) {
                channel.close();
            }
        }
        if (held == null) {
            throw new IOException("another overlayd serves \"" + file.getParent() + "\"");
        }
        return channel;
    }

    /** With the lock held nobody of ours answers; somebody else's socket is not taken away from him. */
    private static void refuseIfAnswered(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther()) {
            throw new IOException("\"" + path + "\" exists and is not a socket");
        }
        try {
            new Wire().connect(path, Duration.ofSeconds(1)).close();
        } catch (KernelException e) {
            switch (e.errno()) {
                case ECONNREFUSED, ENOENT -> {
                    return;
                }
                default -> throw new IOException("cannot tell whether \"" + path + "\" is in use: " + e.getMessage(), e);
            }
        }
        throw new IOException("another program serves \"" + path + "\"");
    }

    /**
     * Bound in a new directory only we can enter, since the umask belongs to the whole process and the socket's first mode is
     * made of it; then given its mode and moved over a stale one.
     */
    private static Fd listen(Path path, Binding binding) throws IOException {
        Path nursery = nursery(path.toAbsolutePath().getParent());
        Path young = nursery.resolve("s");
        Fd socket = null;
        try {
            socket = binding.listen(young.toString(), BACKLOG);
            Files.setPosixFilePermissions(young, OWNER_ONLY);
            Files.move(young, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return socket;
        } catch (KernelException refused) {
            throw new IOException(refused.getMessage(), refused);
        } catch (IOException | RuntimeException e) {
            if (socket != null) {
                socket.close();
            }
            throw e;
        } finally {
            Files.deleteIfExists(young);
            Files.deleteIfExists(nursery);
        }
    }

    /** A new directory. Its name need not be a secret in one that nobody else may write; to make one takes 10 ms of a starting daemon. */
    private static Path nursery(Path directory) throws IOException {
        for (long number = System.nanoTime();; number++) {
            try {
                return Files.createDirectory(directory.resolve(".new" + Long.toUnsignedString(number)), PosixFilePermissions.asFileAttribute(
                        PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException left) {
                // by a daemon that was killed
            }
        }
    }

    private static Object identity(Path path) throws IOException {
        return Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
    }

    int number() {
        return socket.number();
    }

    /** Removes the socket unless somebody has put another in its place. The lock file stays: removing it would race. */
    @Override
    public void close() throws IOException {
        try {
            socket.close();
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && Objects.equals(identity, identity(path))) {
                Files.delete(path);
            }
        } finally {
            lock.close();
        }
    }
}
