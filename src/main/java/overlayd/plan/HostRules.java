package overlayd.plan;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import overlayd.config.Capability;
import overlayd.config.ConfigKey;
import overlayd.config.Position;
import overlayd.config.Problem;
import overlayd.config.Security;
import overlayd.config.SubhostConfig;

/** Holds a configuration against the host: every rule of {@link HostRule}, all problems at once. What belongs together is in one class. */
final class HostRules {
    private static final Set<String> MOUNTABLE = Stream.of(HostRule.LOWER_NOT_THERE, HostRule.UPPER_NOT_THERE, HostRule.WORK_NOT_THERE,
            HostRule.UPPER_WORK_MOUNTS).map(HostRule::id).collect(Collectors.toUnmodifiableSet());

    private final SubhostConfig config;
    private final HostFacts facts;
    private final Findings found;

    private HostRules(SubhostConfig config, HostFacts facts, Findings found) {
        this.config = config;
        this.facts = facts;
        this.found = found;
    }

    static List<Problem> check(SubhostConfig config, HostFacts facts) {
        Findings found = new Findings(config);
        HostRules rules = new HostRules(config, facts, found);
        DirectoryRules directories = new DirectoryRules(config, facts, found);
        directories.check();
        rules.names();
        rules.ids();
        new CableRules(config, facts, found).check();
        rules.nodes();
        new AddressRules(config, facts.network(), found).check();
        rules.trust();
        directories.holes();
        new InitRules(config, facts, found).check();
        LimitRules.check(config, facts.resources(), found);
        ProfileRules.check(config, facts, found);
        return found.all().stream().filter(rules::known).toList();
    }

    /**
     * A value that a command would have computed is not known here: what its stand-in breaks is no problem of the file. Nor is what is not
     * there yet: the command may mount it.
     */
    private boolean known(Problem problem) {
        if (!config.isComplete() && MOUNTABLE.contains(problem.rule())) {
            return false;
        }
        return config.origin().notRun().stream().noneMatch(command -> command.at().line() == problem.line());
    }

    private void names() {
        if (facts.netns().contains(config.name())) {
            found.add(HostRule.NETNS_TAKEN, ConfigKey.NAME, "a network namespace " + config.name() + " exists already",
                    "choose another NAME, or remove it: ip netns delete " + config.name());
        }
    }

    private void ids() {
        if (!config.security().userns().wanted()) {
            return;
        }
        if (facts.ids().range().isEmpty()) {
            found.add(HostRule.IDS_NONE_FREE, ConfigKey.USERNS, "no 65536 ids are free", "stop a subhost, or name a range: USERNS=START:65536");
        }
        facts.ids().users().forEach(user -> found.add(HostRule.IDS_IN_USE, ConfigKey.USERNS, "ids " + facts.ids().range().map(Object::toString).orElse("")
                + " are not free: " + user, "write USERNS=auto, or name others"));
    }

    private void nodes() {
        Security security = config.security();
        boolean limitable = facts.deviceControl() && facts.cgroup().isPresent();
        if (!limitable && security.profile() == Security.Profile.DEFAULT && security.added().contains(Capability.MKNOD)) {
            found.add(HostRule.DEVICES_UNLIMITED, ConfigKey.CAPS, "CAPS=+mknod would give the subhost the host's disks: neither a devices controller nor"
                    + " cgroup2 is here to limit it", "mount cgroup2, or name the devices it needs in DEVICES instead of +mknod");
        }
    }

    private void trust() {
        facts.trust().programs().forEach((program, breach) -> found.add(HostRule.PROGRAM_UNTRUSTED, Position.START,
                Quoted.path(program) + " would be run as root, but " + breach.message(), breach.remedy()));
        facts.trust().kept().ifPresent(kept -> found.add(HostRule.KEPT_BY_SUBHOST, Position.START, Quoted.path(kept.file())
                + " lies in the files of subhost " + kept.subhost() + ", whose root can change it", "move it out of UPPER, and out of what is shared with it"));
        if (facts.trust().upperOpen()) {
            found.add(HostRule.UPPER_REACHABLE, ConfigKey.UPPER, "every user of the host can reach UPPER, and run setuid programs that the subhost's"
                    + " root puts there", "chmod 700 " + Quoted.path(config.base()));
        }
    }
}
