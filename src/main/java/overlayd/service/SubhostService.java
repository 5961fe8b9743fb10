package overlayd.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.config.Problem;
import overlayd.config.Strictness;
import overlayd.failure.RefusedException;
import overlayd.plan.PlanText;
import overlayd.report.Descriptions;
import overlayd.report.Documents;
import overlayd.report.Linter;
import overlayd.report.Rows;
import overlayd.state.SubhostRecord;
import overlayd.subhost.LiveShare;
import overlayd.subhost.Subhosts;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.subject.ShareLines;
import overlayd.subject.ShareTarget;
import overlayd.subject.UsageException;
import overlayd.varlink.Call;
import overlayd.varlink.ClientGone;
import overlayd.varlink.Json;
import overlayd.varlink.SubhostError;
import overlayd.varlink.SubhostHandlers;
import overlayd.varlink.VarlinkError;

/** org.overlayd.Subhost: what the commands do, for programs. */
final class SubhostService implements SubhostHandlers {
    private final Door door;
    private final WireSubjects subjects;
    private final Rows rows;
    private final Descriptions descriptions;
    private final Linter linter;
    private final WireStreams streams;

    /** What it shares with the commands. */
    record Needs(WireSubjects subjects, Rows rows, Linter linter, WireStreams streams, Descriptions descriptions) {
    }

    SubhostService(Door door, Needs needs) {
        this.door = door;
        this.subjects = needs.subjects();
        this.rows = needs.rows();
        this.descriptions = needs.descriptions();
        this.linter = needs.linter();
        this.streams = needs.streams();
    }

    @Override
    public void boot(Call call) throws VarlinkError {
        Path file = subjects.file(call);
        try {
            call.reply(WireBoot.booted(new WireBoot(door).boot(file, WireBoot.Wish.of(call), new WireProgress(call))));
        } catch (RefusedException refused) {
            throw subjects.error(Locator.nameIn(file), refused);
        }
    }

    @Override
    public void stop(Call call) throws VarlinkError {
        Locator.Named named = subjects.named(call);
        Subhosts.StopWish wish = WireBoot.stopWish(call);
        try {
            boolean stopped = named.subhost().isPresent() && door.stop(named.name(), wish, new WireProgress(call));
            call.reply(Json.object().put("name", named.name()).put("alreadyStopped", !stopped));
        } catch (RefusedException refused) {
            throw subjects.error(named.name(), refused);
        }
    }

    @Override
    public void list(Call call) {
        List<String> states = new ArrayList<>();
        call.parameters().path("states").forEach(state -> states.add(state.asText()));
        boolean all = call.parameters().path("all").asBoolean();
        List<Rows.Row> known = all ? rows.all() : states.isEmpty() ? rows.current() : door.list().stream().map(rows::row).toList();
        List<Rows.Row> found = known.stream().filter(row -> states.isEmpty() || states.contains(row.stateWord())).toList();
        ArrayNode subhosts = Json.array();
        found.forEach(row -> subhosts.add(Documents.summary(row, door.find(row.name()))));
        call.reply((ObjectNode) Json.object().set("subhosts", subhosts));
    }

    @Override
    public void status(Call call) throws VarlinkError {
        Locator.Named named = subjects.named(call);
        SubhostRecord subhost = named.subhost().filter(record -> !record.root().live().isEmpty())
                .orElseThrow(() -> SubhostError.notRunning(named.name(), "stopped"));
        call.reply(descriptions.of(named, subhost));
    }

    @Override
    public void blame(Call call) throws VarlinkError {
        call.reply((ObjectNode) Json.object().set("spans", Documents.spans(subjects.known(call).upkeep().course())));
    }

    @Override
    public void plan(Call call) throws VarlinkError {
        Subhosts.Planning planning = door.plan(subjects.file(call), Strictness.BOOT);
        if (planning.plan().isEmpty()) {
            throw SubhostError.configInvalid(Documents.problems(planning.problems()));
        }
        ObjectNode reply = Json.object();
        reply.set("steps", Documents.steps(planning.plan().get()));
        ObjectNode unresolved = reply.putObject("unresolved");
        planning.config().ifPresent(config -> config.origin().notRun().forEach(command ->
                unresolved.put(command.key().name(), command.text())));
        reply.set("warnings", Documents.problems(planning.problems()));
        call.reply(reply.put("text", PlanText.of(planning.plan().get())));
    }

    @Override
    public void check(Call call) throws VarlinkError {
        List<Path> files = new ArrayList<>();
        for (JsonNode file : call.parameters().path("files")) {
            if (!file.asText().startsWith("/") || file.asText().indexOf('\0') >= 0) {
                throw VarlinkError.invalidParameter("files");
            }
            Path path = ByteText.path(file.asText());
            files.addAll(Files.isDirectory(path) ? Locator.within(path) : List.of(path));
        }
        List<Problem> problems = linter.check(files);
        ObjectNode reply = Json.object().put("valid", problems.stream().noneMatch(Problem::isError));
        reply.set("problems", Documents.problems(problems));
        if (call.parameters().path("upstream").asBoolean()) {
            reply.set("differences", differences(files));
        }
        call.reply(reply);
    }

    /** Of the files that can be read; that one cannot is among the problems. */
    private static ArrayNode differences(List<Path> files) {
        ArrayNode differences = Json.array();
        for (Path file : files) {
            try {
                Linter.upstream(file).forEach(difference -> differences.add(Documents.difference(file, difference)));
            } catch (IOException unreadable) {
                continue;
            }
        }
        return differences;
    }

    @Override
    public void exec(Call call) throws VarlinkError, ClientGone {
        SubhostRecord subhost = subjects.known(call);
        try {
            streams.exec(call, subhost);
        } catch (RefusedException refused) {
            throw subjects.error(subhost.name(), refused);
        }
    }

    @Override
    public void logs(Call call) throws VarlinkError, ClientGone {
        streams.logs(call, subjects.known(call));
    }

    @Override
    public void share(Call call) throws VarlinkError {
        SubhostRecord subhost = subjects.known(call);
        String source = call.parameters().path("source").asText();
        try {
            Path host = ShareTarget.of(source);
            Path target = call.parameters().hasNonNull("target") ? ShareTarget.of(call.parameters().path("target").asText()) : host;
            LiveShare share = new LiveShare(host, target, call.parameters().path("readOnly").asBoolean());
            Optional<ShareLines> lines = persists(call) ? Optional.of(ShareLines.of(subjects.named(call))) : Optional.empty();
            if (lines.isPresent()) {
                lines.get().check(share); // what cannot be written down is not shared either
            }
            door.share(subhost.name(), share);
            if (lines.isPresent()) {
                lines.get().add(share);
            }
            call.reply(Json.object());
        } catch (UsageException wrong) {
            throw VarlinkError.invalidParameter(source.startsWith("/") ? "target" : "source");
        } catch (IOException refused) {
            throw SubhostError.notWritten(subhost.name(), String.valueOf(refused.getMessage()));
        } catch (RefusedException refused) {
            throw subjects.error(subhost.name(), refused);
        }
    }

    static boolean persists(Call call) {
        return call.parameters().path("persist").asBoolean();
    }

    @Override
    public void unshare(Call call) throws VarlinkError {
        SubhostRecord subhost = subjects.known(call);
        try {
            Path target = ShareTarget.of(call.parameters().path("target").asText());
            door.unshare(subhost.name(), target);
            if (persists(call)) {
                ShareLines.of(subjects.named(call)).remove(target);
            }
            call.reply(Json.object());
        } catch (UsageException wrong) {
            throw VarlinkError.invalidParameter("target");
        } catch (IOException refused) {
            throw SubhostError.notWritten(subhost.name(), String.valueOf(refused.getMessage()));
        } catch (RefusedException refused) {
            throw refused.kind() == RefusedException.Kind.UNKNOWN ? VarlinkError.invalidParameter("target") : subjects.error(subhost.name(), refused);
        }
    }
}
