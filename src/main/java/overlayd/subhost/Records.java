package overlayd.subhost;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.plan.BootPlan;
import overlayd.plan.MountStep;
import overlayd.state.Asked;
import overlayd.state.Course;
import overlayd.state.Life;
import overlayd.state.OnHost;
import overlayd.state.RootDirectories;
import overlayd.state.SubhostRecord;
import overlayd.state.Upkeep;
import overlayd.state.Waits;

/** Makes the record of a subhost that begins to boot. */
final class Records {
    private Records() {
    }

    static SubhostRecord starting(BootPlan plan, String bootId) {
        BootPlan.Subject subject = plan.subject();
        Asked asked = new Asked(ByteText.of(plan.file()), ByteText.of(subject.log()), subject.services(), subject.startSeconds(), subject.stopSeconds(),
                plan.init().confinement().settings());
        RootDirectories root = new RootDirectories(subject.rootKind(), texts(subject.lowerdirs()), ByteText.of(subject.upperdir()),
                ByteText.of(subject.workdir()), ByteText.of(subject.live()));
        OnHost onHost = new OnHost(subject.hostEnds(), subject.macs(), writes(plan));
        return new SubhostRecord(plan.name(), bootId, asked, root, onHost, Life.BEGINNING, upkeep(plan));
    }

    /** The same, with who boots it again, and how many boots in a row nobody asked for. */
    static SubhostRecord starting(BootPlan plan, String bootId, Subhosts.Keeper keeper, int count) {
        Upkeep upkeep = keeper == Subhosts.Keeper.UNIT ? upkeep(plan).keptByOthers() : upkeep(plan);
        return starting(plan, bootId).with(upkeep.after(count));
    }

    private static Upkeep upkeep(BootPlan plan) {
        BootPlan.Upkeep upkeep = plan.subject().upkeep();
        return new Upkeep(upkeep.restart().word(), upkeep.limits(), Optional.empty(), 0, 0, Waits.of(upkeep.relations()), Course.NONE);
    }

    private static List<String> writes(BootPlan plan) {
        return plan.inNamespaces().stream().filter(MountStep.BindShare.class::isInstance).map(MountStep.BindShare.class::cast)
                .filter(share -> share.access() == MountStep.BindShare.Access.READ_WRITE).map(share -> ByteText.of(share.source())).toList();
    }

    private static List<String> texts(Collection<Path> paths) {
        return paths.stream().map(ByteText::of).toList();
    }
}
