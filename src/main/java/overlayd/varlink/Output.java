package overlayd.varlink;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;

/** What is sent to one client: whole messages, one after the other, from any thread, until it is broken for good. */
final class Output {
    private static final Logger LOG = LoggerFactory.getLogger(Output.class);

    private final Connection.Shared shared;
    private final int socket;
    private final Peer peer;
    private final Runnable breakOff;
    private volatile boolean broken;

    /** @param breakOff run when the client is gone or does not read: ends the connection, and this */
    Output(Connection.Shared shared, int socket, Peer peer, Runnable breakOff) {
        this.shared = shared;
        this.socket = socket;
        this.peer = peer;
        this.breakOff = breakOff;
    }

    /** Sends one message. False when the client is gone or does not read; then the connection is broken for good. */
    synchronized boolean send(byte[] message, List<Fd> fds) {
        if (broken) {
            return false;
        }
        try {
            shared.wire().send(socket, message, fds, shared.limits().unread());
            return true;
        } catch (KernelException e) {
            if (e.errno() != Errno.EPIPE && e.errno() != Errno.ECONNRESET) {
                LOG.debug("cannot answer {}: {}", peer, e.getMessage());
            }
            breakOff.run();
            return false;
        }
    }

    /** Nothing is sent any more; does not wait for what is being sent. */
    void end() {
        broken = true;
    }

    boolean isBroken() {
        return broken;
    }
}
