package overlayd.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import overlayd.drift.Report;
import overlayd.failure.RefusedException;
import overlayd.report.LayerDocuments;
import overlayd.state.SubhostRecord;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.subject.Shown;
import overlayd.subject.UsageException;
import overlayd.trial.Drifts;
import overlayd.varlink.Json;

/** overlay drift: how LOWER and subhosts over it have come apart. */
final class DriftCommand implements Command {
    private static final String NAME = "overlay drift";

    private final Door door;
    private final Locator locator;
    private final Drifts drifts;
    private final Model model = Model.of(NAME, "overlay drift [OPTION]... NAME|FILE... | --all")
            .about("Shows how LOWER and a subhost over it have come apart.",
                    "Packages of LOWER that were changed since its boot; files of its own that hide newer ones of LOWER; packages whose version in its own"
                    + " database is not that of the files it sees.")
            .operands("NAME|FILE", "0..*", "name of the subhost, or its configuration file")
            .flag("every subhost that runs", "-a", "--all")
            .flag("one line that says which to restart, or nothing; looks only whether packages were changed since their boot, and exits with 0", "--hint")
            .flag("print nothing; the exit status tells", "-q", "--quiet")
            .flag("one JSON array", "-j", "--json")
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.STEP, ExitCode.DRIFTED, ExitCode.CONFIG, ExitCode.READER_GONE)
            .build();

    DriftCommand(Door door, Locator locator, Drifts drifts) {
        this.door = door;
        this.locator = locator;
        this.drifts = drifts;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        if (given.has("--all") != given.operands().isEmpty()) {
            throw new UsageException("name a subhost, or say --all");
        }
        if (given.has("--hint")) {
            if (!given.has("--all")) {
                throw new UsageException("--hint is for --all");
            }
            hint(invocation);
            return ExitCode.OK.number();
        }
        List<String> references = given.has("--all") ? running().map(SubhostRecord::name).toList() : given.operands();
        ArrayNode all = Json.array();
        ExitCode code = ExitCode.OK;
        for (String reference : references) {
            ExitCode one = one(reference, given, invocation, all);
            code = one == ExitCode.OK || code != ExitCode.OK && code != ExitCode.DRIFTED ? code : one;
        }
        if (given.has("--json")) {
            invocation.console().out(new String(Json.write(all), StandardCharsets.UTF_8) + "\n");
        }
        return code.number();
    }

    private java.util.stream.Stream<SubhostRecord> running() {
        return door.list().stream().filter(subhost -> subhost.state().isLive() && subhost.root().kind().equals("overlay"));
    }

    private void hint(Invocation invocation) {
        List<String> names = running().filter(subhost -> drifts.line(subhost).isPresent()).map(SubhostRecord::name).sorted().toList();
        if (!names.isEmpty()) {
            invocation.console().out("overlayd: packages were changed below running subhosts; they have them wholly after: overlay restart "
                    + String.join(" ", names) + "\n");
        }
    }

    private ExitCode one(String reference, Given given, Invocation invocation, ArrayNode all) {
        Optional<Locator.Named> named = invocation.known(locator, NAME, reference);
        if (named.isEmpty()) {
            return ExitCode.UNKNOWN;
        }
        try {
            Report report = drifts.report(named.get().subhost(), named.get().file().flatMap(Locator::read));
            all.add(LayerDocuments.drift(named.get().name(), report));
            if (!given.has("--quiet") && !given.has("--json")) {
                invocation.console().out(Shown.of(text(named.get().name(), report)));
            }
            return report.none() ? ExitCode.OK : ExitCode.DRIFTED;
        } catch (RefusedException refused) {
            return Refusals.tell(invocation, NAME, named.get().name(), refused);
        }
    }

    /** A heading and a line each; nothing where nothing has changed. */
    static String text(String name, Report report) {
        StringBuilder text = new StringBuilder();
        if (!report.changed().isEmpty()) {
            text.append(name).append(": packages of LOWER were changed since its boot; it has them wholly after: overlay restart ").append(name).append('\n');
            report.changed().forEach(changed -> text.append("  ").append(changed.name()).append(' ')
                    .append(changed.from().map(from -> from + " to ").orElse("")).append(changed.to()).append('\n'));
        }
        if (!report.hiding().isEmpty()) {
            text.append(name).append(": its own files hide newer ones of LOWER; compare, and delete its own where LOWER's are wanted\n");
            report.hiding().forEach(hiding -> text.append("  ").append(hiding.path().replace("\n", "\\x0a"))
                    .append(hiding.owner().map(owner -> " (" + owner + ")").orElse("")).append('\n'));
        }
        if (!report.disagreeing().isEmpty()) {
            text.append(name).append(": its package database does not tell of the files it sees; upgrade in it, too: overlay-go ").append(name)
                    .append(" -- apt-get full-upgrade\n");
            report.disagreeing().forEach(one -> text.append("  ").append(one.name()).append(": database ").append(one.database().orElse("none"))
                    .append(", files ").append(one.files().orElse("none")).append('\n'));
        }
        return text.toString();
    }
}
