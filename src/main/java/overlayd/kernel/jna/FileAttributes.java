package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;

/** Extended attributes (xattr(7)) of an open file: through /proc/self/fd, since O_PATH takes no fgetxattr(2). */
final class FileAttributes {
    private static final List<String> LAYERS_OWN = List.of("trusted.overlay.", "trusted.overlayd.");
    private static final int LIMIT = 65536;
    /** Room for most: the limit for each file would be much memory for little. */
    private static final int USUAL = 256;

    private final Fd place;
    private final String path;

    /** @param path what {@code place} is called in a refusal */
    FileAttributes(Fd place, String path) {
        this.place = place;
        this.path = path;
    }

    /** All but those by which overlayfs and overlayd mark layers; none where the file system has no attributes. */
    Map<String, byte[]> all() throws KernelException {
        Map<String, byte[]> attributes = new TreeMap<>();
        try (Arena arena = new Arena()) {
            long file = arena.text(ProcFd.name(place));
            Optional<byte[]> names = filled(arena, (buffer, size) -> Libc.raw(SyscallNumber.LISTXATTR, file, buffer, size));
            if (names.isEmpty()) {
                Errno errno = Libc.lastErrno();
                if (errno == Errno.EOPNOTSUPP) {
                    return attributes;
                }
                throw new KernelException("list attributes of", path, errno);
            }
            for (String name : new String(names.get(), StandardCharsets.UTF_8).split("\0")) {
                if (!name.isEmpty() && LAYERS_OWN.stream().noneMatch(name::startsWith)) {
                    value(name).ifPresent(value -> attributes.put(name, value));
                }
            }
        }
        return attributes;
    }

    /** Empty: it has none of that name. */
    Optional<byte[]> value(String name) throws KernelException {
        try (Arena arena = new Arena()) {
            long file = arena.text(ProcFd.name(place));
            long attribute = arena.text(name);
            Optional<byte[]> value = filled(arena, (buffer, size) -> Libc.raw(SyscallNumber.GETXATTR, file, attribute, buffer, size));
            if (value.isEmpty()) {
                Errno errno = Libc.lastErrno();
                if (errno != Errno.ENODATA && errno != Errno.EOPNOTSUPP) {
                    throw new KernelException("read attribute " + name + " of", path, errno);
                }
            }
            return value;
        }
    }

    /** A call that fills a buffer. @return how much of it, or -1 */
    private interface Filling {
        long into(long buffer, int size);
    }

    /** What the call gives; empty: it failed. */
    private static Optional<byte[]> filled(Arena arena, Filling call) {
        for (int size = USUAL; ; size = LIMIT) {
            Pointer buffer = arena.room(size);
            long length = call.into(Libc.address(buffer), size);
            if (length >= 0) {
                return Optional.of(buffer.getByteArray(0, (int) length));
            }
            if (size == LIMIT || Libc.lastErrno() != Errno.ERANGE) {
                return Optional.empty();
            }
        }
    }

    void set(String name, byte[] value) throws KernelException {
        try (Arena arena = new Arena()) {
            Libc.call("set attribute " + name + " of", path, SyscallNumber.SETXATTR, arena.text(ProcFd.name(place)), arena.text(name),
                    Libc.address(arena.bytes(value)), value.length, 0);
        }
    }

    /** @throws KernelException also ENODATA: there is none */
    void remove(String name) throws KernelException {
        try (Arena arena = new Arena()) {
            Libc.call("remove attribute " + name + " of", path, SyscallNumber.REMOVEXATTR, arena.text(ProcFd.name(place)), arena.text(name));
        }
    }

    /** Sets these and removes all others, but for layers' own. */
    void setAll(Map<String, byte[]> wanted) throws KernelException {
        for (String there : all().keySet()) {
            if (!wanted.containsKey(there)) {
                remove(there);
            }
        }
        for (Map.Entry<String, byte[]> attribute : wanted.entrySet()) {
            set(attribute.getKey(), attribute.getValue());
        }
    }
}
