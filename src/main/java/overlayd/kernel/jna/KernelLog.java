package overlayd.kernel.jna;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;

/**
 * What the kernel logs from the moment of opening on (/dev/kmsg, Documentation/ABI/testing/dev-kmsg): overlayfs gives its reasons
 * there only. Lines of others that fall into the same moment cannot be told apart but by their prefix.
 */
final class KernelLog implements AutoCloseable {
    private static final long SEEK_SET = 0;
    private static final long SEEK_END = 2;
    /** One record per read; a shorter buffer gives EINVAL. */
    private static final int RECORD = 8192;
    private static final int MOST_RECORDS = 256;
    /** More than a log of 16 MiB holds; somebody may write to it faster than it is read. */
    private static final int MOST_OF_ALL = 200_000;

    private final Fd fd;

    private KernelLog(Fd fd) {
        this.fd = fd;
    }

    /** At the end of the log; one that can never be read where there is no /dev/kmsg. */
    static KernelLog open() {
        return open(SEEK_END);
    }

    /** At the oldest record that the kernel still has. */
    static KernelLog openAtBeginning() {
        return open(SEEK_SET);
    }

    private static KernelLog open(long whence) {
        Fd fd = null;
        try (Arena arena = new Arena()) {
            fd = Libc.open("open", "/dev/kmsg", SyscallNumber.OPENAT, Abi.AT_FDCWD, arena.text("/dev/kmsg"),
                    Abi.O_RDONLY | Abi.O_NONBLOCK | Abi.O_CLOEXEC, 0);
            Libc.call("seek", "/dev/kmsg", SyscallNumber.LSEEK, fd.number(), 0, whence);
            return new KernelLog(fd);
        } catch (KernelException e) {
            if (fd != null) {
                fd.close();
            }
            return new KernelLog(null); // no reason to fail: its absence costs a sentence
        }
    }

    /** The last line since opening that begins with {@code prefix}, without it; empty when there is none. */
    String since(String prefix) {
        return last(text -> text.startsWith(prefix)).map(text -> text.substring(prefix.length())).orElse("");
    }

    /** The last line since opening that has one of these words in it; empty when there is none. */
    String naming(String... words) {
        return last(text -> java.util.Arrays.stream(words).anyMatch(text::contains)).orElse("");
    }

    /** Every line since opening, or since the last call, that begins with {@code prefix}, without it. */
    List<String> all(String prefix) {
        return read(text -> text.startsWith(prefix), MOST_OF_ALL).stream().map(text -> text.substring(prefix.length())).toList();
    }

    private Optional<String> last(Predicate<String> wanted) {
        return read(wanted, MOST_RECORDS).stream().reduce((earlier, later) -> later);
    }

    private List<String> read(Predicate<String> wanted, int most) {
        List<String> found = new ArrayList<>();
        if (fd == null) {
            return found;
        }
        try (Arena arena = new Arena()) {
            Pointer buffer = arena.room(RECORD);
            for (int i = 0; i < most; i++) {
                int got = (int) Libc.raw(SyscallNumber.READ, fd.number(), Libc.address(buffer), RECORD);
                if (got == -1 && Native.getLastError() != Errno.EPIPE.number()) { // EPIPE: records were overwritten, go on
                    break;
                }
                String text = got <= 0 ? "" : message(new String(buffer.getByteArray(0, got), StandardCharsets.UTF_8));
                if (wanted.test(text)) {
                    found.add(text);
                }
            }
        }
        return found;
    }

    /** "prio,sequence,microseconds,flags;text\n KEY=value\n" */
    private static String message(String record) {
        int start = record.indexOf(';') + 1;
        int end = record.indexOf('\n', start);
        return record.substring(start, end < 0 ? record.length() : end).strip();
    }

    @Override
    public void close() {
        if (fd != null) {
            fd.close();
        }
    }
}
