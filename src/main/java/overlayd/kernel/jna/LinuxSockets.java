package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import overlayd.kernel.ControlSocket;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Packet;
import overlayd.kernel.RawText;
import overlayd.kernel.Sockets;

/** {@link Sockets} by socketpair(2). */
public final class LinuxSockets implements Sockets {
    /** Of sun_path with its NUL (unix(7)). */
    private static final int MOST_PATH = 107;

    @Override
    public Pair pair() throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer ends = arena.zeroed(8);
            Libc.call("make control socket", "", SyscallNumber.SOCKETPAIR, Abi.AF_UNIX, Abi.SOCK_SEQPACKET | Abi.SOCK_CLOEXEC, 0,
                    Libc.address(ends));
            Fd ours = Libc.own(ends.getInt(0));
            Fd theirs = Libc.own(ends.getInt(4));
            try {
                enlarge(ours, arena);
                enlarge(theirs, arena);
                return new Pair(new LinuxControlSocket(ours), theirs);
            } catch (KernelException failure) {
                ours.close();
                theirs.close();
                throw failure;
            }
        }
    }

    @Override
    public Fd datagrams(String abstractName) throws KernelException {
        byte[] name = abstractName.getBytes(StandardCharsets.US_ASCII);
        try (Arena arena = new Arena()) {
            Pointer address = arena.zeroed(112);
            address.setShort(0, (short) Abi.AF_UNIX);
            address.write(3, name, 0, name.length);
            Fd socket = Libc.open("make socket", abstractName, SyscallNumber.SOCKET, Abi.AF_UNIX,
                    Abi.SOCK_DGRAM | Abi.SOCK_CLOEXEC | Abi.SOCK_NONBLOCK, 0);
            try {
                Libc.call("bind socket", abstractName, SyscallNumber.BIND, socket.number(), Libc.address(address), 3 + name.length);
                return socket;
            } catch (KernelException refused) {
                socket.close();
                throw refused;
            }
        }
    }

    @Override
    public Fd listen(String path, int backlog) throws KernelException {
        byte[] name = RawText.encode(path);
        if (name.length > MOST_PATH) {
            throw new KernelException("listen on", path, Errno.ENAMETOOLONG, "a socket's path has at most " + MOST_PATH + " bytes");
        }
        try (Arena arena = new Arena()) {
            Pointer address = arena.zeroed(112);
            address.setShort(0, (short) Abi.AF_UNIX);
            address.write(2, name, 0, name.length);
            Fd socket = Libc.open("make socket", path, SyscallNumber.SOCKET, Abi.AF_UNIX, Abi.SOCK_STREAM | Abi.SOCK_CLOEXEC, 0);
            try {
                Libc.call("bind socket", path, SyscallNumber.BIND, socket.number(), Libc.address(address), 2 + name.length + 1);
                Libc.call("listen on", path, SyscallNumber.LISTEN, socket.number(), backlog);
                return socket;
            } catch (KernelException refused) {
                socket.close();
                throw refused;
            }
        }
    }

    @Override
    public ControlSocket control(Fd fd) {
        return new LinuxControlSocket(fd);
    }

    /** A packet must fit the send buffer in whole; the host's net.core.wmem_default may have been made small. */
    private static void enlarge(Fd socket, Arena arena) throws KernelException {
        Pointer size = arena.zeroed(8);
        size.setInt(0, 2 * Packet.MAX_BYTES);
        Libc.call("enlarge control socket", "", SyscallNumber.SETSOCKOPT, socket.number(), Abi.SOL_SOCKET, Abi.SO_SNDBUFFORCE,
                Libc.address(size), 4);
    }
}
