package overlayd.varlink;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;

/** Datagrams to a log daemon; connected anew when that one has been started anew. Thread-safe; waits a second at most. */
final class LogSocket {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Wire wire = new Wire();
    private final Datagrams datagrams = new Datagrams(wire);
    private final byte[] path;
    private Optional<Fd> socket = Optional.empty();

    LogSocket(String path) {
        this.path = path.getBytes(StandardCharsets.UTF_8);
    }

    private interface Sending {
        void by(int socket) throws KernelException;
    }

    /** One datagram, or, when it is too long for one, a sealed memory file in its place. @return whether somebody has it now */
    synchronized boolean send(byte[] bytes) {
        try {
            if (bytes.length <= Datagrams.MOST_BYTES) {
                again(number -> datagrams.send(number, bytes, OptionalInt.empty()));
            } else {
                try (Fd file = datagrams.memoryFile("log", bytes)) {
                    again(number -> datagrams.send(number, file));
                }
            }
            return true;
        } catch (KernelException lost) {
            return false;
        }
    }

    private void again(Sending sending) throws KernelException {
        try {
            sending.by(connected());
        } catch (KernelException refused) {
            if (refused.errno() != Errno.ECONNREFUSED && refused.errno() != Errno.ENOTCONN && refused.errno() != Errno.ECONNRESET) {
                throw refused;
            }
            close();
            sending.by(connected());
        }
    }

    private int connected() throws KernelException {
        if (socket.isEmpty()) {
            socket = Optional.of(wire.connectDatagram(path, PATIENCE));
        }
        return socket.get().number();
    }

    private void close() {
        socket.ifPresent(Fd::close);
        socket = Optional.empty();
    }
}
