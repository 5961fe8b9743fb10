package overlayd.varlink;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import overlayd.kernel.Fd;

/**
 * Cuts the byte stream of one connection at NUL bytes. Not thread-safe.
 *
 * <p>Descriptors come with the first byte of the sendmsg that carried them, and the kernel ends a recvmsg after such a piece, but
 * may glue earlier pieces without descriptors before it. So they belong to the last message that starts in the chunk.
 */
final class Frames implements AutoCloseable {
    /** One message, without its NUL, and the descriptors that came with it, which the holder closes. It counts as under way until then. */
    record Frame(byte[] json, List<Fd> fds, Backlog.Share share) implements AutoCloseable {
        @Override
        public void close() {
            fds.forEach(Fd::close);
            share.give(json.length + 1);
        }
    }

    private final int mostBytes;
    private final Backlog.Share share;
    private final Deque<Frame> whole = new ArrayDeque<>();
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private final List<Fd> begunFds = new ArrayList<>();

    /**
     * @param mostBytes of one message
     * @param share of what all connections may hold; closed with this
     */
    Frames(int mostBytes, Backlog.Share share) {
        this.mostBytes = mostBytes;
        this.share = share;
    }

    /**
     * Takes the descriptors in any case.
     *
     * @throws ProtocolFault when a message is empty or too long, or too much is under way: the connection is of no more use
     */
    void accept(byte[] chunk, List<Fd> fds) throws ProtocolFault {
        try {
            share.take(chunk.length);
            cut(chunk, fds);
        } catch (ProtocolFault fault) {
            fds.forEach(Fd::close);
            throw fault;
        }
    }

    private void cut(byte[] chunk, List<Fd> fds) throws ProtocolFault {
        int start = 0;
        for (int nul = indexOfNul(chunk, 0); nul >= 0; nul = indexOfNul(chunk, start)) {
            if (nul == chunk.length - 1) {
                begunFds.addAll(fds);
            }
            end(Arrays.copyOfRange(chunk, start, nul));
            start = nul + 1;
        }
        if (start < chunk.length) {
            begunFds.addAll(fds);
            begun.write(chunk, start, chunk.length - start);
            check(begun.size(), begunFds.size());
        }
    }

    private static int indexOfNul(byte[] chunk, int from) {
        for (int i = from; i < chunk.length; i++) {
            if (chunk[i] == 0) {
                return i;
            }
        }
        return -1;
    }

    private void end(byte[] rest) throws ProtocolFault {
        byte[] json = rest;
        if (begun.size() > 0) {
            begun.writeBytes(rest);
            json = begun.toByteArray();
            begun.reset();
        }
        List<Fd> fds = List.copyOf(begunFds);
        begunFds.clear();
        whole.add(new Frame(json, fds, share));
        check(json.length, fds.size());
        if (json.length == 0) {
            throw new ProtocolFault("empty message");
        }
    }

    private void check(int bytes, int fds) throws ProtocolFault {
        if (bytes > mostBytes) {
            throw new ProtocolFault("message longer than " + mostBytes + " bytes");
        }
        if (fds > MessageBuffer.MOST_FDS) {
            throw new ProtocolFault("more than " + MessageBuffer.MOST_FDS + " descriptors in one message");
        }
    }

    /** The next whole message, or null. */
    Frame poll() {
        return whole.poll();
    }

    /** Whole messages not yet polled, oldest first. */
    Deque<Frame> waiting() {
        return whole;
    }

    /** Whether a message has begun and not ended. */
    boolean halfSent() {
        return begun.size() > 0;
    }

    @Override
    public void close() {
        whole.forEach(Frame::close);
        whole.clear();
        begunFds.forEach(Fd::close);
        begunFds.clear();
        begun.reset();
        share.close();
    }
}
