package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.kernel.ControlSocket;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Packet;

/** {@link ControlSocket} by sendmsg(2) and recvmsg(2). */
final class LinuxControlSocket implements ControlSocket {
    /** SCM_MAX_FD: the kernel passes no more in one message. */
    private static final int MOST_DESCRIPTORS = 253;

    private final Fd fd;

    LinuxControlSocket(Fd fd) {
        this.fd = fd;
    }

    @Override
    public Fd fd() {
        return fd;
    }

    @Override
    public void send(Packet packet, List<Fd> descriptors) throws KernelException {
        byte[] bytes = packet.encode();
        if (bytes.length > Packet.MAX_BYTES || descriptors.size() > MOST_DESCRIPTORS) {
            throw new KernelException("send", packet.verb(), Errno.EMSGSIZE, bytes.length + " bytes, " + descriptors.size() + " fds");
        }
        try (Arena arena = new Arena()) {
            Pointer header = header(arena, arena.bytes(bytes), bytes.length);
            if (!descriptors.isEmpty()) {
                int length = Abi.cmsghdr_size + 4 * descriptors.size();
                Pointer control = arena.zeroed(length);
                control.setLong(0, length);
                control.setInt(Abi.cmsghdr_at_cmsg_level, Abi.SOL_SOCKET);
                control.setInt(Abi.cmsghdr_at_cmsg_type, Abi.SCM_RIGHTS);
                for (int i = 0; i < descriptors.size(); i++) {
                    control.setInt(Abi.cmsghdr_size + 4L * i, descriptors.get(i).number());
                }
                header.setPointer(Abi.msghdr_at_msg_control, control);
                header.setLong(Abi.msghdr_at_msg_controllen, length);
            }
            Libc.call("send", packet.verb(), SyscallNumber.SENDMSG, fd.number(), Libc.address(header), Abi.MSG_NOSIGNAL);
        }
    }

    @Override
    public Optional<Received> receive(Deadline deadline) throws KernelException {
        if (!Poll.readable(fd, deadline)) {
            throw new KernelException("receive from", "control socket", Errno.ETIMEDOUT);
        }
        try (Arena arena = new Arena()) {
            Pointer data = arena.room(Packet.MAX_BYTES);
            Pointer header = header(arena, data, Packet.MAX_BYTES);
            int room = Abi.cmsghdr_size + 4 * MOST_DESCRIPTORS;
            Pointer control = arena.zeroed(room);
            header.setPointer(Abi.msghdr_at_msg_control, control);
            header.setLong(Abi.msghdr_at_msg_controllen, room);
            long length = Libc.call("receive from", "control socket", SyscallNumber.RECVMSG, fd.number(), Libc.address(header),
                    Abi.MSG_CMSG_CLOEXEC);
            List<Fd> came = descriptors(header, control);
            return length == 0 && came.isEmpty() ? Optional.empty()
                    : Optional.of(checked(data.getByteArray(0, (int) length), header.getInt(Abi.msghdr_at_msg_flags), came));
        }
    }

    private static Pointer header(Arena arena, Pointer data, long length) {
        Pointer vector = arena.zeroed(16);
        vector.setPointer(0, data);
        vector.setLong(8, length);
        Pointer header = arena.zeroed(Abi.msghdr_size);
        header.setPointer(Abi.msghdr_at_msg_iov, vector);
        header.setLong(Abi.msghdr_at_msg_iovlen, 1);
        return header;
    }

    /** Takes ownership of every descriptor in the control data, before anything else can fail. */
    private static List<Fd> descriptors(Pointer header, Pointer control) {
        List<Fd> came = new ArrayList<>();
        long end = header.getLong(Abi.msghdr_at_msg_controllen);
        for (long at = 0; at + Abi.cmsghdr_size <= end; ) {
            long length = control.getLong(at);
            if (length < Abi.cmsghdr_size) {
                break;
            }
            if (control.getInt(at + Abi.cmsghdr_at_cmsg_type) == Abi.SCM_RIGHTS) {
                for (long i = Abi.cmsghdr_size; i + 4 <= length; i += 4) {
                    came.add(Libc.own(control.getInt(at + i)));
                }
            }
            at += length + 7 & ~7L;
        }
        return came;
    }

    private static Received checked(byte[] bytes, int flags, List<Fd> came) throws KernelException {
        Optional<Packet> packet = Packet.decode(bytes);
        boolean cut = (flags & (Abi.MSG_CTRUNC | Abi.MSG_TRUNC)) != 0;
        if (cut || packet.isEmpty()) {
            came.forEach(Fd::close);
            throw new KernelException("receive from", "control socket", Errno.EBADMSG,
                    cut ? "the message was cut off" : "not a packet of the control protocol");
        }
        return new ReceivedPacket(packet.get(), came);
    }

    @Override
    public void close() {
        fd.close();
    }

    /** What came; slots whose descriptor was taken are null. */
    private record ReceivedPacket(Packet packet, List<Fd> descriptors) implements Received {
        @Override
        public int count() {
            return descriptors.size();
        }

        @Override
        public Fd take(int index) {
            Fd taken = descriptors.set(index, null);
            if (taken == null) {
                throw new IllegalStateException("descriptor " + index + " was taken already");
            }
            return taken;
        }

        @Override
        public void close() {
            descriptors.stream().filter(descriptor -> descriptor != null).forEach(Fd::close);
            descriptors.replaceAll(descriptor -> null);
        }
    }
}
