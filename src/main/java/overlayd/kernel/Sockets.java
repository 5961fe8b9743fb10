package overlayd.kernel;

/** Makes control sockets. Any thread. */
public interface Sockets {
    /** A connected pair: our end, and the descriptor to give to a child. The giver closes {@code theirs} after the spawn. */
    record Pair(ControlSocket ours, Fd theirs) {
    }

    /** socketpair(2), SOCK_SEQPACKET, close-on-exec, send buffers large enough for {@link Packet#MAX_BYTES}. */
    Pair pair() throws KernelException;

    /** A datagram socket bound to an abstract name (unix(7)) in the thread's netns, for sd_notify(3) messages; not blocking. EADDRINUSE. */
    Fd datagrams(String abstractName) throws KernelException;

    /** A stream socket that clients may connect to at {@code path} from now on. EADDRINUSE; ENAMETOOLONG: more than 107 bytes. */
    Fd listen(String path, int backlog) throws KernelException;

    /** Takes ownership of a connected SOCK_SEQPACKET descriptor. */
    ControlSocket control(Fd fd);
}
