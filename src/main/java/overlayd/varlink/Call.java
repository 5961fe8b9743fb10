package overlayd.varlink;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import overlayd.kernel.Fd;

/**
 * One call being answered. {@link #reply}, {@link #replyContinues} and {@link #error} may be called from any thread, one at a
 * time; everything else belongs to the handler's thread.
 */
public interface Call {
    /** Full name, "org.overlayd.Subhost.Boot". */
    String method();

    /** Never null; names and types are already checked against the interface. */
    ObjectNode parameters();

    /** Who calls. */
    Peer peer();

    /** Whether the client asked for more than one reply. Without it {@link #replyContinues} sends nothing. */
    boolean wantsMore();

    /** All descriptors that came with the call. They are closed when the handler returns. */
    List<Fd> fds();

    /** The descriptor which an index parameter of this name points at (declared by {@link Service.Builder#onWithFds}); empty if not given. */
    Optional<Fd> fd(String parameter);

    /**
     * The last reply. {@code fds} go with it, numbered from 0, and stay the caller's. A client that has gone is no concern of the
     * caller any more, so that is not reported.
     */
    void reply(ObjectNode parameters, Fd... fds);

    /**
     * A reply after which others follow; passed over silently when the client did not ask for more.
     *
     * @throws ClientGone when the client has closed the connection, or has not read for the server's write timeout
     */
    void replyContinues(ObjectNode parameters, Fd... fds) throws ClientGone;

    /** Answers with an error, as the last reply. Throwing {@link VarlinkError} from the handler does the same. */
    void error(String name, ObjectNode parameters);

    /**
     * Asks to be told of signals the client got (org.overlayd.Command.Interrupt sent while this call runs), also of those that
     * arrived before. The listener gets the signal number, on another thread, one call at a time, in order of arrival.
     */
    void onInterrupt(IntConsumer listener);

    /**
     * Asks to be told, once, that the client has closed its connection (a half-closed one still waits for its answer). Runs on
     * another thread, also at once when it has happened already; never after the handler has returned.
     */
    void onHangup(Runnable listener);
}
