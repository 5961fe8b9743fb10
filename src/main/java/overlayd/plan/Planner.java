package overlayd.plan;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.config.Cable;
import overlayd.config.Capability;
import overlayd.config.ConfigKey;
import overlayd.config.Problem;
import overlayd.config.RootKind;
import overlayd.config.Security;
import overlayd.config.Share;
import overlayd.config.SubhostConfig;
import overlayd.config.Userns;

/**
 * Computes the steps of a boot from a configuration and the host's facts. Pure: it touches nothing, and what it decides can be
 * tested by anybody.
 */
public final class Planner {
    static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** What systemd itself gives a service to stop. */
    private static final int FULL_INIT_STOP = 90;
    private static final int MOST_SECONDS = 1_000_000;

    private final SubhostConfig config;
    private final HostFacts facts;
    private final Printed printed;
    private final EtcFiles etc;

    private Planner(SubhostConfig config, HostFacts facts, Printed printed) {
        this.config = config;
        this.facts = facts;
        this.printed = printed;
        this.etc = new EtcFiles(config, facts);
    }

    /**
     * What programs of the configuration have printed; nothing where they were not run, as for {@code --plan}.
     *
     * @param upperScript the program that UPPER names; then the configuration's UPPER is already the directory it printed
     * @param initScript what the command of INIT printed
     */
    public record Printed(Optional<Path> upperScript, Optional<String> initScript) {
        /** No program was run. */
        public static final Printed NOTHING = new Printed(Optional.empty(), Optional.empty());
    }

    /** A plan when nothing is wrong, and every problem in any case. */
    public record Outcome(Optional<BootPlan> plan, List<Problem> problems) {
        public Outcome {
            problems = List.copyOf(problems);
        }
    }

    /** Plans the boot of {@code config}. */
    public static Outcome plan(SubhostConfig config, HostFacts facts, Printed printed) {
        List<Problem> problems = HostRules.check(config, facts);
        if (problems.stream().anyMatch(Problem::isError)) {
            return new Outcome(Optional.empty(), problems);
        }
        return new Outcome(Optional.of(new Planner(config, facts, printed).plan(problems)), problems);
    }

    private BootPlan plan(List<Problem> warnings) {
        List<String> services = Services.toStart(config, facts);
        InitSteps inits = new InitSteps(config, facts, printed, services);
        InitStep.StartInit init = inits.start(security());
        return new BootPlan(config.name(), config.file(), onHost(), inNamespaces(), init, inits.ready(init), subject(services), warnings);
    }

    private List<HostStep> onHost() {
        List<HostStep> steps = new ArrayList<>();
        Optional<Path> program = facts.of(config.root().upper()).kind() == PathFacts.Kind.EXECUTABLE
                ? Optional.of(config.root().upper()) : printed.upperScript();
        program.ifPresent(script -> steps.add(new HostStep.RunUpperScript(script, config.file(), seconds(config.timeouts().hook()))));
        if (keepsUpper()) {
            steps.add(new HostStep.LockDirectory(config.root().upper(), "upperdir", Optional.of(facts.generations().directories())));
            steps.add(new HostStep.LockDirectory(config.root().work(), "workdir", Optional.empty()));
        }
        steps.add(new HostStep.OpenLog(config.log(), facts.of(config.log()).kind()));
        facts.cgroup().ifPresent(group -> steps.add(new HostStep.MakeCgroup(group, allowance())));
        facts.cgroup().filter(group -> devicesLimited()).ifPresent(group -> steps.add(new HostStep.LimitDevices(group, devices())));
        // Before the netns, for from there on the overlay is mounted, too.
        if (keepsUpper() && config.hooks().premount().isEmpty()
                && facts.of(config.root().upper().resolve("etc/network/interfaces")).kind() == PathFacts.Kind.ABSENT) {
            steps.add(new HostStep.WriteFile(config.root().upper(), "etc/network/interfaces", etc.interfaces()));
        }
        security().userns().range().ifPresent(ids -> steps.add(new HostStep.MakeUserns(ids)));
        new NetworkSteps(config, facts).addTo(steps);
        return steps;
    }

    /** Where there are no control groups nothing can be limited; what was asked for is refused then. */
    private Allowance allowance() {
        return facts.cgroup().isPresent() ? LimitRules.allowance(config, facts.resources()) : Allowance.UNLIMITED;
    }

    private List<MountStep> inNamespaces() {
        List<MountStep> steps = new ArrayList<>();
        Path live = config.root().live();
        Map<String, String> environment = Map.of("CONFIG", ByteText.of(config.file()), "PATH", PATH);
        config.root().throwAway().ifPresent(size -> steps.add(new RootStep.MountThrowAway(size.mountOption(), live,
                config.root().throwAwayPlace(), config.hooks().premount().isPresent() ? "" : etc.interfaces())));
        if (kind() != RootKind.PREMOUNTED) {
            config.hooks().premount().ifPresent(hook -> steps.add(hook("PREMOUNT", hook.argv(), List.of(upperText()), environment)));
        }
        new RootSteps(config, facts, security().userns().range()).addTo(steps);
        if (config.hooks().postmount().isPresent()) {
            steps.add(hook("POSTMOUNT", config.hooks().postmount().get().argv(),
                    List.of(ByteText.of(live), upperText()), environment));
            etc.resolvConf().ifPresent(steps::add);
        } else {
            steps.add(new MountStep.MountDev());
            if (InitSteps.fullInit(config, facts).isPresent()) {
                steps.add(new MountStep.MakeConsole());
            }
            steps.add(new MountStep.MountSys());
            if (!config.boot().ramSize().mountOption().isEmpty()) {
                steps.add(new MountStep.MountRun(config.boot().ramSize().mountOption()));
            }
            etc.addTo(steps);
        }
        if (!config.security().devices().isEmpty()) {
            steps.add(new MountStep.MakeDevices(config.security().devices()));
        }
        steps.add(new MountStep.BindReaper(facts.reaper()));
        for (Share share : config.shares()) {
            steps.add(new MountStep.BindShare(source(share), ByteText.of(share.subhost()),
                    share.readOnly() ? MountStep.BindShare.Access.READ_ONLY : MountStep.BindShare.Access.READ_WRITE));
        }
        return steps;
    }

    private MountStep.RunHook hook(String key, List<String> argv, List<String> arguments, Map<String, String> environment) {
        List<String> command = new ArrayList<>(argv);
        command.addAll(arguments);
        return new MountStep.RunHook(key, command, environment, config.base(), seconds(config.timeouts().hook()));
    }

    private String upperText() {
        return ByteText.of(config.root().upper());
    }

    private BootPlan.Subject subject(List<String> services) {
        List<String> hostEnds = new ArrayList<>();
        List<String> macs = new ArrayList<>();
        for (Cable cable : config.cables()) {
            hostEnds.add(config.hostEnd(cable.index()));
            cable.vlans().forEach(vlan -> hostEnds.add(config.hostEnd(cable.index()) + "." + vlan.tag()));
            cable.mac().ifPresent(mac -> macs.add(mac.toString()));
        }
        return new BootPlan.Subject(kind().name().toLowerCase(java.util.Locale.ROOT), config.root().lowers(), config.root().upper(),
                config.root().work(), config.root().live(), config.log(), hostEnds, macs, services,
                seconds(config.timeouts().start()), stopSeconds(), facts.cgroup(),
                new BootPlan.Upkeep(config.upkeep().restart(), allowance().texts(), config.upkeep().relations()));
    }

    /** A full init stops its services one after the other in the time that is else one service's: it has more where the file says nothing. */
    private long stopSeconds() {
        int configured = seconds(config.timeouts().stop());
        return InitSteps.fullInit(config, facts).isEmpty() || config.sets(ConfigKey.STOP_TIMEOUT) || configured == 0 ? configured
                : Math.max(configured, FULL_INIT_STOP);
    }

    /** Without DEVICES and without the capability to make nodes there is nothing to keep it from: nodev on all its mounts does. */
    private boolean devicesLimited() {
        Security security = config.security();
        return facts.deviceControl() && security.profile() == Security.Profile.DEFAULT
                && (!devices().isEmpty() || security.added().contains(Capability.MKNOD));
    }

    private Path source(Share share) {
        return facts.trust().shares().getOrDefault(share.host(), share.host());
    }

    /** Those of DEVICES, and what is shared from /dev. */
    private List<Path> devices() {
        List<Path> devices = new ArrayList<>(config.security().devices());
        config.shares().stream().map(this::source).filter(path -> path.startsWith("/dev")).forEach(devices::add);
        return devices;
    }

    /** With the ids that auto means here. */
    private Security security() {
        return config.security().userns().wanted() ? config.security().with(new Userns(true, facts.ids().range())) : config.security();
    }

    private boolean keepsUpper() {
        return kind() == RootKind.OVERLAY && config.root().throwAway().isEmpty();
    }

    private RootKind kind() {
        return config.root().kind();
    }

    /** In whole seconds, 0 for no limit; what is longer than the reaper's --run takes (11 days) is none. */
    static int seconds(Duration bound) {
        return bound.toSeconds() > MOST_SECONDS ? 0 : (int) bound.toSeconds();
    }
}
