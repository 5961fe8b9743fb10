package overlayd.varlink;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jnr.unixsocket.Credentials;
import jnr.unixsocket.UnixSocketChannel;
import jnr.unixsocket.UnixSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Errno;
import overlayd.kernel.KernelException;

/**
 * Serves interfaces on one AF_UNIX socket, on which clients queue in the kernel, and answers from {@link #start} on. Threads: one watcher, one worker per call; see {@link Connection}.
 */
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    /** How long accepting pauses when descriptors have run out and none of ours is given back. */
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int ACCEPTS_PER_TURN = 64;

    private final Wire wire;
    private final int listening;
    private final ListeningSocket owner;
    private final Limits limits;
    private final Watcher watcher;
    private final Workers workers = new Workers();
    private final Connection.Shared shared;
    private final Watcher.Source listener = this::acceptAll;
    private final Watcher.Watch door;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Map<Integer, Integer> perUid = new ConcurrentHashMap<>();
    private final CountDownLatch idle = new CountDownLatch(1);
    private boolean paused;
    private volatile boolean closing;

    /**
     * What a server needs besides its socket.
     *
     * @param requiredUid who may call more than org.varlink.service: 0 in the daemon; {@link #WHOEVER_CONNECTS}
     */
    public record Options(List<Service> services, Product product, Limits limits, int requiredUid) {
        /** In place of a uid: whom the socket's mode lets in ({@link SocketGroup}). */
        public static final int WHOEVER_CONNECTS = -1;

        /** The limits of {@link Limits#DEFAULT}, for root. */
        public static Options of(List<Service> services, Product product) {
            return new Options(services, product, Limits.DEFAULT, 0);
        }

        /** The same for whoever the socket's mode lets in. */
        public Options forWhoeverConnects() {
            return new Options(services, product, limits, WHOEVER_CONNECTS);
        }
    }

    private Server(ListeningSocket socket, Options options) throws KernelException {
        this.wire = new Wire();
        this.listening = socket.number();
        this.owner = socket;
        this.limits = options.limits();
        this.watcher = new Watcher(wire);
        this.door = watcher.watch(listening, listener);
        Dispatcher dispatcher = new Dispatcher(options.services(), options.product(), options.requiredUid());
        this.shared = new Connection.Shared(wire, watcher, workers, dispatcher, limits, new Backlog(limits.backlogBytes()), this::closed);
        int flags = wire.libc().fcntl(listening, LibC.F_GETFL, 0);
        wire.libc().fcntl(listening, LibC.F_SETFL, flags | LibC.O_NONBLOCK);
        wire.libc().fcntl(listening, LibC.F_SETFD, LibC.FD_CLOEXEC);
    }

    /** Serves {@code socket}, which becomes the server's. */
    public static Server on(ListeningSocket socket, Options options) throws KernelException {
        return new Server(socket, options);
    }

    /** Begins to answer. Says so in the log, which also loads what logging needs while there are descriptors to load it with. */
    public void start() throws KernelException {
        LOG.info("serving {}", shared.dispatcher().names());
        workers.start();
        watcher.start();
        door.arm(LibC.EPOLLIN);
    }

    /** Number of connections now. */
    public int connections() {
        return connections.size();
    }

    private void acceptAll(int events) {
        if (events == 0) {
            resume();
            return;
        }
        for (int i = 0; i < ACCEPTS_PER_TURN && !closing; i++) {
            int socket = wire.libc().accept4(listening, null, null, LibC.SOCK_CLOEXEC);
            if (socket < 0) {
                refused(wire.errno());
                return;
            }
            serve(socket);
        }
    }

    private void refused(Errno errno) {
        switch (errno) {
            case EAGAIN, EINTR, ECONNABORTED -> { }
            case EMFILE, ENFILE, ENOBUFS, ENOMEM -> pause(errno);
            default -> LOG.error("accept on the control socket: {}", errno);
        }
    }

    /** Without descriptors the listening socket would stay readable and spin. */
    private synchronized void pause(Errno errno) {
        if (!paused) {
            LOG.warn("out of descriptors ({}), clients wait", errno);
            paused = true;
            listen(0);
            watcher.after(PAUSE, listener);
        }
    }

    private synchronized void resume() {
        if (paused && !closing) {
            paused = false;
            listen(LibC.EPOLLIN);
        }
    }

    private void listen(int events) {
        try {
            door.arm(events);
        } catch (KernelException e) {
            LOG.error("cannot watch the control socket", e);
        }
    }

    private void serve(int socket) {
        UnixSocketChannel channel = UnixSocketChannel.fromFD(socket);
        try {
            Credentials credentials = channel.getOption(UnixSocketOptions.SO_PEERCRED);
            Peer peer = new Peer(credentials.getPid(), credentials.getUid(), credentials.getGid());
            wire.timeout(socket, LibC.SO_RCVTIMEO, limits.idle());
            wire.timeout(socket, LibC.SO_SNDTIMEO, limits.unread());
            if (!admit(peer.uid())) {
                LOG.warn("uid {} has {} connections, refusing one more", peer.uid(), limits.connectionsOf(peer.uid()));
                channel.close();
                return;
            }
            begin(new Connection(shared, channel, peer));
        } catch (IOException | KernelException e) {
            LOG.warn("cannot serve a new connection: {}", e.getMessage());
            closeQuietly(channel);
        }
    }

    private static void closeQuietly(UnixSocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("cannot close a connection, ignoring", e);
        }
    }

    private boolean admit(int uid) {
        int most = limits.connectionsOf(uid);
        int before = perUid.getOrDefault(uid, 0);
        // only the watcher's thread admits, so the count cannot grow in between
        return before < most && perUid.merge(uid, 1, Integer::sum) <= most;
    }

    private void begin(Connection connection) {
        connections.add(connection);
        connection.begin();
        if (closing) {
            connection.breakOff();
        }
    }

    private void closed(Connection connection) {
        if (connections.remove(connection)) {
            perUid.computeIfPresent(connection.peer().uid(), (uid, count) -> count == 1 ? null : count - 1);
        }
        resume();
        if (closing && connections.isEmpty()) {
            idle.countDown();
        }
    }

    /**
     * Ends listening and all connections: clients see an end of file, running handlers their hang-up. Waits two seconds for these.
     * Does nothing the second time.
     */
    @Override
    public void close() throws IOException {
        synchronized (this) {
            if (closing) {
                return;
            }
            closing = true;
        }
        door.end();
        connections.forEach(Connection::breakOff);
        try {
            if (!connections.isEmpty() && !idle.await(2, TimeUnit.SECONDS)) {
                LOG.warn("{} calls still run", connections.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        workers.close();
        watcher.close();
        owner.close();
    }
}
