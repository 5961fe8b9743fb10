package overlayd.varlink;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import overlayd.kernel.Fd;

/**
 * The memory of one message for sendmsg(2) and recvmsg(2): its header, room for 16 KiB of data and for what goes beside it, as 64-bit Linux has
 * them (struct msghdr, iovec, cmsghdr; cmsg(3)). Used again for the next message. One thread.
 */
final class MessageBuffer {
    /** The kernel's SCM_MAX_FD: one message cannot carry more. */
    static final int MOST_FDS = 253;
    /** Bytes of data it has room for. */
    static final int CHUNK = 16 * 1024;

    private static final int IOV_COUNT_AT = 24;
    private static final int CONTROL_AT = 32;
    private static final int CONTROL_LENGTH_AT = 40;
    private static final int FLAGS_AT = 48;
    private static final int IOV = 56;
    private static final int CONTROL = IOV + 16;
    private static final int CMSG_HEADER = 16;
    private static final int CONTROL_SIZE = CMSG_HEADER + ((MOST_FDS * 4 + 7) & ~7);
    private static final int DATA = CONTROL + CONTROL_SIZE;
    /** sizeof(struct ucred): pid, uid, gid. */
    private static final int UCRED = 12;

    private final Pointer memory;

    MessageBuffer(Runtime runtime) {
        memory = Memory.allocateDirect(runtime, DATA + CHUNK); // the data part stays untouched, hence unpaid, till used
        memory.setMemory(0, DATA, (byte) 0);
        memory.putAddress(16, memory.address() + IOV);
        memory.putLong(IOV_COUNT_AT, 1);
        memory.putAddress(IOV, memory.address() + DATA);
    }

    /** struct msghdr, for the calls. */
    Pointer header() {
        return memory;
    }

    /** The data part, for what else a call needs memory for. */
    Pointer data() {
        return memory.slice(DATA);
    }

    /** Ready to receive as much as there is room for. */
    void expect() {
        memory.putLong(IOV + 8, CHUNK);
        memory.putAddress(CONTROL_AT, memory.address() + CONTROL);
        memory.putLong(CONTROL_LENGTH_AT, CONTROL_SIZE);
        memory.putInt(FLAGS_AT, 0);
    }

    /** The first {@code length} bytes received. */
    byte[] received(int length) {
        byte[] bytes = new byte[length];
        memory.get(DATA, bytes, 0, length);
        return bytes;
    }

    /** Whether what came beside the data was cut off. */
    boolean isCut() {
        return (memory.getInt(FLAGS_AT) & LibC.MSG_CTRUNC) != 0;
    }

    /** The descriptors that came beside the data, each owned by {@code owner}. */
    List<Fd> descriptors(IntFunction<Fd> owner) {
        long controlLength = memory.getLong(CONTROL_LENGTH_AT);
        if (controlLength < CMSG_HEADER) {
            return List.of();
        }
        List<Fd> fds = new ArrayList<>();
        for (long at = 0; at + CMSG_HEADER <= controlLength;) {
            long length = memory.getLong(CONTROL + at);
            if (memory.getInt(CONTROL + at + 8) == LibC.SOL_SOCKET && memory.getInt(CONTROL + at + 12) == LibC.SCM_RIGHTS) {
                for (long fd = at + CMSG_HEADER; fd + 4 <= at + length; fd += 4) {
                    fds.add(owner.apply(memory.getInt(CONTROL + fd)));
                }
            }
            at += Math.max(CMSG_HEADER, (length + 7) & ~7L);
        }
        return fds;
    }

    /** To send {@code length} bytes, {@link #CHUNK} at most, and nothing beside them. */
    void put(byte[] bytes, int at, int length) {
        memory.put(DATA, bytes, at, length);
        memory.putLong(IOV + 8, length);
        memory.putAddress(CONTROL_AT, 0);
        memory.putLong(CONTROL_LENGTH_AT, 0);
    }

    /** To send these descriptors beside the data; they stay the caller's. */
    void attach(List<Fd> fds) {
        if (fds.isEmpty()) {
            return;
        }
        if (fds.size() > MOST_FDS) {
            throw new IllegalArgumentException(fds.size() + " descriptors in one message");
        }
        beside(LibC.SCM_RIGHTS, fds.size() * 4);
        for (int i = 0; i < fds.size(); i++) {
            memory.putInt(CONTROL + CMSG_HEADER + 4L * i, fds.get(i).number());
        }
    }

    /** To send beside the data whose it is: that process of root's. */
    void attachCredentials(int pid) {
        beside(LibC.SCM_CREDENTIALS, UCRED);
        memory.putInt(CONTROL + CMSG_HEADER, pid);
        memory.putInt(CONTROL + CMSG_HEADER + 4L, 0);
        memory.putInt(CONTROL + CMSG_HEADER + 8L, 0);
    }

    private void beside(int type, int length) {
        memory.putAddress(CONTROL_AT, memory.address() + CONTROL);
        memory.putLong(CONTROL_LENGTH_AT, CMSG_HEADER + ((length + 7) & ~7));
        memory.putLong(CONTROL, CMSG_HEADER + (long) length);
        memory.putInt(CONTROL + 8, LibC.SOL_SOCKET);
        memory.putInt(CONTROL + 12, type);
    }
}
