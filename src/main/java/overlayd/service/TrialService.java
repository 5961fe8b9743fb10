package overlayd.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.failure.RefusedException;
import overlayd.group.TrialVisit;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Signal;
import overlayd.report.Documents;
import overlayd.report.LayerDocuments;
import overlayd.report.ReaderGone;
import overlayd.subhost.InsideCommand;
import overlayd.trial.TrialOutcome;
import overlayd.trial.TrialRun;
import overlayd.trial.Trials;
import overlayd.varlink.Call;
import overlayd.varlink.Json;
import overlayd.varlink.TrialHandlers;
import overlayd.varlink.VarlinkError;

/** org.overlayd.Trial over {@link Trials}: what overlay try does, for programs. */
final class TrialService implements TrialHandlers {
    private static final String INTERFACE = "org.overlayd.Trial.";

    private final Kernel kernel;
    private final Trials trials;
    private final VisitService visit;

    TrialService(Kernel kernel, Trials trials, VisitService visit) {
        this.kernel = kernel;
        this.visit = visit;
        this.trials = trials;
    }

    @Override
    public void run(Call call) throws VarlinkError {
        List<String> command = texts(call, "command");
        if (command.isEmpty() || command.get(0).isEmpty()) {
            throw VarlinkError.invalidParameter("command");
        }
        if (call.parameters().hasNonNull("subhost")) {
            runIn(call, command);
            return;
        }
        List<String> environment = call.parameters().hasNonNull("environment") ? texts(call, "environment")
                : List.of("PATH=" + TrialRun.PATH, "HOME=/root", "LC_ALL=C.UTF-8");
        try (Fd nothing = kernel.files().openReadWrite("/dev/null");
                TrialRun run = TrialRun.start(kernel, trials, new TrialRun.Request(command, environment,
                        call.parameters().path("workingDirectory").asText("/"), List.of(call.fd("standardInput").orElse(nothing),
                        call.fd("standardOutput").orElse(nothing), call.fd("standardError").orElse(nothing))))) {
            call.onHangup(() -> run.signal(Signal.KILL));
            ExitStatus status = run.await();
            Trials.Trial trial = kept(run.trial());
            answer(call, trial, WireStreams.put(Json.object().put("id", trial.id()), status));
        } catch (RefusedException refused) {
            throw error(0, refused);
        } catch (KernelException refused) {
            throw stepFailed(refused.call() + " " + refused.subject(), refused.errno().name(), refused.getMessage());
        }
    }

    private static Trials.Trial kept(Optional<Trials.Trial> trial) throws RefusedException {
        return trial.orElseThrow(() -> new RefusedException(RefusedException.Kind.UNKNOWN, "the trial was dropped while its command ran"));
    }

    private void runIn(Call call, List<String> command) throws VarlinkError {
        try {
            TrialVisit.Visited<InsideCommand.Outcome> visited = visit.run(call, String.join(" ", command));
            Trials.Trial trial = kept(visited.trial());
            ObjectNode reply = WireStreams.put(Json.object().put("id", trial.id()), visited.end().status());
            if (visited.cut()) {
                reply.put("withoutNetwork", true);
            }
            answer(call, trial, reply);
        } catch (RefusedException refused) {
            throw refused.kind() == RefusedException.Kind.CONFIG
                    ? new VarlinkError(INTERFACE + "NotPossible", Json.object().put("reason", refused.getMessage())) : error(0, refused);
        } catch (KernelException refused) {
            throw stepFailed(refused.call() + " " + refused.subject(), refused.errno().name(), refused.getMessage());
        }
    }

    private void answer(Call call, Trials.Trial trial, ObjectNode last) throws RefusedException {
        ChangeReplies changes = new ChangeReplies(call, () -> Json.object().put("id", trial.id()));
        try {
            trials.tell(trial, changes);
        } catch (ReaderGone gone) {
            // The trial is kept all the same.
            last.set("changes", Json.array());
        }
        call.reply(changes.rest(last));
    }

    private static List<String> texts(Call call, String parameter) throws VarlinkError {
        List<String> texts = new ArrayList<>();
        call.parameters().path(parameter).forEach(text -> texts.add(text.asText()));
        if (texts.stream().anyMatch(text -> text.indexOf('\0') >= 0)) {
            throw VarlinkError.invalidParameter(parameter);
        }
        return texts;
    }

    @Override
    public void list(Call call) {
        call.reply((ObjectNode) Json.object().set("trials", LayerDocuments.trials(trials.list())));
    }

    @Override
    public void diff(Call call) throws VarlinkError {
        Trials.Trial trial = trial(call);
        try {
            ChangeReplies changes = new ChangeReplies(call, Json::object);
            trials.tell(trial, changes);
            call.reply(changes.rest(Json.object()));
        } catch (ReaderGone gone) {
            call.reply((ObjectNode) Json.object().set("changes", Json.array()));
        } catch (RefusedException refused) {
            throw error(trial.id(), refused);
        }
    }

    @Override
    public void apply(Call call) throws VarlinkError {
        change(call, call.parameters().path("force").asBoolean() ? trials::applyHalfDone : trials::apply);
    }

    @Override
    public void undo(Call call) throws VarlinkError {
        change(call, trials::undo);
    }

    private interface Carrying {
        TrialOutcome of(Trials.Trial trial) throws RefusedException;
    }

    private void change(Call call, Carrying carrying) throws VarlinkError {
        Trials.Trial trial = trial(call);
        try (TrialOutcome outcome = carrying.of(trial)) {
            if (!outcome.inTheWay().isEmpty()) {
                throw new VarlinkError(INTERFACE + "Conflict", (ObjectNode) Json.object().put("id", trial.id())
                        .set("inTheWay", Documents.texts(outcome.inTheWay())));
            }
            ChangeReplies changes = new ChangeReplies(call, Json::object);
            outcome.tell(changes);
            call.reply(changes.rest(Json.object()));
        } catch (ReaderGone gone) {
            call.reply((ObjectNode) Json.object().set("changes", Json.array())); // it is done all the same
        } catch (RefusedException refused) {
            throw error(trial.id(), refused);
        }
    }

    @Override
    public void drop(Call call) throws VarlinkError {
        Trials.Trial trial = trial(call);
        try {
            visit.visit().end(trial);
            trials.drop(trial);
            call.reply(Json.object());
        } catch (RefusedException refused) {
            throw error(trial.id(), refused);
        }
    }

    private Trials.Trial trial(Call call) throws VarlinkError {
        long id = call.parameters().path("id").asLong();
        return (id < 1 || id > Integer.MAX_VALUE ? java.util.Optional.<Trials.Trial>empty() : trials.find((int) id))
                .orElseThrow(() -> new VarlinkError(INTERFACE + "NoSuchTrial", Json.object().put("id", id)));
    }

    private static VarlinkError error(int id, RefusedException refused) {
        return refused.kind() == RefusedException.Kind.BUSY
                ? new VarlinkError(INTERFACE + "Busy", Json.object().put("id", id).put("reason", refused.getMessage()))
                : stepFailed(refused.failure().map(failure -> failure.step()).orElse(""), refused.failure().map(failure -> failure.errnoName()).orElse(""),
                        refused.getMessage());
    }

    private static VarlinkError stepFailed(String step, String errno, String message) {
        ObjectNode failure = Json.object().put("step", step).put("message", message);
        return new VarlinkError(INTERFACE + "StepFailed", errno.isEmpty() ? failure : failure.put("errnoName", errno));
    }
}
