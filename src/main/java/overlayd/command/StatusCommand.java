package overlayd.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import overlayd.report.Descriptions;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;
import overlayd.subject.Locator;
import overlayd.subject.UsageException;
import overlayd.varlink.Json;

/** overlay status: all that is known of subhosts. */
final class StatusCommand implements Command {
    private static final String NAME = "overlay status";

    private final Descriptions descriptions;
    private final Locator locator;
    private final Model model = Model.of(NAME, "overlay status [OPTION]... NAME|FILE...")
            .about("Describes subhosts: what their files said, and what is.",
                    "State and reason, pid, uptime, addresses, cables, root, services, limits and what is used of them, profile and open holes,"
                    + " drift, the last lines of the log. Exit status 0: it is up; 76: degraded; 1: it is not up.")
            .operands("NAME|FILE", "1..*", "name of the subhost, or its configuration file")
            .flag("one JSON array", "-j", "--json")
            .option("WHEN", String.class, "colours: auto, always or never", "--color")
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.DEGRADED, ExitCode.NOT_PERMITTED,
                    ExitCode.READER_GONE)
            .build();

    StatusCommand(Descriptions descriptions, Locator locator) {
        this.descriptions = descriptions;
        this.locator = locator;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        Palette palette = Palette.of(given.value("--color", String.class), invocation);
        List<ObjectNode> all = new ArrayList<>();
        ExitCode code = ExitCode.OK;
        for (String reference : given.operands()) {
            Optional<Locator.Named> named = invocation.booted(locator, NAME, reference);
            if (named.isEmpty()) {
                code = ExitCode.UNKNOWN;
                continue;
            }
            SubhostRecord subhost = named.get().booted().orElseThrow();
            ObjectNode description = descriptions.of(named.get(), subhost);
            if (given.has("--json")) {
                all.add(description);
            } else {
                invocation.console().out((all.isEmpty() ? "" : "\n") + text(description, subhost, palette));
                all.add(description);
            }
            code = code == ExitCode.OK ? code(subhost) : code;
        }
        if (given.has("--json")) {
            invocation.console().out(all.stream().map(one -> new String(Json.write(one), StandardCharsets.UTF_8))
                    .collect(Collectors.joining(",\n", "[", "]\n")));
        }
        return code.number();
    }

    private static String text(ObjectNode description, SubhostRecord subhost, Palette palette) {
        List<String> lines = StatusText.lines(description);
        boolean degraded = subhost.state() == SubhostState.RUNNING && !subhost.reason().isEmpty();
        return palette.line(lines.get(0), subhost.state(), degraded) + "\n"
                + lines.subList(1, lines.size()).stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private static ExitCode code(SubhostRecord subhost) {
        if (subhost.state() == SubhostState.FOREIGN) {
            return ExitCode.OK; // what its reason says is who has booted it
        }
        boolean up = subhost.state() == SubhostState.RUNNING || subhost.state() == SubhostState.PAUSED;
        return !up ? ExitCode.UNKNOWN : subhost.reason().isEmpty() ? ExitCode.OK : ExitCode.DEGRADED;
    }
}
