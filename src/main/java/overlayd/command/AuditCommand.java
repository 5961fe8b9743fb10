package overlayd.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import overlayd.report.Audits;
import overlayd.security.Hole;
import overlayd.subject.Locator;
import overlayd.subject.Shown;
import overlayd.varlink.Json;

/** overlay audit: what of the host a subhost's root can reach, in plain words, and what closes it. */
final class AuditCommand implements Command {
    private static final String NAME = "overlay audit";

    private final Locator locator;
    private final Audits audits;
    private final Model model = Model.of(NAME, "overlay audit [OPTION]... NAME|FILE...")
            .about("Lists what of the host a subhost's root can reach.", "Each with the key that closes it. Of a running subhost, as it was"
                    + " booted; what its file says now counts from the next boot on.")
            .operands("NAME|FILE", "1..*", "name of the subhost, or its configuration file")
            .flag("one JSON array", "-j", "--json")
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.NOT_PERMITTED, ExitCode.CONFIG)
            .build();

    AuditCommand(Locator locator, Audits audits) {
        this.locator = locator;
        this.audits = audits;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) {
        ExitCode code = ExitCode.OK;
        ArrayNode array = Json.array();
        for (String reference : given.operands()) {
            Optional<Locator.Named> named = invocation.known(locator, NAME, reference);
            Optional<Audits.Audit> audit = named.flatMap(audits::of);
            if (audit.isEmpty()) {
                named.ifPresent(found -> invocation.complain(NAME, found.name(), "its configuration cannot be read; see: overlay check " + reference));
                code = named.isEmpty() ? ExitCode.UNKNOWN : ExitCode.CONFIG;
            } else if (given.has("--json")) {
                array.add(Audits.json(audit.get()));
            } else {
                invocation.console().out(text(audit.get()));
            }
        }
        if (given.has("--json")) {
            invocation.console().out(new String(Json.write(array), StandardCharsets.UTF_8) + "\n");
        }
        return code.number();
    }

    private static String text(Audits.Audit audit) {
        StringBuilder text = new StringBuilder(Shown.of(audit.name()) + ": " + audit.promise() + "\n");
        for (Hole hole : audit.holes()) {
            text.append(hole.gravity() == Hole.Gravity.HOST ? "  PRIVILEGED  its root " : "  open        its root ").append(Shown.of(hole.what())).append('\n');
            text.append("              closed by: ").append(Shown.of(hole.closedBy())).append('\n');
        }
        if (audit.holes().isEmpty()) {
            text.append("  nothing beyond that is open\n");
        }
        return text.toString();
    }
}
