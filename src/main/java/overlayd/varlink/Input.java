package overlayd.varlink;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import overlayd.kernel.KernelException;
import overlayd.varlink.Frames.Frame;

/** What has come from one client and is not yet answered. Not thread-safe: {@link Connection} says whose turn it is. */
final class Input implements AutoCloseable {
    /** Reading ahead ends at so many calls; what follows stays in the kernel. */
    private static final int MOST_AHEAD = 16;
    /** An interrupt is never longer; longer calls are not decoded twice. */
    private static final int SHORT_BYTES = 512;

    private final Wire wire;
    private final int socket;
    private final Frames frames;
    private final Duration halfSentLimit;
    private boolean ended;
    private long halfSentSince;

    Input(Wire wire, int socket, Limits limits, Backlog.Share share) {
        this.wire = wire;
        this.socket = socket;
        this.frames = new Frames(limits.messageBytes(), share);
        this.halfSentLimit = limits.halfSent();
    }

    /**
     * Reads once.
     *
     * @param flags MSG_DONTWAIT or 0
     * @return whether something came, be it the end
     */
    boolean read(int flags) throws KernelException, ProtocolFault {
        Optional<Wire.Received> received = wire.receive(socket, flags);
        if (received.isPresent()) {
            take(received.get());
        }
        return received.isPresent();
    }

    private void take(Wire.Received received) throws ProtocolFault {
        if (received.bytes().length == 0) {
            ended = true;
            return;
        }
        boolean before = frames.halfSent();
        int whole = frames.waiting().size();
        frames.accept(received.bytes(), received.fds());
        if (frames.halfSent() && (!before || frames.waiting().size() > whole)) { // what is half-sent now has begun just now
            halfSentSince = System.nanoTime();
        }
    }

    /** The next whole message, or null. */
    Frame poll() {
        return frames.poll();
    }

    boolean hasWhole() {
        return !frames.waiting().isEmpty();
    }

    /** Nothing more will come. */
    boolean hasEnded() {
        return ended;
    }

    /** Whether more may be read while a call runs. */
    boolean hasRoom() {
        return !ended && frames.waiting().size() < MOST_AHEAD;
    }

    boolean isHalfSent() {
        return frames.halfSent();
    }

    /** What is left to the client to complete a message; zero or less: it has taken too long. */
    Duration halfSentLeft() {
        return halfSentLimit.minusNanos(System.nanoTime() - halfSentSince);
    }

    /** Takes interrupts out of the waiting calls, as signal numbers. One that wants an answer is a call like any other and waits for its turn. */
    List<Integer> takeInterrupts() {
        List<Integer> signals = new ArrayList<>();
        for (Iterator<Frame> waiting = frames.waiting().iterator(); waiting.hasNext();) {
            Frame frame = waiting.next();
            Request request = frame.json().length <= SHORT_BYTES ? decodedOrNull(frame) : null;
            if (request != null && request.isInterrupt() && request.oneway()) {
                waiting.remove();
                frame.close();
                signals.add(request.signal());
            }
        }
        return signals;
    }

    private static Request decodedOrNull(Frame frame) {
        try {
            return Request.decode(frame.json());
        } catch (ProtocolFault later) { // reported when its turn comes
            return null;
        }
    }

    @Override
    public void close() {
        frames.close();
    }
}
