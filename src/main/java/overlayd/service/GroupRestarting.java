package overlayd.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Optional;
import overlayd.failure.RefusedException;
import overlayd.group.GroupRestart;
import overlayd.order.Edge;
import overlayd.subhost.Subhosts;
import overlayd.subject.Door;

/** A restart of one and of those that require it, each told as an Outcome of org.overlayd.Group. */
record GroupRestarting(Door door, Subhosts.StopWish how, WireSubjects subjects, GroupProgress progress) implements GroupRestart.Work<ObjectNode> {
    /** A boot or a restart. */
    private interface Boot {
        Subhosts.Booted done() throws RefusedException;
    }

    @Override
    public void along(Edge edge) {
        // its outcome tells
    }

    @Override
    public Optional<ObjectNode> stop(String name) {
        try {
            door.stop(name, how, progress.of(name));
            return Optional.empty();
        } catch (RefusedException refused) {
            return Optional.of(Outcomes.failed(name, refused.getMessage(), subjects.error(name, refused)));
        }
    }

    @Override
    public GroupRestart.Result<ObjectNode> restart(String name) {
        ObjectNode outcome = booted(name, () -> door.restart(name, how, progress.of(name)));
        return new GroupRestart.Result<>(!outcome.get("result").asText().equals("failed"), outcome);
    }

    @Override
    public ObjectNode boot(String name, Path file) {
        return booted(name, () -> door.boot(file, Subhosts.BootWish.DEFAULT, progress.of(name)));
    }

    private ObjectNode booted(String name, Boot boot) {
        return progress.about(name, () -> {
            try {
                String reason = boot.done().subhost().reason();
                return reason.isEmpty() ? Outcomes.of(name, "done") : Outcomes.of(name, "degraded", reason);
            } catch (RefusedException refused) {
                return Outcomes.failed(name, refused.getMessage(), subjects.error(name, refused));
            }
        });
    }

    @Override
    public ObjectNode stays(Edge edge) {
        return Outcomes.of(edge.from(), "kept", "it is stopped and stays so: it requires " + edge.to());
    }

    @Override
    public ObjectNode staysFor(String name, String other) {
        return Outcomes.of(name, "kept", "it is stopped and stays so: " + other + " could not be stopped");
    }

    @Override
    public ObjectNode spared(String name, String other) {
        return Outcomes.of(name, "kept", "it was not restarted: " + other + ", which requires it, could not be stopped");
    }
}
