package overlayd.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import overlayd.config.ByteText;
import overlayd.config.ConfigFile;
import overlayd.config.ConfigKey;
import overlayd.config.ConfigReader;
import overlayd.config.HostDefaults;
import overlayd.config.Problem;
import overlayd.config.Reading;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;

/**
 * Limits that a running subhost is to have from now on, read and checked as a configuration file is.
 *
 * @param keys those that are set; {@code none} lifts a limit
 * @param allowance what they come to on this host, as far as {@code keys} says
 * @param problems every one; nothing may be done when one is an error
 */
public record LimitWish(Set<ConfigKey> keys, Allowance allowance, List<Problem> problems) {
    /** The keys that can be changed while a subhost runs. */
    public static final Set<ConfigKey> KEYS = EnumSet.of(ConfigKey.MEMORY, ConfigKey.CPUS, ConfigKey.PIDS, ConfigKey.IO);

    public LimitWish {
        keys = Set.copyOf(keys);
        problems = List.copyOf(problems);
    }

    /** Whether it can be carried out. */
    public boolean isSound() {
        return problems.stream().noneMatch(Problem::isError);
    }

    /** The key of {@code KEY=value}; empty when it is none of {@link #KEYS}, or no such line. */
    public static Optional<ConfigKey> key(String assignment) {
        int equals = assignment.indexOf('=');
        return equals < 1 || assignment.indexOf('\n') >= 0 || assignment.startsWith("!", equals + 1) ? Optional.empty()
                : ConfigKey.named(assignment.substring(0, equals)).filter(KEYS::contains);
    }

    /**
     * Reads assignments.
     *
     * @param assignments each with a {@link #key}
     * @param upper whose disk IO means where it names none
     * @param resources reads what this host has, for a configuration with these limits
     */
    public static LimitWish of(List<String> assignments, Path upper, Function<SubhostConfig, HostFacts.Resources> resources) {
        String text = "BASE=/\nUPPER='" + ByteText.of(upper) + "'\n" + String.join("\n", assignments) + "\n";
        Reading reading = ConfigReader.showing(Strictness.BOOT, HostDefaults.NONE).read(ConfigFile.trusted(Path.of("/set"), text));
        // Its warnings are about the lines around the limits, which nobody wrote.
        List<Problem> problems = new ArrayList<>(reading.problems().stream().filter(Problem::isError).toList());
        if (reading.config().isEmpty()) {
            return new LimitWish(Set.of(), Allowance.UNLIMITED, problems);
        }
        SubhostConfig config = reading.config().get();
        HostFacts.Resources host = resources.apply(config);
        Findings found = new Findings(config);
        LimitRules.check(config, host, found);
        problems.addAll(found.all());
        Set<ConfigKey> keys = EnumSet.noneOf(ConfigKey.class);
        Arrays.stream(ConfigKey.values()).filter(KEYS::contains).filter(config::sets).forEach(keys::add);
        Allowance all = LimitRules.allowance(config, host);
        return new LimitWish(keys, new Allowance(keys.contains(ConfigKey.MEMORY) ? all.memoryBytes() : OptionalLong.empty(),
                keys.contains(ConfigKey.CPUS) ? all.cpuPercents() : OptionalInt.empty(),
                keys.contains(ConfigKey.PIDS) ? all.pids() : OptionalLong.empty(), keys.contains(ConfigKey.IO) ? all.disks() : List.of()), problems);
    }
}
