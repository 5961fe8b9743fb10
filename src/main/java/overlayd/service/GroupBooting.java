package overlayd.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import overlayd.config.Problem;
import overlayd.failure.RefusedException;
import overlayd.group.BootSet;
import overlayd.group.GroupBoot;
import overlayd.group.GroupRefusal;
import overlayd.order.Edge;
import overlayd.report.Documents;
import overlayd.subhost.Subhosts;
import overlayd.varlink.SubhostError;
import overlayd.varlink.VarlinkError;

/** The boots of a set, each told as an Outcome of org.overlayd.Group. */
record GroupBooting(WireBoot booting, WireBoot.Wish wish, WireSubjects subjects, GroupProgress progress) implements GroupBoot.Work<ObjectNode> {
    @Override
    public GroupBoot.Result<ObjectNode> boot(BootSet.Member member) {
        String name = member.name();
        progress.started(name);
        GroupBoot.Result<ObjectNode> result = carryOut(member);
        progress.finished(name);
        return result;
    }

    private GroupBoot.Result<ObjectNode> carryOut(BootSet.Member member) {
        String name = member.name();
        try {
            Subhosts.Booted booted = booting.boot(member.file(), wish, progress.of(name));
            String reason = booted.subhost().reason();
            return reason.isEmpty() ? new GroupBoot.Result<>(GroupBoot.End.READY, "", Outcomes.of(name, "done"))
                    : new GroupBoot.Result<>(GroupBoot.End.NOT_READY, "is degraded: " + reason, Outcomes.of(name, "degraded", reason));
        } catch (RefusedException refused) {
            return switch (refused.kind()) {
                case EXISTS -> new GroupBoot.Result<>(GroupBoot.End.EXISTS, GroupRefusal.why(refused), Outcomes.of(name, "already"));
                case CONFIG -> failed(GroupBoot.End.MISCONFIGURED, name, refused);
                case STEP, UNKNOWN, BUSY, NOT_RUNNING, CANCELLED -> failed(GroupBoot.End.NOT_READY, name, refused);
            };
        } catch (VarlinkError refused) {
            return new GroupBoot.Result<>(GroupBoot.End.NOT_READY, "failed: its directories cannot be made",
                    Outcomes.failed(name, "its directories cannot be made", refused));
        }
    }

    private GroupBoot.Result<ObjectNode> failed(GroupBoot.End end, String name, RefusedException refused) {
        return new GroupBoot.Result<>(end, GroupRefusal.why(refused), Outcomes.failed(name, refused.getMessage(), subjects.error(name, refused)));
    }

    @Override
    public ObjectNode refused(BootSet.Member member, List<Problem> problems) {
        return Outcomes.failed(member.name(), problems.get(0).message(), SubhostError.configInvalid(Documents.problems(problems)));
    }

    @Override
    public ObjectNode left(Edge edge, GroupBoot.Result<ObjectNode> required) {
        return Outcomes.of(edge.from(), "kept", "it requires " + edge.to() + ", which " + required.why());
    }

    @Override
    public ObjectNode runs(BootSet.Member member) {
        return Outcomes.of(member.name(), "already");
    }
}
