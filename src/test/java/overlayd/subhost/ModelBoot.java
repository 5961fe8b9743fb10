package overlayd.subhost;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import overlayd.config.ConfigFile;
import overlayd.config.ConfigReader;
import overlayd.config.HostDefaults;
import overlayd.config.IdRange;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;
import overlayd.config.Subnet;
import overlayd.image.Content;
import overlayd.kernel.Fd;
import overlayd.plan.BootPlan;
import overlayd.plan.HostFacts;
import overlayd.plan.InitSystem;
import overlayd.plan.NetworkFacts;
import overlayd.plan.PathFacts;
import overlayd.plan.Planner;

/** A boot on a {@link ModelHost}: what is asked for, what is known of the host, and what that leads to. */
record ModelBoot(SubhostConfig config, HostFacts facts, BootPlan plan) {
    /** A directory of LOWER that is said to have checkpoints inside where {@link Layers} says so. */
    private static final Path LOWER = Path.of("/usr");

    /** Whether checkpoints of UPPER lie inside of LOWER. */
    enum Layers { APART, INSIDE }

    static ModelBoot of(ModelHost host, String... lines) {
        return of(host, Layers.APART, lines);
    }

    static ModelBoot of(ModelHost host, Layers layers, String... lines) {
        String text = String.join("\n", lines) + "\nBASE=" + host.base + "\nLOG=" + host.runtime + "/log/web.log\n"
                + (List.of(lines).stream().anyMatch(line -> line.startsWith("LOWER=")) ? "" : "LOWER=" + LOWER + "\n");
        SubhostConfig config = ConfigReader.showing(Strictness.BOOT, HostDefaults.NONE).read(ConfigFile.trusted(Path.of("/etc/web.conf"), text))
                .config().orElseThrow();
        HostFacts facts = facts(host, layers);
        Planner.Outcome outcome = Planner.plan(config, facts, Planner.Printed.NOTHING);
        return new ModelBoot(config, facts, outcome.plan().orElseThrow(() -> new IllegalStateException(outcome.problems().toString())));
    }

    /** As {@link ConfigPlanner#again}. */
    Planner.Outcome again(SubhostConfig asked, Optional<Fd> mounts, Planner.Printed printed, Path upper) {
        return Planner.plan(ConfigPlanner.with(upper, asked), facts, printed);
    }

    private static HostFacts facts(ModelHost host, Layers layers) {
        String group = "overlayd-id/web";
        NetworkFacts.Auto auto = new NetworkFacts.Auto("br0", List.of(Subnet.parse("10.0.3.7/24").orElseThrow()),
                List.of(Subnet.parse("10.0.3.1/24").orElseThrow()));
        return new HostFacts(paths(host), Map.of("br0", new HostFacts.Link(true, "")), Set.of(), List.of(), Map.of(), Map.of(),
                HostFacts.Trust.SOUND, Path.of("/usr/lib/reaper"), "host", "", group, Optional.of(group), true,
                new HostFacts.Resources(Set.of("memory", "cpu", "pids", "io"), Map.of(), 1L << 30, 2),
                new HostFacts.Ids(Optional.of(new IdRange(0x7000_0000L, IdRange.LEAST)), List.of()), true, Optional.of(InitSystem.OTHER),
                new NetworkFacts(Map.of("eth0", auto), Map.of(), Map.of(), NetworkFacts.Forwarding.ON, Optional.empty()), Map.of(), Map.of(),
                layers == Layers.APART ? HostFacts.Generations.NONE : new HostFacts.Generations(List.of(), Set.of(LOWER), Optional.empty()));
    }

    private static Map<Path, PathFacts> paths(ModelHost host) {
        Map<Path, PathFacts> paths = new HashMap<>();
        for (Path path : List.of(host.base, host.base.resolve("live"), host.base.resolve("root"), host.base.resolve("work"), LOWER)) {
            paths.put(path, fact(PathFacts.Kind.DIRECTORY, paths.size()));
        }
        paths.put(host.base.resolve("setup"), fact(PathFacts.Kind.EXECUTABLE, paths.size()));
        paths.put(Path.of("/srv/base.img"), fact(PathFacts.Kind.FILE, paths.size()).with(new Content.FileSystem("squashfs")));
        return paths;
    }

    private static PathFacts fact(PathFacts.Kind kind, long inode) {
        return new PathFacts(kind, 1, inode + 1, 0, 0755, 7, "ext4", true, 0);
    }
}
