package overlayd.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.config.Security;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;
import overlayd.plan.HostRule;
import overlayd.security.Hole;
import overlayd.security.Holes;
import overlayd.subhost.Subhosts;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.varlink.Json;

/** Finds what of the host a subhost's root can reach. */
public final class Audits {
    private final Door door;
    private final Secrets secrets;

    public Audits(Door door, Secrets secrets) {
        this.door = door;
        this.secrets = secrets;
    }

    /** One subhost: what its profile promises, and what is open all the same. */
    public record Audit(String name, Security security, List<Hole> holes) {
        public String promise() {
            if (security.userns().wanted()) {
                return Holes.PROMISE_USERNS + security.userns().range().map(ids -> " Its ids are the host's " + ids.start() + " to "
                        + (ids.end() - 1) + ".").orElse("");
            }
            return security.profile() == Security.Profile.COMPAT ? Holes.PROMISE_COMPAT : Holes.PROMISE_DEFAULT;
        }

        boolean privileged() {
            return holes.stream().anyMatch(hole -> hole.gravity() == Hole.Gravity.HOST);
        }
    }

    /** Of a running subhost as it was booted, of another as its file says; empty when neither is known. */
    public Optional<Audit> of(Locator.Named named) {
        Optional<Subhosts.Planning> planning = named.file().map(file -> door.plan(file, Strictness.BOOT));
        Optional<SubhostConfig> config = planning.flatMap(Subhosts.Planning::config);
        boolean live = named.subhost().filter(subhost -> subhost.state().isLive()).isPresent();
        Optional<Security> security = live ? named.subhost().map(subhost -> Holes.security(subhost.asked().settings())) : config.map(SubhostConfig::security);
        if (security.isEmpty()) {
            return Optional.empty();
        }
        List<Hole> holes = new ArrayList<>(Holes.of(security.get()));
        config.ifPresent(c -> {
            holes.addAll(Holes.of(c.shares()));
            holes.addAll(secrets.readable(c));
        });
        planning.ifPresent(p -> reach(p, holes));
        return Optional.of(new Audit(named.name(), security.get(), holes));
    }

    /** Users of the host reach the files that a subhost's root writes: the check of the host has looked. */
    private static void reach(Subhosts.Planning planning, List<Hole> holes) {
        boolean reached = planning.problems().stream().anyMatch(problem -> problem.rule().equals(HostRule.UPPER_REACHABLE.id()));
        planning.config().filter(config -> reached).ifPresent(config -> holes.add(new Hole(Hole.Gravity.PART, "makes setuid programs in "
                + ByteText.of(config.root().upper()) + ", which every user of the host can run there", "chmod 700 " + ByteText.of(config.base()))));
    }

    /** The type AuditReport. */
    public static ObjectNode json(Audit audit) {
        ObjectNode object = Json.object().put("name", audit.name()).put("promise", audit.promise());
        object.put("privileged", audit.privileged());
        ArrayNode holes = object.putArray("holes");
        audit.holes().forEach(hole -> holes.addObject().put("privileged", hole.gravity() == Hole.Gravity.HOST).put("what", hole.what())
                .put("closedBy", hole.closedBy()));
        return object;
    }
}
