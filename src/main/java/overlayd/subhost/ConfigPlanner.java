package overlayd.subhost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import overlayd.config.CommandRunner;
import overlayd.config.ConfigFile;
import overlayd.config.ConfigKey;
import overlayd.config.ConfigReader;
import overlayd.config.FileTrust;
import overlayd.config.HostDefaults;
import overlayd.config.Position;
import overlayd.config.Problem;
import overlayd.config.Reading;
import overlayd.config.Readings;
import overlayd.config.Rule;
import overlayd.config.Security;
import overlayd.config.Severity;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Seccomp;
import overlayd.plan.HostFacts;
import overlayd.plan.PathFacts;
import overlayd.plan.Planner;

/** From a file's path to a plan: reads the file, then the host's facts, then plans. */
final class ConfigPlanner {
    private final HostFactsReader factsReader;
    private final HostDefaults defaults;
    private final Seccomp seccomp;
    private final Readings known;

    ConfigPlanner(HostFactsReader factsReader, HostDefaults defaults, Seccomp seccomp) {
        this.factsReader = factsReader;
        this.defaults = defaults;
        this.seccomp = seccomp;
        this.known = new Readings(Strictness.BOOT, defaults);
    }

    /** Plans without running a command of the configuration; what its values would be is left open. */
    Subhosts.Planning plan(Path file, Strictness strictness) throws KernelException {
        return plan(file, new How(ConfigReader.showing(strictness, defaults), strictness, Optional.empty()));
    }

    /** Plans with the values that {@code commands} computes; what they mounted is seen in {@code mounts}. */
    Subhosts.Planning plan(Path file, CommandRunner commands, PrivateMounts mounts) throws KernelException {
        return plan(file, new How(ConfigReader.running(defaults, commands), Strictness.BOOT, Optional.of(mounts)));
    }

    private record How(ConfigReader reader, Strictness strictness, Optional<PrivateMounts> mounts) {
        Optional<Fd> made() {
            return mounts.flatMap(PrivateMounts::made);
        }
    }

    private Subhosts.Planning plan(Path file, How how) throws KernelException {
        Reading reading;
        FileTrust trust;
        try {
            if (!Files.isRegularFile(file)) {
                return unreadable(file, Files.exists(file) ? "is no regular file" : "does not exist");
            }
            ConfigFile opened = ConfigFile.open(file);
            trust = opened.trust();
            reading = read(opened, how);
        } catch (IOException refused) {
            return unreadable(file, "cannot be read: " + refused.getMessage());
        }
        if (reading.config().isEmpty()) {
            return new Subhosts.Planning(Optional.empty(), reading.problems(), Optional.empty());
        }
        SubhostConfig config = reading.config().get();
        HostFacts facts = factsReader.read(config, how.made());
        Planner.Outcome outcome = Planner.plan(config, facts, Planner.Printed.NOTHING);
        List<Problem> problems = new ArrayList<>(reading.problems());
        trust.contentBreach().ifPresent(breach -> problems.add(new Problem(file, 1, 1, Severity.ERROR, Rule.UNTRUSTED_FILE.id(),
                "root boots only what root alone has written: " + breach.message(), breach.remedy())));
        if (facts.of(config.root().upper()).kind() == PathFacts.Kind.EXECUTABLE) {
            trust.upperProgramRefused(config).ifPresent(problems::add);
        }
        if (config.root().lowers().stream().anyMatch(lower -> facts.of(lower).image().isPresent())) {
            trust.imageRefused(config).ifPresent(problems::add);
        }
        outcome.problems().forEach(problem -> problems.add(how.strictness() == Strictness.CHECK ? problem.asError() : problem));
        filter(config).ifPresent(problems::add);
        boolean refused = problems.stream().anyMatch(Problem::isError);
        return new Subhosts.Planning(reading.config(), problems, refused ? Optional.empty() : outcome.plan());
    }

    private Reading read(ConfigFile file, How how) {
        if (how.strictness() != Strictness.BOOT) {
            return how.reader().read(file);
        }
        Reading shown = known.of(file);
        return how.mounts().isEmpty() || shown.hasErrors() || shown.commands().isEmpty() ? shown : how.reader().read(file);
    }

    /** A filter that cannot be made is told before anything is done, and is never left out in silence. */
    private Optional<Problem> filter(SubhostConfig config) {
        Position at = config.at(ConfigKey.SECCOMP);
        Optional<String> unknown = Stream.concat(config.security().allowed().stream(), config.security().denied().stream()).sorted()
                .filter(call -> !seccomp.knows(call)).findFirst();
        if (unknown.isPresent()) {
            return unknown.map(call -> new Problem(config.file(), at.line(), at.column(), Severity.ERROR, Rule.SECCOMP_SYNTAX.id(),
                    "libseccomp knows no system call " + call, "see syscalls(2)"));
        }
        if (config.security().filter() == Security.Filter.OFF || seccomp.available()) {
            return Optional.empty();
        }
        return Optional.of(new Problem(config.file(), at.line(), at.column(), Severity.ERROR, Rule.SECCOMP_LIBRARY.id(),
                "the filter of system calls cannot be made: libseccomp is not installed",
                "apt-get install libseccomp2 and start overlayd again; or, with less protection of the host, SECCOMP=no or PROFILE=compat"));
    }

    /** Plans anew what was planned without what programs of the configuration print. */
    Planner.Outcome again(SubhostConfig config, Optional<Fd> mounts, Planner.Printed printed, Path upper) throws KernelException {
        SubhostConfig resolved = with(upper, config);
        return Planner.plan(resolved, factsReader.readForLane(resolved, mounts), printed);
    }

    /** The same configuration with the directory that a program has printed. */
    static SubhostConfig with(Path upper, SubhostConfig config) {
        return new SubhostConfig(config.file(), config.name(), config.base(),
                config.root().withUpper(upper), config.cables(), config.boot(), config.hooks(),
                config.shares(), config.log(), config.timeouts(), config.security(), config.upkeep(), config.addressing(), config.origin());
    }

    /** The file is another subhost's by now. */
    static List<Problem> renamed(Path file, String name) {
        return List.of(new Problem(file, 1, 1, Severity.ERROR, "name-changed", "the file is no longer that of " + name,
                "stop " + name + ", then boot the file"));
    }

    private static Subhosts.Planning unreadable(Path file, String why) {
        return new Subhosts.Planning(Optional.empty(), List.of(new Problem(file, 1, 1, Severity.ERROR, "file-unreadable",
                "the configuration file " + why, "name an existing file, or make one: overlay new")), Optional.empty());
    }
}
