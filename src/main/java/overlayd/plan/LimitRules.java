package overlayd.plan;

import java.nio.file.Path;
import java.util.OptionalLong;
import overlayd.config.ConfigKey;
import overlayd.config.Limits;
import overlayd.config.RamSize;
import overlayd.config.SubhostConfig;

/** MEMORY, CPUS, PIDS and IO against the host: what each becomes, and which this host cannot keep. */
final class LimitRules {
    private final SubhostConfig config;
    private final HostFacts.Resources resources;
    private final Findings found;

    private LimitRules(SubhostConfig config, HostFacts.Resources resources, Findings found) {
        this.config = config;
        this.resources = resources;
        this.found = found;
    }

    static void check(SubhostConfig config, HostFacts.Resources resources, Findings found) {
        LimitRules rules = new LimitRules(config, resources, found);
        Limits limits = config.upkeep().limits();
        rules.controller(ConfigKey.MEMORY, !(limits.memory() instanceof RamSize.None), "memory");
        rules.controller(ConfigKey.CPUS, limits.cpuPercents().isPresent(), "cpu");
        rules.controller(ConfigKey.PIDS, rules.pidsAsked(), "pids");
        rules.controller(ConfigKey.IO, !limits.io().isEmpty(), "io");
        limits.io().forEach(rules::disk);
        rules.processors();
    }

    /** The limits as this host will be told. PIDS by default is left out where nothing could keep it. */
    static Allowance allowance(SubhostConfig config, HostFacts.Resources resources) {
        Limits limits = config.upkeep().limits();
        boolean pids = resources.controllers().contains("pids");
        return new Allowance(memory(limits.memory(), resources), limits.cpuPercents(), pids ? limits.pids() : OptionalLong.empty(),
                limits.io().stream().map(rate -> new Allowance.Disk(resources.disks().getOrDefault(path(config, rate), ""),
                        rate.bytesPerSecond())).toList());
    }

    private static OptionalLong memory(RamSize size, HostFacts.Resources resources) {
        if (size instanceof RamSize.Percent percent) {
            return OptionalLong.of(resources.memoryBytes() * percent.percent() / 100);
        }
        return size instanceof RamSize.Bytes bytes ? OptionalLong.of(bytes.bytes()) : OptionalLong.empty();
    }

    /** The path whose disk a rate is for. */
    static Path path(SubhostConfig config, Limits.Rate rate) {
        return rate.disk().orElse(config.root().upper());
    }

    private boolean pidsAsked() {
        OptionalLong pids = config.upkeep().limits().pids();
        return pids.isPresent() && (config.sets(ConfigKey.PIDS) || pids.getAsLong() != Limits.PIDS_BY_DEFAULT);
    }

    private void controller(ConfigKey key, boolean asked, String controller) {
        if (asked && !resources.controllers().contains(controller)) {
            found.add(HostRule.LIMIT_NO_CONTROLLER, config.at(key), key + " cannot be kept: this host has no " + controller + " controller",
                    "mount it (cgroup v1: " + (controller.equals("io") ? "blkio" : controller) + "), or start the kernel without "
                            + "cgroup_disable=" + controller + "; or take " + key + " out");
        }
    }

    private void disk(Limits.Rate rate) {
        Path path = path(config, rate);
        if (!resources.disks().containsKey(path)) {
            found.add(HostRule.LIMIT_NO_DISK, rate.at(), "IO has no disk for " + Quoted.path(path) + ": it is absent, or its file system lies on none",
                    "name the disk: IO=/dev/sda=20M (lsblk shows them)");
        }
    }

    private void processors() {
        int percents = config.upkeep().limits().cpuPercents().orElse(0);
        if (percents > 100 * resources.processors()) {
            found.add(HostRule.LIMIT_ABOVE_HOST, config.at(ConfigKey.CPUS), "CPUS is more than this host's " + resources.processors()
                    + " processors", "it limits nothing; lower it, or take it out");
        }
    }
}
