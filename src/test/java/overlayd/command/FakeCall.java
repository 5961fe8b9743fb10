package overlayd.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import overlayd.kernel.Fd;
import overlayd.varlink.Call;
import overlayd.varlink.Json;
import overlayd.varlink.Peer;

/** A call that keeps what it is answered. */
public final class FakeCall implements Call {
    private final String method;
    private final ObjectNode parameters;
    public final List<ObjectNode> replies = new ArrayList<>();
    /** Whether it is called with 'more'. */
    public boolean more = true;

    public FakeCall(String method, String parameters) throws IOException {
        this.method = method;
        this.parameters = (ObjectNode) Json.parse(parameters.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public ObjectNode parameters() {
        return parameters;
    }

    @Override
    public Peer peer() {
        return new Peer(1, 0, 0);
    }

    @Override
    public boolean wantsMore() {
        return more;
    }

    @Override
    public List<Fd> fds() {
        return List.of();
    }

    @Override
    public Optional<Fd> fd(String parameter) {
        return Optional.empty();
    }

    @Override
    public void reply(ObjectNode answer, Fd... fds) {
        replies.add(answer);
    }

    @Override
    public void replyContinues(ObjectNode answer, Fd... fds) {
        replies.add(answer);
    }

    @Override
    public void error(String name, ObjectNode answer) {
        throw new AssertionError("handlers throw");
    }

    @Override
    public void onInterrupt(IntConsumer listener) {
        // nothing comes
    }

    @Override
    public void onHangup(Runnable listener) {
        // it stays
    }
}
