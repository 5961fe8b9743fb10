package overlayd.varlink;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
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
    /** The kernel's SCM_MAX_FD: one message cannot carry more. */
    static final int MOST_FDS = 253;

    /** What one recvmsg gave; no bytes = the peer will send no more. The receiver owns the descriptors. */
    record Received(byte[] bytes, List<Fd> fds) {
    }

    private static final int CHUNK = 16 * 1024;
    /** Longer ones are cut off. */
    static final int MOST_DATAGRAM = CHUNK;
    // struct msghdr, iovec, cmsghdr on 64-bit Linux
    private static final int IOV = 56;
    private static final int CONTROL = IOV + 16;
    private static final int CMSG_HEADER = 16;
    /** sizeof(struct ucred): pid, uid, gid. */
    private static final int UCRED = 12;
    private static final int CONTROL_SIZE = CMSG_HEADER + ((MOST_FDS * 4 + 7) & ~7);
    private static final int DATA = CONTROL + CONTROL_SIZE;
    /** Size of sockaddr_un.sun_path, with the NUL that ends it. */
    static final int SUN_PATH = 108;

    // jnr-ffi writes a class for it, which takes some 30 ms: once per JVM
    private static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");

    private final LibC libc = LIBC;
    private final Runtime runtime = Runtime.getRuntime(libc);
    private final ThreadLocal<Pointer> buffers = ThreadLocal.withInitial(this::buffer);

    private Pointer buffer() {
        Pointer memory = Memory.allocateDirect(runtime, DATA + CHUNK); // the data part stays untouched, hence unpaid, till used
        memory.setMemory(0, DATA, (byte) 0);
        memory.putAddress(16, memory.address() + IOV);
        memory.putLong(24, 1);
        memory.putAddress(IOV, memory.address() + DATA);
        return memory;
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
        Pointer memory = buffers.get();
        while (true) {
            memory.putLong(IOV + 8, CHUNK);
            memory.putAddress(32, memory.address() + CONTROL);
            memory.putLong(40, CONTROL_SIZE);
            memory.putInt(48, 0);
            long length = libc.recvmsg(socket, memory, flags | LibC.MSG_CMSG_CLOEXEC);
            if (length >= 0) {
                return Optional.of(received(memory, (int) length));
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

    private Received received(Pointer memory, int length) throws KernelException {
        List<Fd> fds = descriptors(memory);
        if ((memory.getInt(48) & LibC.MSG_CTRUNC) != 0) {
            fds.forEach(Fd::close);
            throw new KernelException("recvmsg", "", Errno.EMFILE, "descriptors were cut off (MSG_CTRUNC)");
        }
        byte[] bytes = new byte[length];
        memory.get(DATA, bytes, 0, length);
        return new Received(bytes, fds);
    }

    private List<Fd> descriptors(Pointer memory) {
        long controlLength = memory.getLong(40);
        if (controlLength < CMSG_HEADER) {
            return List.of();
        }
        List<Fd> fds = new ArrayList<>();
        for (long at = 0; at + CMSG_HEADER <= controlLength;) {
            long length = memory.getLong(CONTROL + at);
            if (memory.getInt(CONTROL + at + 8) == LibC.SOL_SOCKET && memory.getInt(CONTROL + at + 12) == LibC.SCM_RIGHTS) {
                for (long fd = at + CMSG_HEADER; fd + 4 <= at + length; fd += 4) {
                    fds.add(own(memory.getInt(CONTROL + fd)));
                }
            }
            at += Math.max(CMSG_HEADER, (length + 7) & ~7L);
        }
        return fds;
    }

    /**
     * Sends all of {@code bytes}, the descriptors with the first part. They stay the caller's.
     *
     * @throws KernelException EPIPE when the peer is gone; EAGAIN when it has not read for SO_SNDTIMEO, or not all within
     *     {@code patience}
     */
    void send(int socket, byte[] bytes, List<Fd> fds, Duration patience) throws KernelException {
        Pointer memory = buffers.get();
        long deadline = System.nanoTime() + patience.toNanos();
        int at = 0;
        while (at < bytes.length) {
            int part = Math.min(CHUNK, bytes.length - at);
            memory.put(DATA, bytes, at, part);
            memory.putLong(IOV + 8, part);
            attach(memory, at == 0 ? fds : List.of());
            long sent = libc.sendmsg(socket, memory, LibC.MSG_NOSIGNAL);
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

    private static void attach(Pointer memory, List<Fd> fds) {
        if (fds.isEmpty()) {
            memory.putAddress(32, 0);
            memory.putLong(40, 0);
            return;
        }
        if (fds.size() > MOST_FDS) {
            throw new IllegalArgumentException(fds.size() + " descriptors in one message");
        }
        memory.putAddress(32, memory.address() + CONTROL);
        memory.putLong(40, CMSG_HEADER + ((fds.size() * 4 + 7) & ~7));
        memory.putLong(CONTROL, CMSG_HEADER + fds.size() * 4L);
        memory.putInt(CONTROL + 8, LibC.SOL_SOCKET);
        memory.putInt(CONTROL + 12, LibC.SCM_RIGHTS);
        for (int i = 0; i < fds.size(); i++) {
            memory.putInt(CONTROL + CMSG_HEADER + 4L * i, fds.get(i).number());
        }
    }

    /** Sets SO_RCVTIMEO or SO_SNDTIMEO; zero means for ever. */
    void timeout(int socket, int option, Duration duration) throws KernelException {
        Pointer memory = buffers.get();
        memory.putLong(DATA, duration.getSeconds());
        memory.putLong(DATA + 8, duration.getNano() / 1000);
        if (libc.setsockopt(socket, LibC.SOL_SOCKET, option, memory.slice(DATA), 16) != 0) {
            throw new KernelException("setsockopt", "", errno());
        }
    }

    /** A connected, blocking stream socket. */
    Fd connect(Path path, Duration patience) throws KernelException {
        return connect(LibC.SOCK_STREAM, path.toString().getBytes(StandardCharsets.UTF_8), patience);
    }

    /** A connected datagram socket; {@code name} may begin with "@" for an abstract one (unix(7)). */
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

    /** Sends one datagram of at most 16 KiB; with {@code pid} as that process of root's (struct ucred), EPERM unless one is root. */
    void sendDatagram(int socket, byte[] bytes, OptionalInt pid) throws KernelException {
        Pointer memory = buffers.get();
        memory.put(DATA, bytes, 0, Math.min(bytes.length, CHUNK));
        memory.putLong(IOV + 8, Math.min(bytes.length, CHUNK));
        attach(memory, List.of());
        if (pid.isPresent()) {
            memory.putAddress(32, memory.address() + CONTROL);
            memory.putLong(40, CMSG_HEADER + 16);
            memory.putLong(CONTROL, CMSG_HEADER + UCRED);
            memory.putInt(CONTROL + 8, LibC.SOL_SOCKET);
            memory.putInt(CONTROL + 12, LibC.SCM_CREDENTIALS);
            memory.putInt(CONTROL + CMSG_HEADER, pid.getAsInt());
            memory.putInt(CONTROL + CMSG_HEADER + 4L, 0);
            memory.putInt(CONTROL + CMSG_HEADER + 8L, 0);
        }
        if (libc.sendmsg(socket, memory, LibC.MSG_NOSIGNAL) < 0) {
            throw new KernelException("sendmsg", "", errno());
        }
    }

    /** Sends an empty datagram with a descriptor, which stays the caller's. */
    void sendDescriptor(int socket, Fd fd) throws KernelException {
        Pointer memory = buffers.get();
        memory.putLong(IOV + 8, 0);
        attach(memory, List.of(fd));
        if (libc.sendmsg(socket, memory, LibC.MSG_NOSIGNAL) < 0) {
            throw new KernelException("sendmsg", "", errno());
        }
    }

    /** A sealed memory file (memfd_create(2)) of that content; the caller closes it. */
    Fd memoryFile(String name, byte[] content) throws KernelException {
        int number = libc.memfd_create(name, LibC.MFD_CLOEXEC | LibC.MFD_ALLOW_SEALING);
        if (number < 0) {
            throw new KernelException("memfd_create", name, errno());
        }
        Fd file = own(number);
        if (libc.write(number, content, content.length) != content.length || libc.fcntl(number, LibC.F_ADD_SEALS, LibC.ALL_SEALS) != 0) {
            Errno refused = errno();
            file.close();
            throw new KernelException("write memfd", name, refused);
        }
        return file;
    }
}
