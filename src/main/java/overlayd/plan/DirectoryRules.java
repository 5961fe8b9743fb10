package overlayd.plan;

import java.nio.file.Path;
import overlayd.config.ByteText;
import overlayd.config.ConfigKey;
import overlayd.config.RootKind;
import overlayd.config.SubhostConfig;
import overlayd.image.Content;

/** Holds BASE, LIVE, LOWER, UPPER and WORK against what lies there. */
final class DirectoryRules {
    private static final int MAX_STACK_DEPTH = 2;
    private static final int OTHERS_WRITE = 0022;

    private final SubhostConfig config;
    private final HostFacts facts;
    private final Findings found;

    DirectoryRules(SubhostConfig config, HostFacts facts, Findings found) {
        this.config = config;
        this.facts = facts;
        this.found = found;
    }

    void check() {
        directories();
        if (config.root().kind() == RootKind.OVERLAY) {
            overlay();
        }
    }

    private void directories() {
        directory(HostRule.BASE_NOT_THERE, ConfigKey.BASE, config.base());
        directory(HostRule.LIVE_NOT_THERE, ConfigKey.LIVE, config.root().live());
        config.root().lowers().forEach(this::lower);
        if (config.root().throwAway().isPresent()) {
            return;
        }
        if (config.root().kind() != RootKind.PREMOUNTED) {
            directory(HostRule.UPPER_NOT_THERE, ConfigKey.UPPER, config.root().upper());
        }
        if (config.root().kind() == RootKind.OVERLAY) {
            directory(HostRule.WORK_NOT_THERE, ConfigKey.WORK, config.root().work());
        }
    }

    private void lower(Path path) {
        PathFacts there = facts.of(path);
        if (there.image().isEmpty() || config.root().kind() != RootKind.OVERLAY) {
            directory(HostRule.LOWER_NOT_THERE, ConfigKey.LOWER, path);
            return;
        }
        if (there.image().get() instanceof Content.Unusable unusable) {
            found.add(HostRule.IMAGE_UNUSABLE, ConfigKey.LOWER, "LOWER " + Quoted.path(path) + " " + unusable.what(),
                    unusable.remedy().replace("FILE", ByteText.of(path)));
        }
        if (there.uid() != 0 || (there.mode() & OTHERS_WRITE) != 0) {
            found.add(HostRule.IMAGE_WRITABLE, ConfigKey.LOWER, "LOWER " + Quoted.path(path) + " may be written by others than root (uid " + there.uid()
                    + ", mode " + Integer.toOctalString(there.mode()) + "), and the kernel trusts what is in it",
                    "chown root " + Quoted.path(path) + " && chmod go-w " + Quoted.path(path));
        }
    }

    private void directory(HostRule rule, ConfigKey key, Path path) {
        PathFacts there = facts.of(path);
        if (there.kind() == PathFacts.Kind.ABSENT) {
            String remedy = rule == HostRule.LOWER_NOT_THERE ? "correct the path" : "make it: mkdir -p, or overlay-boot --create";
            found.add(rule, key, key + " " + Quoted.path(path) + " does not exist", remedy);
        } else if (!there.isDirectory() && !(key == ConfigKey.UPPER && there.kind() == PathFacts.Kind.EXECUTABLE)) {
            found.add(rule, key, key + " " + Quoted.path(path) + " is no directory", "correct the path");
        }
    }

    private void overlay() {
        stack();
        PathFacts upper = facts.of(config.root().upper());
        PathFacts work = facts.of(config.root().work());
        if (!upper.isDirectory() || !work.isDirectory()) {
            return;
        }
        if (upper.sameAs(work)) {
            found.add(HostRule.UPPER_WORK_SAME, ConfigKey.WORK, "WORK is the same directory as UPPER", "give it a directory of its own beside UPPER");
        } else if (upper.mount() != work.mount() || upper.device() != work.device()) {
            found.add(HostRule.UPPER_WORK_MOUNTS, ConfigKey.WORK, "WORK and UPPER " + Quoted.path(config.root().upper())
                    + " are on different mounts", "put both into one directory tree");
        }
        if (upper.fileSystem().equals("overlay")) {
            found.add(HostRule.UPPER_ON_OVERLAY, ConfigKey.UPPER, "UPPER lies on an overlay, where the kernel mounts no other",
                    "put BASE on ext4, xfs, btrfs or tmpfs");
        }
        if (!upper.writable()) {
            found.add(HostRule.UPPER_READ_ONLY, ConfigKey.UPPER, "UPPER is on a read-only mount", "remount it read-write, or move BASE");
        }
        facts.generations().fault().ifPresent(why -> found.add(HostRule.UPPER_GENERATIONS, ConfigKey.UPPER, "UPPER " + Quoted.path(config.root().upper())
                + " cannot be mounted on its checkpoints: " + why, "say which one it is to lie on: overlay rollback " + config.name()
                + " LABEL, or none: overlay reset " + config.name()));
        for (HostFacts.Neighbour other : facts.subhosts()) {
            neighbour(other, ConfigKey.UPPER, upper);
            neighbour(other, ConfigKey.WORK, work);
        }
    }

    /** An image file is a file system of its own, wherever it lies. */
    private void stack() {
        int deepest = config.root().lowers().stream().map(facts::of).filter(PathFacts::isDirectory).mapToInt(PathFacts::stackDepth).max().orElse(0);
        int ours = facts.generations().around().isEmpty() ? 1 : 2; // LOWER is covered then
        if (deepest + ours > MAX_STACK_DEPTH) {
            found.add(HostRule.STACKING_DEPTH, ConfigKey.LOWER, "LOWER lies on " + deepest + " overlays already; the kernel allows "
                    + MAX_STACK_DEPTH + " in all", "name the lowerdirs of that overlay instead of its mount point");
        }
    }

    private void neighbour(HostFacts.Neighbour other, ConfigKey key, PathFacts mine) {
        if (mine.sameAs(other.upper()) || mine.sameAs(other.work())) {
            found.add(HostRule.UPPER_IN_USE, key, key + " is in use by subhost " + other.name(), "stop that one, or give this one its own");
        }
    }

    /** What is mounted inside of LOWER, and not seen in the overlay. */
    void holes() {
        if (config.root().kind() != RootKind.OVERLAY) {
            return;
        }
        facts.holes().forEach((lower, holes) -> holes.forEach(hole -> found.add(HostRule.HOLE_IN_LOWER, ConfigKey.LOWER,
                Quoted.path(hole) + " is another file system: the subhost sees an empty directory there",
                "SHARE=" + hole + " shows it, SHARE=" + hole + ",ro read-only")));
    }
}
