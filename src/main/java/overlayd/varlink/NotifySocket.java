package overlayd.varlink;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;

/**
 * Tells a service manager how a service is: lines of NAME=VALUE in a datagram (sd_notify(3)); start-stop-daemon --notify-await
 * understands READY=1, too. What cannot be sent is lost, as by sd_notify: nobody may depend on the manager. Any thread.
 */
public final class NotifySocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NotifySocket.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Wire wire = new Wire();
    private final Datagrams datagrams = new Datagrams(wire);
    private final Fd socket;

    private NotifySocket(String address) throws KernelException {
        this.socket = wire.connectDatagram(address.getBytes(StandardCharsets.UTF_8), PATIENCE);
    }

    /** The one that NOTIFY_SOCKET names: a path, or {@code @} and an abstract name. Empty: nobody listens there. */
    public static Optional<NotifySocket> at(String address) {
        try {
            return address.startsWith("/") || address.startsWith("@") ? Optional.of(new NotifySocket(address)) : Optional.empty();
        } catch (KernelException gone) {
            LOG.debug("NOTIFY_SOCKET: {}; ignoring", gone.getMessage());
            return Optional.empty();
        }
    }

    /** Sends {@code lines} as this process. */
    public void tell(String... lines) {
        send(OptionalInt.empty(), lines);
    }

    /**
     * Sends {@code lines} as process {@code pid}, which only root may: the manager asks the kernel whose word it is (SCM_CREDENTIALS,
     * unix(7)), so that a supervised client's unit hears what this daemon knows. As sd_pid_notify(3) does.
     */
    public void tellAs(int pid, String... lines) {
        send(OptionalInt.of(pid), lines);
    }

    /**
     * Writes to the journal's end of a unit's standard error as process {@code pid}: journald, too, asks the kernel who writes, and would
     * file what we write for a client under our own unit.
     *
     * @return false: that is no socket, or it is closed
     */
    public static boolean writeAs(int pid, Fd journal, byte[] text) {
        try {
            new Datagrams(new Wire()).send(journal.number(), text, OptionalInt.of(pid));
            return true;
        } catch (KernelException noSocket) {
            return false;
        }
    }

    private void send(OptionalInt pid, String... lines) {
        String text = String.join("\n", lines);
        try {
            datagrams.send(socket.number(), text.getBytes(StandardCharsets.UTF_8), pid);
        } catch (KernelException lost) {
            LOG.debug("{}: {}; ignoring", text.replace('\n', ' '), lost.getMessage());
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
