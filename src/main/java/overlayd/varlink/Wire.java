package overlayd.varlink;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;

/**
 * Bytes and descriptors over connected AF_UNIX stream sockets. A plain read(2) would drop descriptors silently, so everything is read by
 * recvmsg; they are close-on-exec from birth (MSG_CMSG_CLOEXEC). Sources: unix(7), recvmsg(2), cmsg(3). Thread-safe; each thread
 * has its own buffers.
 */
final class Wire {
    /** What one recvmsg gave; no bytes = the peer will send no more. The receiver owns the descriptors. */
    record Received(byte[] bytes, List<Fd> fds) {
    }

    /** Size of sockaddr_un.sun_path, with the NUL that ends it. */
    static final int SUN_PATH = 108;

    // jnr-ffi writes a class for it, which takes some 30 ms: once per JVM
    private static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");

    private final LibC libc = LIBC;
    private final Runtime runtime = Runtime.getRuntime(libc);
    private final ThreadLocal<MessageBuffer> buffers = ThreadLocal.withInitial(() -> new MessageBuffer(runtime));

    /** This thread's. */
    MessageBuffer buffer() {
        return buffers.get();
    }

    LibC libc() {
        return libc;
    }

    Runtime runtime() {
        return runtime;
    }

    /** errno of this thread's last call. */
    Errno errno() {
        return Errno.of(runtime.getLastError());
    }

    Fd own(int number) {
        return new Fd(number, libc::close);
    }

    /**
     * Reads what is there, at most 16 KiB.
     *
     * @param flags MSG_DONTWAIT or 0
     * @return empty when nothing came in SO_RCVTIMEO, or nothing is there
     * @throws KernelException also when descriptors were cut off: the message cannot be trusted then
     */
    Optional<Received> receive(int socket, int flags) throws KernelException {
        MessageBuffer message = buffers.get();
        while (true) {
            message.expect();
            long length = libc.recvmsg(socket, message.header(), flags | LibC.MSG_CMSG_CLOEXEC);
            if (length >= 0) {
                return Optional.of(received(message, (int) length));
            }
            Errno errno = errno();
            if (errno == Errno.EAGAIN) {
                return Optional.empty();
            }
            if (errno != Errno.EINTR) {
                throw new KernelException("recvmsg", "", errno);
            }
        }
    }

    private Received received(MessageBuffer message, int length) throws KernelException {
        List<Fd> fds = message.descriptors(this::own);
        if (message.isCut()) {
            fds.forEach(Fd::close);
            throw new KernelException("recvmsg", "", Errno.EMFILE, "descriptors were cut off (MSG_CTRUNC)");
        }
        return new Received(message.received(length), fds);
    }

    /**
     * Sends all of {@code bytes}, the descriptors with the first part. They stay the caller's.
     *
     * @throws KernelException EPIPE when the peer is gone; EAGAIN when it has not read for SO_SNDTIMEO, or not all within
     *     {@code patience}
     */
    void send(int socket, byte[] bytes, List<Fd> fds, Duration patience) throws KernelException {
        MessageBuffer message = buffers.get();
        long deadline = System.nanoTime() + patience.toNanos();
        int at = 0;
        while (at < bytes.length) {
            message.put(bytes, at, Math.min(MessageBuffer.CHUNK, bytes.length - at));
            message.attach(at == 0 ? fds : List.of());
            long sent = libc.sendmsg(socket, message.header(), LibC.MSG_NOSIGNAL);
            Errno errno = sent < 0 ? errno() : Errno.UNKNOWN;
            if (sent < 0 && errno != Errno.EINTR) {
                throw new KernelException("sendmsg", "", errno);
            }
            at += (int) Math.max(0, sent);
            if (at < bytes.length && System.nanoTime() - deadline > 0) {
                throw new KernelException("sendmsg", "", Errno.EAGAIN, "the peer reads too slowly");
            }
        }
    }

    /** Sets SO_RCVTIMEO or SO_SNDTIMEO; zero means for ever. */
    void timeout(int socket, int option, Duration duration) throws KernelException {
        Pointer time = buffers.get().data();
        time.putLong(0, duration.getSeconds());
        time.putLong(8, duration.getNano() / 1000);
        if (libc.setsockopt(socket, LibC.SOL_SOCKET, option, time, 16) != 0) {
            throw new KernelException("setsockopt", "", errno());
        }
    }

    /** A connected, blocking stream socket. */
    Fd connect(Path path, Duration patience) throws KernelException {
        return connect(LibC.SOCK_STREAM, path.toString().getBytes(StandardCharsets.UTF_8), patience);
    }

    /** A connected datagram socket for {@link Datagrams}; {@code name} may begin with "@" for an abstract one (unix(7)). */
    Fd connectDatagram(byte[] name, Duration patience) throws KernelException {
        return connect(LibC.SOCK_DGRAM, name, patience);
    }

    private Fd connect(int type, byte[] name, Duration patience) throws KernelException {
        String shown = new String(name, StandardCharsets.UTF_8);
        if (name.length >= SUN_PATH) {
            throw new KernelException("connect", shown, Errno.ENAMETOOLONG, "a socket's path has at most 107 bytes");
        }
        int socket = libc.socket(LibC.AF_UNIX, type | LibC.SOCK_CLOEXEC, 0);
        if (socket < 0) {
            throw new KernelException("socket", "", errno());
        }
        Fd owned = own(socket);
        try {
            timeout(socket, LibC.SO_SNDTIMEO, patience);
            boolean abstractName = name[0] == '@';
            Pointer address = Memory.allocateDirect(runtime, 2 + SUN_PATH, true);
            address.putShort(0, (short) LibC.AF_UNIX);
            address.put(2, name, 0, name.length);
            if (abstractName) {
                address.putByte(2, (byte) 0);
            }
            // An abstract name ends where the length says, a path at its NUL.
            if (libc.connect(socket, address, 2 + name.length + (abstractName ? 0 : 1)) != 0) {
                throw new KernelException("connect", shown, errno());
            }
            return owned;
        } catch (KernelException e) {
            owned.close();
            throw e;
        }
    }
}
