package overlayd.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.config.IdRange;
import overlayd.config.Root;
import overlayd.config.RootKind;
import overlayd.config.Security;
import overlayd.config.SubhostConfig;
import overlayd.image.Content;

/** The steps that mount the root itself: images, layers with other ids, the layer that hides secrets, the overlay or the bind. */
final class RootSteps {
    private final SubhostConfig config;
    private final HostFacts facts;
    private final Optional<IdRange> ids;

    /** @param ids of USERNS */
    RootSteps(SubhostConfig config, HostFacts facts, Optional<IdRange> ids) {
        this.config = config;
        this.facts = facts;
        this.ids = ids;
    }

    /** Whether there is a layer that hides secrets. */
    static boolean hidesSecrets(SubhostConfig config) {
        return config.root().kind() == RootKind.OVERLAY && config.security().secrets() == Security.Secrets.HIDDEN;
    }

    void addTo(List<MountStep> steps) {
        Path live = config.root().live();
        List<Path> lowers = lowers(steps);
        int own = facts.generations().directories().size();
        lowers.addAll(0, facts.generations().directories());
        Path upper = config.root().upper();
        Path work = config.root().work();
        if (config.root().kind() == RootKind.OVERLAY && ids.isPresent()) {
            RootStep.MapLayers mapped = mapped(ids.get(), lowers);
            steps.add(mapped);
            lowers = mapped.lowers();
            upper = mapped.upper().orElse(upper);
            work = mapped.work().orElse(work);
        }
        cover(steps, lowers.subList(own, lowers.size()));
        if (hidesSecrets(config)) {
            // What the subhost has of its own is no secret of the host's.
            RootStep.HideSecrets secrets = new RootStep.HideSecrets(lowers.subList(own, lowers.size()), live);
            steps.add(secrets);
            lowers.add(own, secrets.layer());
        }
        steps.add(config.root().kind() == RootKind.OVERLAY
                ? new RootStep.MountOverlay(lowers, upper, work, live, OverlayOptions.of(config))
                : new RootStep.BindRoot(config.root().kind() == RootKind.BIND ? config.root().upper() : live, live));
    }

    /** A directory of LOWER that a generation lies inside of cannot be a lowerdir beside it. */
    private void cover(List<MountStep> steps, List<Path> lowers) {
        for (int i = 0; i < lowers.size(); i++) {
            if (facts.generations().around().contains(config.root().lowers().get(i))) {
                RootStep.CoverLower covered = new RootStep.CoverLower(lowers.get(i), config.root().live(), config.root().live().resolve(".below-" + i));
                steps.add(covered);
                lowers.set(i, covered.root());
            }
        }
    }

    /** What is thrown away is made with the subhost's ids, and needs no mapping. */
    private RootStep.MapLayers mapped(IdRange range, List<Path> lowers) {
        Optional<Root> kept = Optional.of(config.root()).filter(root -> root.throwAway().isEmpty());
        return new RootStep.MapLayers(range, lowers, kept.map(Root::upper), kept.map(Root::work), config.root().live());
    }

    /** Directories to be lowerdirs, after the steps that mount the image files among them. */
    private List<Path> lowers(List<MountStep> steps) {
        List<Path> lowers = new ArrayList<>();
        for (Path lower : config.root().lowers()) {
            if (facts.of(lower).image().orElse(null) instanceof Content.FileSystem image) {
                Path place = config.root().live().resolve(".image-" + lowers.size());
                steps.add(new RootStep.MountImage(lower, image.type(), config.root().live(), place));
                lowers.add(place);
            } else {
                lowers.add(lower);
            }
        }
        return lowers;
    }
}
