package overlayd.varlink;

import java.util.List;
import java.util.OptionalInt;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;

/** Datagrams of at most 16 KiB over connected AF_UNIX sockets, and files for what is longer. Thread-safe. */
final class Datagrams {
    /** Longer ones are cut off. */
    static final int MOST_BYTES = MessageBuffer.CHUNK;

    private final Wire wire;

    Datagrams(Wire wire) {
        this.wire = wire;
    }

    /** Sends one; with {@code pid} as that process of root's (struct ucred), EPERM unless one is root. */
    void send(int socket, byte[] bytes, OptionalInt pid) throws KernelException {
        MessageBuffer message = wire.buffer();
        message.put(bytes, 0, Math.min(bytes.length, MOST_BYTES));
        pid.ifPresent(message::attachCredentials);
        send(socket, message);
    }

    /** Sends an empty one with a descriptor, which stays the caller's. */
    void send(int socket, Fd fd) throws KernelException {
        MessageBuffer message = wire.buffer();
        message.put(new byte[0], 0, 0);
        message.attach(List.of(fd));
        send(socket, message);
    }

    private void send(int socket, MessageBuffer message) throws KernelException {
        if (wire.libc().sendmsg(socket, message.header(), LibC.MSG_NOSIGNAL) < 0) {
            throw new KernelException("sendmsg", "", wire.errno());
        }
    }

    /** A sealed memory file (memfd_create(2)) of that content; the caller closes it. */
    Fd memoryFile(String name, byte[] content) throws KernelException {
        int number = wire.libc().memfd_create(name, LibC.MFD_CLOEXEC | LibC.MFD_ALLOW_SEALING);
        if (number < 0) {
            throw new KernelException("memfd_create", name, wire.errno());
        }
        Fd file = wire.own(number);
        if (wire.libc().write(number, content, content.length) != content.length || wire.libc().fcntl(number, LibC.F_ADD_SEALS, LibC.ALL_SEALS) != 0) {
            Errno refused = wire.errno();
            file.close();
            throw new KernelException("write memfd", name, refused);
        }
        return file;
    }
}
