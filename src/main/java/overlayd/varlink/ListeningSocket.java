package overlayd.varlink;

import java.io.IOException;
import java.nio.file.Path;
import overlayd.kernel.Fd;
import overlayd.kernel.Sockets;

/**
 * What a {@link Server} listens on. Made as early as can be: from then on clients are not refused, but queue in the kernel. Not thread-safe.
 */
public final class ListeningSocket implements AutoCloseable {
    /** Closes the socket, and takes it out of the file system if it is ours. */
    private interface Closing {
        void close() throws IOException;
    }

    private final int number;
    private final Closing closing;

    private ListeningSocket(int number, Closing closing) {
        this.number = number;
        this.closing = closing;
    }

    /** Loads what a {@link Server} needs, some 50 ms of a starting JVM: for a thread beside other work. */
    public static void load() {
        new Wire();
    }

    /**
     * Makes the socket {@code path} (mode 0600, its directory 0700 where missing) in place of a dead daemon's; with the kernel's own calls,
     * which are there before jnr-ffi is.
     *
     * @throws IOException with a sentence for the administrator: another daemon lives, the directory is not safe, …
     */
    public static ListeningSocket make(Path path, Sockets sockets) throws IOException {
        SocketFile file = SocketFile.create(path, sockets::listen);
        return new ListeningSocket(file.number(), file::close);
    }

    /** One that somebody else made and listens on (LISTEN_FDS, sd_listen_fds(3)). It is closed at the end, not removed. */
    public static ListeningSocket adopt(Fd listening) {
        return new ListeningSocket(listening.number(), listening::close);
    }

    int number() {
        return number;
    }

    @Override
    public void close() throws IOException {
        closing.close();
    }
}
