package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.RawText;

/** getdents64(2). */
final class Directory {
    private static final int BUFFER = 32_768;
    /** struct linux_dirent64: u64 ino, s64 off, u16 reclen, u8 type, name. */
    private static final int RECORD_LENGTH = 16;
    private static final int NAME = 19;
    /** What all names together may take in memory, some hundred thousand of them: a subhost's root can make millions. */
    private static final long MOST_BYTES = 24 << 20;
    private static final int BYTES_OF_ONE = 80;

    private Directory() {
    }

    /** The names in an open directory, read from where its offset stands, sorted. */
    static List<String> names(Fd directory, Object subject) throws KernelException {
        List<String> names = new ArrayList<>();
        long bytes = 0;
        try (Arena arena = new Arena()) {
            Pointer buffer = arena.room(BUFFER);
            while (true) {
                long filled = Libc.call("list", subject, SyscallNumber.GETDENTS64, directory.number(), Libc.address(buffer), BUFFER);
                if (filled == 0) {
                    Collections.sort(names);
                    return names;
                }
                if (bytes > MOST_BYTES) {
                    throw new KernelException("list", subject, Errno.EFBIG, "more than " + names.size() + " names");
                }
                for (long at = 0; at < filled; at += Short.toUnsignedInt(buffer.getShort(at + RECORD_LENGTH))) {
                    int length = (int) buffer.indexOf(at + NAME, (byte) 0);
                    String name = RawText.decode(buffer.getByteArray(at + NAME, length));
                    if (!name.equals(".") && !name.equals("..")) {
                        names.add(name);
                        bytes += BYTES_OF_ONE + length;
                    }
                }
            }
        }
    }
}
