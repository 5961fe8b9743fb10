package overlayd.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import overlayd.failure.Failure;
import overlayd.failure.RefusedException;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.report.Audits;
import overlayd.report.Documents;
import overlayd.report.ReaderGone;
import overlayd.state.SubhostRecord;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.trial.TreeCopy;
import overlayd.trial.Uppers;
import overlayd.varlink.Call;
import overlayd.varlink.FileHandlers;
import overlayd.varlink.Json;
import overlayd.varlink.SubhostError;
import overlayd.varlink.VarlinkError;

/** What org.overlayd.Subhost does with the files of subhosts. */
final class FileService implements FileHandlers {
    private final Kernel kernel;
    private final Door door;
    private final WireSubjects subjects;
    private final Audits audits;
    private final Uppers uppers;

    FileService(Kernel kernel, Door door, WireSubjects subjects, Audits audits) {
        this.kernel = kernel;
        this.door = door;
        this.subjects = subjects;
        this.audits = audits;
        this.uppers = new Uppers(kernel);
    }

    @Override
    public void diff(Call call) throws VarlinkError {
        Locator.Named named = subjects.named(call);
        try {
            ChangeReplies changes = new ChangeReplies(call, Json::object);
            uppers.tell(named.subhost(), named.file().flatMap(Locator::read), since(call), changes);
            call.reply(changes.rest(Json.object()));
        } catch (ReaderGone gone) {
            call.reply((ObjectNode) Json.object().set("changes", Json.array()));
        } catch (RefusedException refused) {
            throw refused.kind() == RefusedException.Kind.UNKNOWN ? VarlinkError.invalidParameter("since") : unreachable(named, refused);
        }
    }

    private static Optional<String> since(Call call) {
        return Optional.ofNullable(call.parameters().path("since").textValue());
    }

    @Override
    public void reset(Call call) throws VarlinkError {
        Locator.Named named = subjects.named(call);
        if (named.subhost().map(SubhostRecord::state).filter(state -> state.isLive()).isPresent()) {
            throw SubhostError.subhostExists(named.name());
        }
        try {
            uppers.reset(named.file().flatMap(Locator::read));
            call.reply(Json.object());
        } catch (RefusedException refused) {
            throw unreachable(named, refused);
        }
    }

    /** An upperdir that there is not is no fault of the configuration's text. */
    private VarlinkError unreachable(Locator.Named named, RefusedException refused) {
        return refused.kind() == RefusedException.Kind.CONFIG && refused.problems().isEmpty() ? SubhostError.notSupported(refused.getMessage())
                : subjects.error(named.name(), refused);
    }

    @Override
    public void audit(Call call) throws VarlinkError {
        Locator.Named named = subjects.named(call);
        Audits.Audit audit = audits.of(named).orElseThrow(() -> SubhostError.configInvalid(Json.array()));
        call.reply((ObjectNode) Json.object().set("audit", Audits.json(audit)));
    }

    /** One end; {@code subhost} is empty for the host. */
    private record Side(Optional<String> subhost, String path) {
        static Side of(Call call, String parameter) throws VarlinkError {
            JsonNode side = call.parameters().path(parameter);
            String path = side.path("path").asText();
            if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
                throw VarlinkError.invalidParameter(parameter);
            }
            return new Side(Optional.of(side.path("subhost").asText("")).filter(name -> !name.isEmpty()), path);
        }

        String name() {
            return subhost.orElse("host");
        }
    }

    @Override
    public void copy(Call call) throws VarlinkError {
        Side from = Side.of(call, "from");
        Side to = Side.of(call, "to");
        if (from.subhost().isEmpty() && to.subhost().isEmpty()) {
            throw VarlinkError.invalidParameter("to");
        }
        Report report = new Report();
        call.onHangup(report::breakOff);
        try (Fd fromRoot = root(from); Fd toRoot = root(to);
                TreeCopy.Place source = TreeCopy.place(kernel, fromRoot, from.path());
                TreeCopy.Place target = TreeCopy.target(kernel, toRoot, to.path(), source.name())) {
            TreeCopy.SetId setId = from.subhost().isPresent() && to.subhost().isEmpty() ? TreeCopy.SetId.DROPPED : TreeCopy.SetId.KEPT;
            new TreeCopy(kernel, setId, report).copy(source.directory(), source.name(), target.directory(), target.name());
            call.reply(report.reply());
        } catch (KernelException refused) {
            throw SubhostError.stepFailed(Documents.failure(new Failure(refused.call(), refused.subject(), refused.errno().name(),
                    refused.kernelText(), "", "", false)));
        }
    }

    private Fd root(Side side) throws VarlinkError, KernelException {
        if (side.subhost().isEmpty()) {
            return kernel.files().openPath("/");
        }
        try {
            return door.root(subjects.name(side.subhost().get()));
        } catch (RefusedException refused) {
            throw subjects.error(side.name(), refused);
        }
    }

    /** What was copied, and what was not. */
    private static final class Report implements TreeCopy.Listener {
        /** A hostile root can make millions of things that are left out. */
        private static final int MOST_TOLD = 1000;

        private final ArrayNode skipped = Json.array();
        private volatile boolean over;
        private long files;
        private long bytes;

        void breakOff() {
            over = true;
        }

        @Override
        public boolean goesOn() {
            return !over;
        }

        @Override
        public void copied(String path, long more) {
            files += more == 0 ? 1 : 0;
            bytes += more;
        }

        @Override
        public void skipped(String path, String why) {
            if (skipped.size() < MOST_TOLD) {
                skipped.addObject().put("path", path).put("reason", why);
            }
        }

        ObjectNode reply() {
            return (ObjectNode) Json.object().put("files", files).put("bytes", bytes).set("skipped", skipped);
        }
    }
}
