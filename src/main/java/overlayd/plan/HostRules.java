package overlayd.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import overlayd.config.Cable;
import overlayd.config.Capability;
import overlayd.config.ConfigKey;
import overlayd.config.Init;
import overlayd.config.Position;
import overlayd.config.Problem;
import overlayd.config.RootKind;
import overlayd.config.Security;
import overlayd.config.Services.Service;
import overlayd.config.SubhostConfig;
import overlayd.config.Vlan;
import overlayd.image.Content;
import overlayd.security.Confinement;
import overlayd.unit.Unit;
import overlayd.unit.UnitProblem;

/** Holds a configuration against the host: every rule of {@link HostRule}, all problems at once. */
final class HostRules {
    private static final int MAX_STACK_DEPTH = 2;
    private static final int OTHERS_WRITE = 0022;
    private static final Set<String> MOUNTABLE = Stream.of(HostRule.LOWER_NOT_THERE, HostRule.UPPER_NOT_THERE, HostRule.WORK_NOT_THERE,
            HostRule.UPPER_WORK_MOUNTS).map(HostRule::id).collect(Collectors.toUnmodifiableSet());

    private final SubhostConfig config;
    private final HostFacts facts;
    private final List<Problem> problems = new ArrayList<>();

    private HostRules(SubhostConfig config, HostFacts facts) {
        this.config = config;
        this.facts = facts;
    }

    static List<Problem> check(SubhostConfig config, HostFacts facts) {
        HostRules rules = new HostRules(config, facts);
        rules.directories();
        if (config.root().kind() == RootKind.OVERLAY) {
            rules.overlay();
        }
        rules.names();
        rules.ids();
        config.cables().forEach(rules::cable);
        rules.nodes();
        rules.addresses();
        rules.trust();
        rules.holes();
        rules.init();
        rules.services();
        rules.problems.addAll(LimitRules.check(config, facts.resources()));
        rules.problems.addAll(ProfileRules.check(config, facts));
        return rules.problems.stream().filter(rules::known).toList();
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
        PathFacts found = facts.of(path);
        if (found.image().isEmpty() || config.root().kind() != RootKind.OVERLAY) {
            directory(HostRule.LOWER_NOT_THERE, ConfigKey.LOWER, path);
            return;
        }
        if (found.image().get() instanceof Content.Unusable unusable) {
            add(HostRule.IMAGE_UNUSABLE, ConfigKey.LOWER, "LOWER " + Quoted.path(path) + " " + unusable.what(),
                    unusable.remedy().replace("FILE", overlayd.config.ByteText.of(path)));
        }
        if (found.uid() != 0 || (found.mode() & OTHERS_WRITE) != 0) {
            add(HostRule.IMAGE_WRITABLE, ConfigKey.LOWER, "LOWER " + Quoted.path(path) + " may be written by others than root (uid " + found.uid()
                    + ", mode " + Integer.toOctalString(found.mode()) + "), and the kernel trusts what is in it",
                    "chown root " + Quoted.path(path) + " && chmod go-w " + Quoted.path(path));
        }
    }

    private void directory(HostRule rule, ConfigKey key, Path path) {
        PathFacts found = facts.of(path);
        if (found.kind() == PathFacts.Kind.ABSENT) {
            String remedy = rule == HostRule.LOWER_NOT_THERE ? "correct the path" : "make it: mkdir -p, or overlay-boot --create";
            add(rule, key, key + " " + Quoted.path(path) + " does not exist", remedy);
        } else if (!found.isDirectory() && !(key == ConfigKey.UPPER && found.kind() == PathFacts.Kind.EXECUTABLE)) {
            add(rule, key, key + " " + Quoted.path(path) + " is no directory", "correct the path");
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
            add(HostRule.UPPER_WORK_SAME, ConfigKey.WORK, "WORK is the same directory as UPPER", "give it a directory of its own beside UPPER");
        } else if (upper.mount() != work.mount() || upper.device() != work.device()) {
            add(HostRule.UPPER_WORK_MOUNTS, ConfigKey.WORK, "WORK and UPPER " + Quoted.path(config.root().upper())
                    + " are on different mounts", "put both into one directory tree");
        }
        if (upper.fileSystem().equals("overlay")) {
            add(HostRule.UPPER_ON_OVERLAY, ConfigKey.UPPER, "UPPER lies on an overlay, where the kernel mounts no other",
                    "put BASE on ext4, xfs, btrfs or tmpfs");
        }
        if (!upper.writable()) {
            add(HostRule.UPPER_READ_ONLY, ConfigKey.UPPER, "UPPER is on a read-only mount", "remount it read-write, or move BASE");
        }
        facts.generations().fault().ifPresent(why -> add(HostRule.UPPER_GENERATIONS, ConfigKey.UPPER, "UPPER " + Quoted.path(config.root().upper())
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
            add(HostRule.STACKING_DEPTH, ConfigKey.LOWER, "LOWER lies on " + deepest + " overlays already; the kernel allows "
                    + MAX_STACK_DEPTH + " in all", "name the lowerdirs of that overlay instead of its mount point");
        }
    }

    private void neighbour(HostFacts.Neighbour other, ConfigKey key, PathFacts mine) {
        if (mine.sameAs(other.upper()) || mine.sameAs(other.work())) {
            add(HostRule.UPPER_IN_USE, key, key + " is in use by subhost " + other.name(), "stop that one, or give this one its own");
        }
    }

    private void names() {
        if (facts.netns().contains(config.name())) {
            add(HostRule.NETNS_TAKEN, ConfigKey.NAME, "a network namespace " + config.name() + " exists already",
                    "choose another NAME, or remove it: ip netns delete " + config.name());
        }
    }

    private void ids() {
        if (!config.security().userns().wanted()) {
            return;
        }
        if (facts.ids().range().isEmpty()) {
            add(HostRule.IDS_NONE_FREE, ConfigKey.USERNS, "no 65536 ids are free", "stop a subhost, or name a range: USERNS=START:65536");
        }
        facts.ids().users().forEach(user -> add(HostRule.IDS_IN_USE, ConfigKey.USERNS, "ids " + facts.ids().range().map(Object::toString).orElse("")
                + " are not free: " + user, "write USERNS=auto, or name others"));
    }

    private void cable(Cable cable) {
        String hostEnd = config.hostEnd(cable.index());
        taken(hostEnd, cable.bridgeAt());
        cable.bridge().ifPresent(bridge -> bridge(bridge, cable.bridgeAt()));
        cable.mac().ifPresent(mac -> mac(mac.toString(), cable.bridgeAt()));
        for (Vlan vlan : cable.vlans()) {
            taken(hostEnd + "." + vlan.tag(), vlan.bridgeAt());
            vlan.bridge().ifPresent(bridge -> bridge(bridge, vlan.bridgeAt()));
        }
    }

    private void taken(String link, Position at) {
        if (facts.links().containsKey(link)) {
            add(HostRule.INTERFACE_TAKEN, at, "the host has an interface " + link + " already",
                    "choose another NAME, or remove it: ip link delete " + link);
        }
    }

    private void bridge(String bridge, Position at) {
        HostFacts.Link link = facts.links().get(bridge);
        if (link == null) {
            String likely = facts.links().entrySet().stream().filter(e -> e.getValue().bridge()).map(java.util.Map.Entry::getKey).sorted()
                    .reduce((a, b) -> a + ", " + b).map(all -> "; bridges of this host: " + all).orElse("");
            add(HostRule.BRIDGE_NOT_THERE, at, "bridge " + bridge + " does not exist" + likely,
                    "make it: overlay net create " + bridge + " 10.0.3.1/24 --nat, or without addresses: ip link add " + bridge
                            + " type bridge && ip link set " + bridge + " up");
        } else if (!link.bridge()) {
            add(HostRule.BRIDGE_NO_BRIDGE, at, bridge + " is no bridge", "name a bridge (ip link show type bridge)");
        }
    }

    private void mac(String mac, Position at) {
        Optional<String> user = facts.subhosts().stream().filter(other -> other.macs().contains(mac)).map(other -> "subhost " + other.name())
                .findFirst().or(() -> facts.links().entrySet().stream().filter(e -> e.getValue().mac().equals(mac))
                        .map(e -> "interface " + e.getKey()).findFirst());
        user.ifPresent(who -> add(HostRule.MAC_IN_USE, at, "MAC address " + mac + " is in use by " + who, "choose another"));
    }

    private void nodes() {
        Security security = config.security();
        boolean limitable = facts.deviceControl() && facts.cgroup().isPresent();
        if (!limitable && security.profile() == Security.Profile.DEFAULT && security.added().contains(Capability.MKNOD)) {
            add(HostRule.DEVICES_UNLIMITED, ConfigKey.CAPS, "CAPS=+mknod would give the subhost the host's disks: neither a devices controller nor"
                    + " cgroup2 is here to limit it", "mount cgroup2, or name the devices it needs in DEVICES instead of +mknod");
        }
    }

    private void addresses() {
        problems.addAll(new AddressRules(config, facts.network()).check());
    }

    private void trust() {
        facts.trust().programs().forEach((program, breach) -> add(HostRule.PROGRAM_UNTRUSTED, Position.START,
                Quoted.path(program) + " would be run as root, but " + breach.message(), breach.remedy()));
        facts.trust().kept().ifPresent(kept -> add(HostRule.KEPT_BY_SUBHOST, Position.START, Quoted.path(kept.file())
                + " lies in the files of subhost " + kept.subhost() + ", whose root can change it", "move it out of UPPER, and out of what is shared with it"));
        if (facts.trust().upperOpen()) {
            add(HostRule.UPPER_REACHABLE, ConfigKey.UPPER, "every user of the host can reach UPPER, and run setuid programs that the subhost's"
                    + " root puts there", "chmod 700 " + Quoted.path(config.base()));
        }
    }

    private void holes() {
        if (config.root().kind() != RootKind.OVERLAY) {
            return;
        }
        facts.holes().forEach((lower, holes) -> holes.forEach(hole -> add(HostRule.HOLE_IN_LOWER, ConfigKey.LOWER,
                Quoted.path(hole) + " is another file system: the subhost sees an empty directory there",
                "SHARE=" + hole + " shows it, SHARE=" + hole + ",ro read-only")));
    }

    private void init() {
        if (!(config.boot().init() instanceof Init.FullInit full) || config.root().kind() == RootKind.PREMOUNTED) {
            return;
        }
        if (facts.init().isEmpty() && !isRootSeen()) {
            return;
        }
        if (facts.init().isEmpty()) {
            add(HostRule.INIT_ABSENT, ConfigKey.INIT, "the root has no " + full.argv().get(0),
                    "install an init in it (apt install sysvinit-core, or systemd-sysv), or correct the path");
        } else if (facts.init().get().kind() == InitSystem.Kind.SYSTEMD
                && !Confinement.of(config.security()).capabilities().map(kept -> kept.contains(Capability.SYS_ADMIN)).orElse(true)) {
            add(HostRule.INIT_CONFINED, ConfigKey.INIT, facts.init().get().shown() + " needs the capability sys_admin, which "
                    + "this subhost is not to have", "CAPS=+sys_admin, or PROFILE=compat: with either, root in the subhost can become root"
                    + " on the host; sysvinit needs neither");
        }
    }

    private void services() {
        boolean hostRoot = config.root().lowers().equals(List.of(Path.of("/")));
        for (Service service : config.boot().services().list()) {
            if (hostRoot && (service.word().equals("cron") || service.word().equals("anacron"))) {
                add(HostRule.CRON_ON_HOST_ROOT, service.at(), service.word() + " over LOWER=/ runs the host's own jobs a second time",
                        "empty /etc/crontab, /etc/cron.* and /var/spool/cron in UPPER");
            }
            if (!config.boot().services().isDefault()) {
                absent(service);
            }
        }
    }

    /** Whether what the root will have can be told now: a program that makes UPPER has not run, and hooks may make or mount whatever they like. */
    private boolean isRootSeen() {
        PathFacts.Kind upper = facts.of(config.root().upper()).kind();
        boolean program = upper == PathFacts.Kind.FILE || upper == PathFacts.Kind.EXECUTABLE;
        return !program && config.hooks().premount().isEmpty() && config.hooks().postmount().isEmpty();
    }

    private void absent(Service service) {
        switch (Services.of(facts, service.word())) {
            case ABSENT -> {
                if (isRootSeen()) {
                    add(HostRule.SERVICE_ABSENT, service.at(), "the root has no service " + service.word(),
                            service.isProgram() ? "correct the path" : "install its package in the root, or take it out of START");
                }
            }
            case SYSTEMD_UNIT_ONLY -> add(HostRule.SERVICE_UNIT_ONLY, service.at(), "service " + service.word()
                    + " has only a systemd unit", "write " + service.word() + ".service to have the unit file run without systemd; or"
                    + " apt install orphan-sysvinit-scripts in the root, name a start-stop script, or use INIT=/sbin/init");
            case UNIT -> unit(service);
            case INIT_SCRIPT, PROGRAM -> { }
        }
    }

    private void unit(Service service) {
        try {
            Unit.of(facts.units().get(service.word()));
        } catch (UnitProblem problem) {
            add(HostRule.UNIT_UNUSABLE, service.at(), service.word() + " cannot be run without systemd: " + problem.getMessage(),
                    "change it by a drop-in, take it out of START, or use INIT=/sbin/init");
        }
    }

    private void add(HostRule rule, ConfigKey key, String message, String remedy) {
        add(rule, config.at(key), message, remedy);
    }

    private void add(HostRule rule, Position at, String message, String remedy) {
        problems.add(new Problem(config.file(), at.line(), at.column(), rule.severity(), rule.id(), message, remedy));
    }
}
