package overlayd.kernel.jna;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;

/**
 * A file system being configured: fsopen(2), fsconfig(2), fsmount(2). A refusal carries what the kernel wrote into the context's
 * log. Close it soon: an open context of an overlay keeps its upperdir in use.
 */
final class FsContext implements AutoCloseable {
    private static final int LOG_SIZE = 1024;
    private static final int LOG_LINES = 8;

    private final Fd fd;
    private final String type;

    private FsContext(Fd fd, String type) {
        this.fd = fd;
        this.type = type;
    }

    /** ENODEV: the kernel has no such file system (and no module of it). */
    static FsContext open(String type) throws KernelException {
        try (Arena arena = new Arena()) {
            return new FsContext(Libc.open("make file system", type, SyscallNumber.FSOPEN, arena.text(type), Abi.FSOPEN_CLOEXEC), type);
        }
    }

    /** At most 255 bytes of value, or EINVAL. */
    void string(String key, String value) throws KernelException {
        try (Arena arena = new Arena()) {
            config(Abi.FSCONFIG_SET_STRING, arena.text(key), arena.text(value), 0, key, value);
        }
    }

    void descriptor(String key, Fd value, String path) throws KernelException {
        try (Arena arena = new Arena()) {
            config(Abi.FSCONFIG_SET_FD, arena.text(key), 0, value.number(), key, path);
        }
    }

    /** Each option: a string, or a flag where its value is empty. */
    void options(Map<String, String> options) throws KernelException {
        for (Map.Entry<String, String> option : options.entrySet()) {
            if (option.getValue().isEmpty()) {
                try (Arena arena = new Arena()) {
                    config(Abi.FSCONFIG_SET_FLAG, arena.text(option.getKey()), 0, 0, option.getKey(), "");
                }
            } else {
                string(option.getKey(), option.getValue());
            }
        }
    }

    private void config(long command, long key, long value, long aux, String name, String shown) throws KernelException {
        if (Libc.raw(SyscallNumber.FSCONFIG, fd.number(), command, key, value, aux) == -1) {
            Errno errno = Libc.lastErrno();
            throw new KernelException("set " + type + " option " + name, shown, errno, log());
        }
    }

    /** Makes the super block of what was configured. */
    void create() throws KernelException {
        if (Libc.raw(SyscallNumber.FSCONFIG, fd.number(), Abi.FSCONFIG_CMD_CREATE) == -1) {
            Errno errno = Libc.lastErrno();
            throw new KernelException("make file system", type, errno, log());
        }
    }

    /** What the file system is on: a device. */
    void device(String path) throws KernelException {
        string("source", path);
    }

    /** A detached mount of it with MOUNT_ATTR_* {@code attributes}. */
    Fd mount(long attributes) throws KernelException {
        return Libc.open("make mount of", type, SyscallNumber.FSMOUNT, fd.number(), Abi.FSMOUNT_CLOEXEC, attributes);
    }

    /** The messages waiting in the context, oldest first; each read gives one, ENODATA ends them. "e " marks an error. */
    private String log() {
        StringBuilder text = new StringBuilder();
        try (Arena arena = new Arena()) {
            Pointer buffer = arena.room(LOG_SIZE);
            for (int i = 0; i < LOG_LINES; i++) {
                int got = (int) Libc.raw(SyscallNumber.READ, fd.number(), Libc.address(buffer), LOG_SIZE);
                if (got <= 0) {
                    break;
                }
                String line = new String(buffer.getByteArray(0, got), StandardCharsets.UTF_8).strip();
                text.append(text.length() == 0 ? "" : "; ").append(line.length() > 2 && line.charAt(1) == ' ' ? line.substring(2) : line);
            }
        }
        return text.toString();
    }

    /** Errno of a setting that is only tried: {@code null} when it was taken. */
    Errno tryString(String key, String value) {
        try (Arena arena = new Arena()) {
            long result = Libc.raw(SyscallNumber.FSCONFIG, fd.number(), Abi.FSCONFIG_SET_STRING, arena.text(key), arena.text(value), 0);
            return result == -1 ? Errno.of(Native.getLastError()) : null;
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
