package overlayd.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.enter.Login;
import overlayd.enter.Logins;
import overlayd.enter.Session;
import overlayd.failure.Failure;
import overlayd.failure.RefusedException;
import overlayd.kernel.Deadline;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Signal;
import overlayd.report.Documents;
import overlayd.report.LogReading;
import overlayd.report.ReaderGone;
import overlayd.state.SubhostRecord;
import overlayd.subhost.InsideCommand;
import overlayd.varlink.Call;
import overlayd.varlink.ClientGone;
import overlayd.varlink.Json;
import overlayd.varlink.SubhostError;
import overlayd.varlink.VarlinkError;

/** The methods of org.overlayd.Subhost that pass descriptors or lines: Exec and Logs. */
final class WireStreams {
    private static final int LONGEST_LINE = 1 << 16;

    private final Session.Starter starter;
    private final Kernel kernel;
    private final Logins logins;
    private final LogReading reading;

    WireStreams(Session.Starter starter, Kernel kernel, Logins logins, LogReading reading) {
        this.starter = starter;
        this.kernel = kernel;
        this.logins = logins;
        this.reading = reading;
    }

    /** Answers when the command has ended. */
    void exec(Call call, SubhostRecord subhost) throws VarlinkError, RefusedException, ClientGone {
        boolean terminal = call.parameters().path("terminal").asBoolean();
        if (terminal && (!call.wantsMore() || !call.fds().isEmpty())) {
            throw VarlinkError.invalidParameter("terminal");
        }
        try (Fd nothing = kernel.files().openReadWrite("/dev/null")) {
            InsideCommand.Request request = request(call, subhost, terminal ? List.of() : stdio(call, nothing));
            try (Session session = starter.start(subhost.name(), request)) {
                // Asked for before anything is sent: a client that closes the connection hangs the command up.
                call.onHangup(() -> session.signal(Signal.HUP.number()));
                if (terminal) {
                    handOver(call, session);
                }
                answer(call, request, session.await(Deadline.NEVER).orElseThrow());
            }
        } catch (KernelException refused) {
            throw failed(refused);
        }
    }

    /** Runs the command of a call that has Exec's parameters and no terminal, and answers how it ended; a client that goes away kills it. */
    InsideCommand.Outcome run(Call call, SubhostRecord subhost) throws VarlinkError, RefusedException, KernelException {
        try (Fd nothing = kernel.files().openReadWrite("/dev/null");
                Session session = starter.start(subhost.name(), request(call, subhost, stdio(call, nothing)))) {
            call.onHangup(() -> session.signal(Signal.KILL.number()));
            return session.await(Deadline.NEVER).orElseThrow();
        }
    }

    private static VarlinkError failed(KernelException refused) {
        return SubhostError.stepFailed(Documents.failure(new Failure(refused.call(), refused.subject(), refused.errno().name(),
                refused.kernelText(), "", "", true)));
    }

    private static void handOver(Call call, Session session) throws KernelException, ClientGone {
        try (Fd master = session.terminal()) {
            call.replyContinues(Json.object().put("terminal", 0), master);
        }
    }

    private static List<Fd> stdio(Call call, Fd nothing) {
        return List.of(call.fd("standardInput").orElse(nothing), call.fd("standardOutput").orElse(nothing),
                call.fd("standardError").orElse(nothing));
    }

    private InsideCommand.Request request(Call call, SubhostRecord subhost, List<Fd> stdio) throws VarlinkError {
        Login login = logins.root(subhost);
        List<String> command = new ArrayList<>();
        call.parameters().path("command").forEach(word -> command.add(word.asText()));
        if (!call.parameters().hasNonNull("command")) {
            command.addAll(login.loginShell());
        } else if (command.isEmpty() || command.get(0).isEmpty()) {
            throw VarlinkError.invalidParameter("command");
        }
        Map<String, String> additional = new LinkedHashMap<>();
        for (JsonNode entry : call.parameters().path("environment")) {
            int equals = entry.asText().indexOf('=');
            if (equals < 1) {
                throw VarlinkError.invalidParameter("environment");
            }
            additional.put(entry.asText().substring(0, equals), entry.asText().substring(equals + 1));
        }
        Optional<InsideCommand.Terminal> size = stdio.isEmpty() ? Optional.of(new InsideCommand.Terminal(size(call, "rows", 24), size(call, "columns", 80)))
                : Optional.empty();
        return new InsideCommand.Request(command, login.environment(Map.of(), additional),
                call.parameters().path("workingDirectory").asText(login.home()), size, stdio, call.parameters().path("handTerminals").asBoolean()
                        ? InsideCommand.Handing.TERMINALS : InsideCommand.Handing.NO_TERMINALS);
    }

    private static int size(Call call, String parameter, int usual) throws VarlinkError {
        long size = call.parameters().path(parameter).asLong(usual);
        if (size < 1 || size > 65_535) {
            throw VarlinkError.invalidParameter(parameter);
        }
        return (int) size;
    }

    private static void answer(Call call, InsideCommand.Request request, InsideCommand.Outcome outcome) throws VarlinkError {
        if (outcome.execErrno().isPresent()) {
            throw SubhostError.commandNotExecutable(request.command().get(0), outcome.execErrno().get().name());
        }
        if (outcome.lost().isPresent()) {
            throw failed(new KernelException("write output", request.command().get(0), outcome.lost().get()));
        }
        call.reply(put(Json.object(), outcome.status()));
    }

    /** Exit status, or signal, as every method that runs a command answers it. */
    static ObjectNode put(ObjectNode reply, ExitStatus status) {
        return status.end() == ExitStatus.End.KILLED
                ? reply.put("exitSignal", Signal.of(status.number()).map(s -> "SIG" + s).orElse("SIG" + status.number()))
                : reply.put("exitStatus", status.shellStatus());
    }

    /** One reply per line. */
    void logs(Call call, SubhostRecord subhost) throws VarlinkError, ClientGone {
        JsonNode lines = call.parameters().path("lines");
        if (lines.isNumber() && (lines.longValue() < 0 || lines.longValue() > Integer.MAX_VALUE)) {
            throw VarlinkError.invalidParameter("lines");
        }
        Optional<Integer> last = lines.isNumber() ? Optional.of(lines.intValue()) : Optional.empty();
        LineSender sender = new LineSender(call);
        try {
            if (call.parameters().path("follow").asBoolean()) {
                reading.follow(subhost, ByteText.path(subhost.asked().log()), last, new LogReading.Sinks(sender::take, call::onHangup));
            } else {
                reading.read(ByteText.path(subhost.asked().log()), last, sender::take);
            }
            sender.end();
        } catch (ReaderGone gone) {
            call.reply(Json.object());
            return;
        } catch (KernelException refused) {
            throw failed(refused);
        } catch (IOException refused) {
            throw SubhostError.stepFailed(Documents.failure(new Failure("read log", subhost.asked().log(), "", String.valueOf(refused.getMessage()),
                    "", "", true)));
        }
        call.reply(Json.object());
    }

    /** Puts lines together. */
    private static final class LineSender {
        private final Call call;
        private final ByteArrayOutputStream partial = new ByteArrayOutputStream();

        private LineSender(Call call) {
            this.call = call;
        }

        private void take(byte[] bytes) {
            for (byte b : bytes) {
                if (b == '\n' || partial.size() == LONGEST_LINE) {
                    send();
                }
                if (b != '\n') {
                    partial.write(b);
                }
            }
        }

        private void end() {
            if (partial.size() > 0) {
                send();
            }
        }

        private void send() {
            ObjectNode line = Json.object().put("line", partial.toString(StandardCharsets.UTF_8));
            partial.reset();
            try {
                call.replyContinues(line);
            } catch (ClientGone gone) {
                throw new ReaderGone(gone.getMessage());
            }
        }
    }
}
