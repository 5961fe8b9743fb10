package overlayd.varlink;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.IntConsumer;
import overlayd.kernel.Fd;

/** The call a connection is answering. */
final class RunningCall implements Call {
    private final Connection connection;
    private final Request request;
    private final List<Fd> fds;
    private List<String> fdParameters = List.of();
    private ReplyCheck replyCheck = ReplyCheck.NONE;

    // guarded by "this"
    private boolean answered;
    private boolean finished;
    private IntConsumer interruptListener;
    private Runnable hangupListener;
    private boolean hungUp;
    private final Queue<Integer> signals = new ArrayDeque<>();
    private final Queue<Runnable> notices = new ArrayDeque<>();
    private boolean noticing;

    RunningCall(Connection connection, Request request, List<Fd> fds) {
        this.connection = connection;
        this.request = request;
        this.fds = fds;
    }

    Request request() {
        return request;
    }

    /** Set by the dispatcher when it has found the method and checked the indexes. */
    void method(List<String> fdParameterNames, ReplyCheck check) {
        this.fdParameters = fdParameterNames;
        this.replyCheck = check;
    }

    @Override
    public String method() {
        return request.method();
    }

    @Override
    public ObjectNode parameters() {
        return request.parameters();
    }

    @Override
    public Peer peer() {
        return connection.peer();
    }

    @Override
    public boolean wantsMore() {
        return request.more();
    }

    @Override
    public List<Fd> fds() {
        return fds;
    }

    @Override
    public Optional<Fd> fd(String parameter) {
        if (!fdParameters.contains(parameter)) {
            throw new IllegalArgumentException(method() + " declares no descriptor " + parameter);
        }
        return parameters().hasNonNull(parameter) ? Optional.of(fds.get(parameters().get(parameter).intValue())) : Optional.empty();
    }

    @Override
    public void reply(ObjectNode parameters, Fd... sent) {
        assert replyCheck.fits(parameters);
        last();
        send(message(parameters), sent);
    }

    @Override
    public void error(String name, ObjectNode parameters) {
        assert replyCheck.fits(name, parameters);
        last();
        ObjectNode message = Json.object().put("error", name);
        send(parameters.isEmpty() ? message : (ObjectNode) message.set("parameters", parameters));
    }

    @Override
    public void replyContinues(ObjectNode parameters, Fd... sent) throws ClientGone {
        assert replyCheck.fits(parameters);
        synchronized (this) {
            if (answered) {
                throw new IllegalStateException(method() + " is answered already");
            }
        }
        if (wantsMore() && !send(message(parameters).put("continues", true), sent)) {
            throw new ClientGone("the client of " + method() + " has gone or does not read");
        }
    }

    private static ObjectNode message(ObjectNode parameters) {
        return (ObjectNode) Json.object().set("parameters", parameters);
    }

    private synchronized void last() {
        if (answered) {
            throw new IllegalStateException(method() + " is answered already");
        }
        answered = true;
    }

    synchronized boolean isAnswered() {
        return answered;
    }

    private boolean send(ObjectNode message, Fd... sent) {
        if (request.oneway()) {
            return true;
        }
        byte[] json = Json.write(message);
        return connection.send(Arrays.copyOf(json, json.length + 1), List.of(sent));
    }

    @Override
    public void onInterrupt(IntConsumer listener) {
        synchronized (this) {
            interruptListener = listener;
            while (!signals.isEmpty()) {
                int signal = signals.remove();
                notice(() -> listener.accept(signal));
            }
        }
        connection.watch(this);
    }

    @Override
    public void onHangup(Runnable listener) {
        synchronized (this) {
            hangupListener = listener;
            if (hungUp) {
                notice(listener);
            }
        }
        connection.watch(this);
    }

    /** From the connection. A signal number of 0 is none. */
    synchronized void interrupted(int signal) {
        if (signal != 0 && interruptListener != null) {
            IntConsumer listener = interruptListener;
            notice(() -> listener.accept(signal));
        } else if (signal != 0) {
            signals.add(signal);
        }
    }

    /** From the connection. */
    synchronized void hungUp() {
        if (!hungUp && hangupListener != null) {
            notice(hangupListener);
        }
        hungUp = true;
    }

    /** The handler has returned: listeners are not called any more. */
    synchronized void finish() {
        finished = true;
        notices.clear();
    }

    private void notice(Runnable notice) {
        notices.add(notice);
        if (!noticing && !finished) {
            noticing = true;
            connection.runAside(this::tell);
        }
    }

    /** One after the other, on one thread at a time, so that the order is kept. */
    private void tell() {
        for (Runnable notice = nextNotice(); notice != null; notice = nextNotice()) {
            notice.run();
        }
    }

    private synchronized Runnable nextNotice() {
        Runnable next = finished ? null : notices.poll();
        noticing = next != null;
        return next;
    }

    @Override
    public String toString() {
        return method() + " of " + peer();
    }
}
