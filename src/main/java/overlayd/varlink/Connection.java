package overlayd.varlink;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import jnr.unixsocket.UnixSocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.varlink.Frames.Frame;

/**
 * One client. Its calls are answered in order. At any time it is in one of these hands:
 * <ul>
 * <li>a worker ({@link #run}): reads a call, runs its handler, waits a little for the next one;
 * <li>a worker whose handler asked to be told of signals or a hang-up: then the watcher reads ahead meanwhile;
 * <li>parked: nothing came for a while, the watcher reads what comes, and no thread is held till a call is whole.
 * </ul>
 * The lock is this object; it is never held while a handler runs or a read blocks. The worker uses {@code input} without it,
 * because the watcher does not touch it then: both learn by taking the lock whose turn it is. All turns stand in this one file, for whose
 * turn follows on which can be seen only together.
 */
final class Connection implements Runnable, Watcher.Source {
    private enum Hands { WORKER, PARKED, CLOSED }

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private final Shared shared;
    private final UnixSocketChannel channel;
    private final int socket;
    private final Peer peer;
    private final Watcher.Watch watch;
    private final Input input;
    private final Output output;

    private Hands hands = Hands.WORKER;
    private boolean deadlinePending;
    private RunningCall watched;

    /** What all connections of one server use. */
    record Shared(Wire wire, Watcher watcher, Workers workers, Dispatcher dispatcher, Limits limits, Backlog backlog, Closed closed) {
        /** Told once when a connection has ended. */
        interface Closed {
            void connection(Connection connection);
        }
    }

    Connection(Shared shared, UnixSocketChannel channel, Peer peer) {
        this.shared = shared;
        this.channel = channel;
        this.socket = channel.getFD();
        this.peer = peer;
        this.input = new Input(shared.wire(), socket, shared.limits(), shared.backlog().share());
        this.output = new Output(shared, socket, peer, this::breakOff);
        this.watch = shared.watcher().watch(socket, this);
    }

    Peer peer() {
        return peer;
    }

    /** The first turn. */
    void begin() {
        try {
            if (shared.workers().crowded() && park()) {
                return;
            }
            shared.workers().execute(this);
        } catch (KernelException | RejectedExecutionException e) {
            LOG.warn("cannot serve a new connection of {}: {}", peer, e.getMessage());
            close();
        }
    }

    /** A worker's turn: answers calls until none comes for a while or the client has gone. */
    @Override
    public void run() {
        boolean kept = false;
        try {
            for (Frame frame = next(); frame != null; frame = next()) {
                answer(frame);
            }
            kept = !output.isBroken() && park();
        } catch (ProtocolFault | KernelException e) {
            LOG.debug("connection of {} ended: {}", peer, e.getMessage());
        } finally {
            if (!kept) {
                close();
            }
        }
    }

    /** The next call; null when none came in time, or none will come. */
    private Frame next() throws ProtocolFault, KernelException {
        while (!input.hasWhole() && !input.hasEnded()) {
            if (input.isHalfSent() && input.halfSentLeft().isNegative()) {
                throw new ProtocolFault("half a message for " + shared.limits().halfSent());
            }
            if (!input.read(0)) {
                return null;
            }
        }
        return output.isBroken() ? null : input.poll();
    }

    private void answer(Frame frame) throws ProtocolFault {
        try (frame) {
            RunningCall call = new RunningCall(this, Request.decode(frame.json()), frame.fds());
            try {
                shared.dispatcher().dispatch(call);
            } finally {
                call.finish();
                unwatch(call);
            }
        }
    }

    /** Gives the connection to the watcher. False when there is nothing to wait for. After true another worker may run already. */
    private synchronized boolean park() throws KernelException {
        if (input.hasEnded() || hands == Hands.CLOSED) {
            return false;
        }
        Hands before = hands;
        hands = Hands.PARKED;
        if (input.isHalfSent() && !deadlinePending) {
            deadlinePending = true;
            shared.watcher().after(shared.limits().halfSent(), this);
        }
        try {
            arm(LibC.EPOLLIN);
            return true;
        } catch (KernelException e) {
            hands = before;
            throw e;
        }
    }

    private void arm(int events) throws KernelException {
        watch.arm(events | LibC.EPOLLONESHOT);
    }

    @Override
    public void ready(int events) {
        boolean kept = true;
        synchronized (this) {
            if (events == 0) {
                deadlinePending = false;
                kept = hands != Hands.PARKED || stillInTime();
            } else if (hands == Hands.PARKED) {
                kept = readParked();
            } else if (hands == Hands.WORKER && watched != null) {
                readAhead(events);
            }
        }
        if (!kept) {
            close();
        }
    }

    private boolean stillInTime() {
        if (input.isHalfSent()) {
            if (input.halfSentLeft().isNegative()) {
                return false;
            }
            deadlinePending = true;
            shared.watcher().after(input.halfSentLeft(), this);
        }
        return true;
    }

    /** A worker is only called when there is a whole message for it: half-sent ones and farewells cost no thread. */
    private boolean readParked() {
        try {
            input.read(LibC.MSG_DONTWAIT);
            if (!input.hasWhole()) {
                return park();
            }
            hands = Hands.WORKER;
            shared.workers().execute(this);
            return true;
        } catch (KernelException | ProtocolFault | RejectedExecutionException e) {
            LOG.debug("connection of {} ended: {}", peer, e.getMessage());
            return false;
        }
    }

    /** The running call wants to know of signals or a hang-up: from now on the watcher reads. */
    synchronized void watch(RunningCall call) {
        if (watched != null) {
            return;
        }
        watched = call;
        input.takeInterrupts().forEach(call::interrupted);
        try {
            armAhead();
        } catch (KernelException e) {
            LOG.warn("cannot watch the connection of {}: {}", peer, e.getMessage());
        }
    }

    /** After this the watcher does not touch the input any more. */
    private synchronized void unwatch(RunningCall call) {
        if (watched == call) {
            watched = null;
        }
    }

    private void armAhead() throws KernelException {
        arm(input.hasRoom() ? LibC.EPOLLIN : 0); // EPOLLHUP is always told
    }

    private void readAhead(int events) {
        try {
            boolean readable = (events & LibC.EPOLLIN) != 0 && input.hasRoom();
            if (readable) {
                input.read(LibC.MSG_DONTWAIT);
                input.takeInterrupts().forEach(watched::interrupted);
            }
            // a half-closed client still waits for its answer (no EPOLLHUP then), one that has gone does not; what it sent before
            // is read first, since an interrupt may be among it
            boolean gone = (events & (LibC.EPOLLHUP | LibC.EPOLLERR)) != 0;
            if (gone && (!readable || input.hasEnded())) {
                watched.hungUp();
            } else {
                armAhead();
            }
        } catch (KernelException | ProtocolFault e) {
            LOG.debug("connection of {} ended: {}", peer, e.getMessage());
            breakOff();
            watched.hungUp();
        }
    }

    /** As {@link Output#send}. */
    boolean send(byte[] message, List<Fd> fds) {
        return output.send(message, fds);
    }

    /** Runs a listener on a thread of its own. */
    void runAside(Runnable work) {
        shared.workers().execute(work);
    }

    /** Ends both directions, which wakes whoever reads or writes; the worker closes then. */
    void breakOff() {
        output.end();
        boolean parked;
        synchronized (this) {
            parked = hands == Hands.PARKED;
            if (hands != Hands.CLOSED) {
                shared.wire().libc().shutdown(socket, LibC.SHUT_RDWR);
            }
        }
        if (parked) {
            close();
        }
    }

    private void close() {
        synchronized (this) {
            if (hands == Hands.CLOSED) {
                return;
            }
            hands = Hands.CLOSED;
            watch.end();
            input.close();
            try {
                channel.close();
            } catch (IOException e) {
                LOG.warn("cannot close the connection of {}, ignoring", peer, e);
            }
        }
        shared.closed().connection(this);
    }
}
