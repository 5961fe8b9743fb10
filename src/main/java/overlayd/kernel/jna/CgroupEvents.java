package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import overlayd.kernel.Deadline;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;

/** Waiting for a line of cgroup.events ("populated 0", "frozen 1"): the file says by POLLPRI that it has changed since it was read. */
final class CgroupEvents {
    private static final int MOST_BYTES = 256;

    private CgroupEvents() {
    }

    /** False: the deadline passed first. A group that is gone says nothing any more: true. */
    static boolean await(CgroupDirectory group, String line, Deadline deadline) throws KernelException {
        try (Fd events = group.open("/cgroup.events", Abi.O_RDONLY); Arena arena = new Arena()) {
            Pointer buffer = arena.room(MOST_BYTES);
            while (true) {
                long length = Libc.call("read", group.path() + "/cgroup.events", SyscallNumber.PREAD64, events.number(),
                        Libc.address(buffer), MOST_BYTES, 0);
                String text = new String(buffer.getByteArray(0, (int) length), StandardCharsets.US_ASCII);
                if (text.lines().anyMatch(line::equals)) {
                    return true;
                }
                if (!Poll.changed(events, deadline)) {
                    return false;
                }
            }
        } catch (KernelException failure) {
            CgroupDirectory.ignoreGone(failure);
            return true;
        }
    }
}
