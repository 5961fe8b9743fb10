package overlayd.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.config.Security;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;
import overlayd.security.Hole;
import overlayd.security.Holes;
import overlayd.subhost.Subhosts;
import overlayd.varlink.Json;

/** overlay audit: what of the host a subhost's root can reach, in plain words, and what closes it. */
final class AuditCommand implements Command {
    private static final String NAME = "overlay audit";

    private final Door door;
    private final Locator locator;
    private final Secrets secrets;
    private final Model model = Model.of(NAME, "overlay audit [OPTION]... NAME|FILE...")
            .about("Lists what of the host a subhost's root can reach.", "Each with the key that closes it. Of a running subhost, as it was"
                    + " booted; what its file says now counts from the next boot on.")
            .operands("NAME|FILE", "1..*", "name of the subhost, or its configuration file")
            .flag("one JSON array", "-j", "--json")
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.NOT_PERMITTED, ExitCode.CONFIG)
            .build();

    AuditCommand(Door door, Locator locator, Secrets secrets) {
        this.door = door;
        this.locator = locator;
        this.secrets = secrets;
    }

    /** One subhost. */
    private record Audit(String name, Security security, List<Hole> holes) {
        String promise() {
            return security.profile() == Security.Profile.COMPAT ? Holes.PROMISE_COMPAT : Holes.PROMISE_DEFAULT;
        }
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
            Optional<Locator.Named> named = locator.subhost(reference, invocation.arguments().workingDirectory());
            Optional<Audit> audit = named.flatMap(this::audit);
            if (audit.isEmpty()) {
                invocation.complain(NAME, reference, named.isEmpty() ? "no subhost of this name is known"
                        : "its configuration cannot be read: see overlay check");
                code = named.isEmpty() ? ExitCode.UNKNOWN : ExitCode.CONFIG;
            } else if (given.has("--json")) {
                array.add(object(audit.get()));
            } else {
                invocation.console().out(text(audit.get()));
            }
        }
        if (given.has("--json")) {
            invocation.console().out(new String(Json.write(array), StandardCharsets.UTF_8) + "\n");
        }
        return code.number();
    }

    private Optional<Audit> audit(Locator.Named named) {
        Optional<SubhostConfig> config = named.file().flatMap(file -> configuration(file));
        boolean live = named.subhost().filter(subhost -> subhost.stateOf().isLive()).isPresent();
        Optional<Security> security = live ? named.subhost().map(subhost -> Holes.security(subhost.settings())) : config.map(SubhostConfig::security);
        if (security.isEmpty()) {
            return Optional.empty();
        }
        List<Hole> holes = new ArrayList<>(Holes.of(security.get()));
        config.ifPresent(c -> {
            holes.addAll(Holes.of(c.shares()));
            holes.addAll(secrets.readable(c));
            holes.addAll(Reach.ofOthers(c));
        });
        return Optional.of(new Audit(named.name(), security.get(), holes));
    }

    private Optional<SubhostConfig> configuration(Path file) {
        Subhosts.Planning planning = door.plan(file, Strictness.BOOT);
        return planning.config();
    }

    private static String text(Audit audit) {
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

    private static ObjectNode object(Audit audit) {
        ObjectNode object = Json.object().put("name", audit.name()).put("promise", audit.promise());
        object.put("privileged", audit.holes().stream().anyMatch(hole -> hole.gravity() == Hole.Gravity.HOST));
        ArrayNode holes = object.putArray("holes");
        audit.holes().forEach(hole -> holes.addObject().put("privileged", hole.gravity() == Hole.Gravity.HOST).put("what", hole.what())
                .put("closedBy", hole.closedBy()));
        return object;
    }
}
