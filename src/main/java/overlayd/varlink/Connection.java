package overlayd.varlink;

import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import jnr.unixsocket.UnixSocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.varlink.Frames.Frame;

/**
 * One client. Its calls are answered in order. At any time it is in one of these hands:
 * <ul>
 * <li>a worker ({@link #run}): reads a call, runs its handler, waits a little for the next one;
 * <li>a worker whose handler asked to be told of signals or a hang-up: then the watcher reads ahead meanwhile;
 * <li>parked: nothing came for a while, the watcher waits, and no thread is held.
 * </ul>
 * The lock is this object; it is never held while a handler runs or a read blocks.
 */
final class Connection implements Runnable, Watcher.Source {
    private enum Hands { WORKER, PARKED, CLOSED }

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    /** Read-ahead ends at so many calls; what follows stays in the kernel. */
    private static final int MOST_AHEAD = 16;
    /** An interrupt is never longer; longer calls are not decoded twice. */
    private static final int SHORT_BYTES = 512;

    private final Shared shared;
    private final UnixSocketChannel channel;
    private final int socket;
    private final Peer peer;
    private final long key;
    private final Frames frames;
    private final Object output = new Object();

    private Hands hands = Hands.WORKER;
    private boolean armed;
    private boolean inputEnded;
    private long halfSentSince;
    private boolean deadlinePending;
    private RunningCall watched;
    private volatile boolean broken;

    /** What all connections of one server use. */
    record Shared(Wire wire, Watcher watcher, Workers workers, Dispatcher dispatcher, Limits limits, Closed closed) {
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
        this.frames = new Frames(shared.limits().messageBytes());
        this.key = shared.watcher().key(this);
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
            Frame frame = next();
            while (frame != null && !broken) {
                answer(frame);
                frame = next();
            }
            if (frame != null) {
                frame.close();
            }
            kept = !broken && park();
        } catch (ProtocolFault fault) {
            LOG.debug("closing connection of {}: {}", peer, fault.getMessage());
        } catch (KernelException e) {
            LOG.debug("connection of {} ended: {}", peer, e.getMessage());
        } finally {
            if (!kept) {
                close();
            }
        }
    }

    /** The next call; null when none came in time, or none will come ({@link #inputEnded}). */
    private Frame next() throws ProtocolFault, KernelException {
        while (true) {
            Frame frame = frames.poll();
            if (frame != null || inputEnded) {
                return frame;
            }
            if (halfSentTooLong()) {
                throw new ProtocolFault("half a message for " + shared.limits().halfSent());
            }
            Optional<Wire.Received> received = shared.wire().receive(socket, 0);
            if (received.isEmpty()) {
                return null;
            }
            take(received.get());
        }
    }

    private void take(Wire.Received received) throws ProtocolFault {
        if (received.bytes().length == 0) {
            inputEnded = true;
            return;
        }
        boolean before = frames.halfSent();
        frames.accept(received.bytes(), received.fds());
        // several messages may have ended in between: then a new one has begun just now
        if (frames.halfSent() && (!before || !frames.waiting().isEmpty())) {
            halfSentSince = System.nanoTime();
        }
    }

    private boolean halfSentTooLong() {
        return frames.halfSent() && System.nanoTime() - halfSentSince >= shared.limits().halfSent().toNanos();
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
        if (inputEnded || hands == Hands.CLOSED) {
            return false;
        }
        hands = Hands.PARKED;
        if (frames.halfSent() && !deadlinePending) {
            deadlinePending = true;
            shared.watcher().after(shared.limits().halfSent(), this);
        }
        try {
            arm(LibC.EPOLLIN | LibC.EPOLLRDHUP);
            return true;
        } catch (KernelException e) {
            hands = Hands.WORKER;
            throw e;
        }
    }

    private void arm(int events) throws KernelException {
        if (armed) {
            shared.watcher().modify(socket, key, events | LibC.EPOLLONESHOT);
        } else {
            shared.watcher().add(socket, key, events | LibC.EPOLLONESHOT);
            armed = true;
        }
    }

    @Override
    public void ready(int events) {
        boolean close = false;
        synchronized (this) {
            if (events == 0) {
                deadlinePending = false;
                close = hands == Hands.PARKED && !continueHalfSent();
            } else if (hands == Hands.PARKED) {
                close = !handToWorker();
            } else if (hands == Hands.WORKER && watched != null) {
                readAhead(events);
            }
        }
        if (close) {
            close();
        }
    }

    private boolean continueHalfSent() {
        if (!frames.halfSent()) {
            return true;
        }
        long left = shared.limits().halfSent().toNanos() - (System.nanoTime() - halfSentSince);
        if (left <= 0) {
            return false;
        }
        deadlinePending = true;
        shared.watcher().after(Duration.ofNanos(left), this);
        return true;
    }

    private boolean handToWorker() {
        hands = Hands.WORKER;
        try {
            shared.workers().execute(this);
            return true;
        } catch (RejectedExecutionException tooMany) {
            return false;
        }
    }

    /** The running call wants to know of signals or a hang-up: from now on the watcher reads. */
    synchronized void watch(RunningCall call) {
        if (watched != null) {
            return;
        }
        watched = call;
        pickInterrupts();
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
        boolean room = !inputEnded && frames.waiting().size() < MOST_AHEAD;
        arm(room ? LibC.EPOLLIN : 0); // EPOLLHUP is always told
    }

    private void readAhead(int events) {
        try {
            if ((events & LibC.EPOLLIN) != 0 && !inputEnded) {
                Optional<Wire.Received> received = shared.wire().receive(socket, LibC.MSG_DONTWAIT);
                if (received.isPresent()) {
                    take(received.get());
                    pickInterrupts();
                }
            }
            // a half-closed client (RDHUP) still waits for its answer, one that has gone does not
            if ((events & (LibC.EPOLLHUP | LibC.EPOLLERR)) != 0 && inputEndedOrUnreadable(events)) {
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

    /** What the client sent before it went is read first: an interrupt may be among it. */
    private boolean inputEndedOrUnreadable(int events) {
        return inputEnded || (events & LibC.EPOLLIN) == 0 || frames.waiting().size() >= MOST_AHEAD;
    }

    /** Takes interrupts out of the waiting calls. One that wants an answer is a call like any other and waits for its turn. */
    private void pickInterrupts() {
        for (Iterator<Frame> waiting = frames.waiting().iterator(); waiting.hasNext();) {
            Frame frame = waiting.next();
            Request request = frame.json().length <= SHORT_BYTES ? decodedOrNull(frame) : null;
            if (request != null && request.isInterrupt() && request.oneway()) {
                waiting.remove();
                frame.close();
                watched.interrupted(request.signal());
            }
        }
    }

    private static Request decodedOrNull(Frame frame) {
        try {
            return Request.decode(frame.json());
        } catch (ProtocolFault later) { // reported when its turn comes
            return null;
        }
    }

    /** Sends one message. False when the client is gone or does not read; then the connection is broken for good. */
    boolean send(byte[] message, List<Fd> fds) {
        synchronized (output) {
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
                breakOff();
                return false;
            }
        }
    }

    void runAside(Runnable work) {
        shared.workers().execute(work);
    }

    /** Ends both directions, which wakes whoever reads or writes; the worker closes then. For {@link Server#close}, too. */
    void breakOff() {
        broken = true;
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

    void close() {
        synchronized (this) {
            if (hands == Hands.CLOSED) {
                return;
            }
            hands = Hands.CLOSED;
            shared.watcher().remove(socket, key, armed);
            frames.close();
            try {
                channel.close();
            } catch (IOException e) {
                LOG.warn("cannot close the connection of {}, ignoring", peer, e);
            }
        }
        shared.closed().connection(this);
    }
}
