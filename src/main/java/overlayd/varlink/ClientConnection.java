package overlayd.varlink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.varlink.Frames.Frame;

/** The other end: calls a Varlink service. Sending and receiving may happen on two threads, each by one at a time. */
public final class ClientConnection implements AutoCloseable {
    /** How many answers are wanted. */
    public enum Answers { ONE, MORE, NONE }

    /**
     * One answer. The holder closes it, and with it the descriptors that came along.
     *
     * @param error full name, or null when the call succeeded
     */
    public record Reply(String error, ObjectNode parameters, boolean continues, List<Fd> fds) implements AutoCloseable {
        @Override
        public void close() {
            fds.forEach(Fd::close);
        }
    }

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MOST_BYTES = 16 << 20;

    private final Wire wire;
    private final Fd socket;
    private final Frames frames = new Frames(MOST_BYTES, new Backlog(Long.MAX_VALUE).share());

    private ClientConnection(Wire wire, Fd socket) {
        this.wire = wire;
        this.socket = socket;
    }

    /** @throws KernelException ENOENT or ECONNREFUSED when nobody serves {@code path}; EAGAIN when its queue stays full for 30 s */
    public static ClientConnection open(Path path) throws KernelException {
        Wire wire = new Wire();
        return new ClientConnection(wire, wire.connect(path, PATIENCE));
    }

    /** Sends a call; {@code fds} go with it, numbered from 0, and stay the caller's. */
    public void call(String method, ObjectNode parameters, Answers answers, Fd... fds) throws KernelException {
        ObjectNode call = Json.object().put("method", method);
        call.set("parameters", parameters);
        switch (answers) {
            case ONE -> { }
            case MORE -> call.put("more", true);
            case NONE -> call.put("oneway", true);
        }
        byte[] json = Json.write(call);
        send(Arrays.copyOf(json, json.length + 1), fds);
    }

    /** For tests: any bytes. */
    void send(byte[] bytes, Fd... fds) throws KernelException {
        wire.send(socket.number(), bytes, List.of(fds), PATIENCE);
    }

    /**
     * Waits for the next answer; empty when the service has closed the connection.
     *
     * @throws IOException when what comes is not Varlink
     */
    public Optional<Reply> receive() throws KernelException, IOException {
        Frame frame = frames.poll();
        while (frame == null) {
            Optional<Wire.Received> received = received();
            if (received.isEmpty()) {
                return Optional.empty();
            }
            try {
                frames.accept(received.get().bytes(), received.get().fds());
            } catch (ProtocolFault fault) {
                throw new IOException(fault.getMessage(), fault);
            }
            frame = frames.poll();
        }
        return Optional.of(reply(frame));
    }

    private Optional<Wire.Received> received() throws KernelException {
        try {
            return wire.receive(socket.number(), 0).filter(some -> some.bytes().length > 0);
        } catch (KernelException e) {
            if (e.errno() == Errno.ECONNRESET) { // closed with our request unread
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Reply reply(Frame frame) throws IOException {
        try {
            JsonNode reply = Json.parse(frame.json());
            JsonNode parameters = reply.path("parameters");
            JsonNode error = reply.path("error");
            return new Reply(error.isTextual() ? error.textValue() : null,
                parameters instanceof ObjectNode object ? object : Json.object(), reply.path("continues").booleanValue(), frame.fds());
        } catch (IOException e) {
            frame.close();
            throw e;
        }
    }

    /** Says that no more calls will come; answers still arrive. */
    void endCalls() {
        wire.libc().shutdown(socket.number(), 1);
    }

    /** Whether it has not been closed from this side. */
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() {
        socket.close();
        frames.close();
    }
}
