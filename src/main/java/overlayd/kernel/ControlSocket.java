package overlayd.kernel;

import java.util.List;
import java.util.Optional;

/**
 * Our end of an AF_UNIX SOCK_SEQPACKET pair (unix(7)): whole packets with descriptors (SCM_RIGHTS). One thread sends and one receives at
 * a time. Closing it is what the other side sees as end of file.
 */
public interface ControlSocket extends AutoCloseable {
    /** A packet that came, with its descriptors in order. Whoever holds it closes it; descriptors taken out by {@link #take} stay open. */
    interface Received extends AutoCloseable {
        Packet packet();

        /** How many descriptors came. */
        int count();

        /** Hands descriptor {@code index} over to the caller, once. */
        Fd take(int index);

        @Override
        void close();
    }

    /** The descriptor, for {@link Events}; owned by this object. */
    Fd fd();

    /** Sends one packet; the descriptors stay the caller's. EPIPE, ECONNRESET: the other side is gone; EMSGSIZE: over 192 KiB. */
    void send(Packet packet, List<Fd> descriptors) throws KernelException;

    /**
     * Waits for one packet. Empty: end of file. On failure every descriptor that came is closed.
     *
     * @throws KernelException ETIMEDOUT: the deadline passed; EBADMSG: no packet of ours, or descriptors were cut off (MSG_CTRUNC)
     */
    Optional<Received> receive(Deadline deadline) throws KernelException;

    @Override
    void close();
}
