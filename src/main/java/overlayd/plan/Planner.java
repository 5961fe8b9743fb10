package overlayd.plan;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import overlayd.config.Addressing;
import overlayd.config.Cable;
import overlayd.config.Capability;
import overlayd.config.ConfigKey;
import overlayd.config.Init;
import overlayd.config.Mac;
import overlayd.config.Problem;
import overlayd.config.RootKind;
import overlayd.config.Security;
import overlayd.config.Share;
import overlayd.config.SubhostConfig;
import overlayd.config.Subnet;
import overlayd.config.Userns;
import overlayd.config.Vlan;
import overlayd.security.Confinement;

/**
 * Computes the steps of a boot from a configuration and the host's facts. Pure: it touches nothing, and what it decides can be
 * tested by anybody.
 */
public final class Planner {
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** What systemd itself gives a service to stop. */
    private static final int FULL_INIT_STOP = 90;
    private static final int MOST_SECONDS = 1_000_000;

    private static final Set<String> SSH = Set.of("ssh", "sshd");

    private final SubhostConfig config;
    private final HostFacts facts;
    private final Printed printed;

    private Planner(SubhostConfig config, HostFacts facts, Printed printed) {
        this.config = config;
        this.facts = facts;
        this.printed = printed;
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
        InitStep.StartInit init = new InitStep.StartInit(command(services), environment(), config.boot().hostname().orElse(facts.hostname()),
                Confinement.of(security()), fullInit());
        InitStep.AwaitReady ready = new InitStep.AwaitReady(services, seconds(config.timeouts().start()),
                init.managesGroups() ? InitStep.AwaitReady.Sign.NOTICE : InitStep.AwaitReady.Sign.REAPER,
                config.boot().ready().conditions(), seconds(config.boot().ready().timeout()));
        return new BootPlan(config.name(), config.file(), onHost(), inNamespaces(), init, ready, subject(services), warnings);
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
            steps.add(new HostStep.WriteFile(config.root().upper(), "etc/network/interfaces", interfaces()));
        }
        security().userns().range().ifPresent(ids -> steps.add(new HostStep.MakeUserns(ids)));
        steps.add(new CableStep.MakeNetns(config.name(), config.cables().stream().map(cable -> config.hostEnd(cable.index())).toList(), facts.tag()));
        List<String> inner = new ArrayList<>(List.of("lo"));
        for (Cable cable : config.cables()) {
            cable(cable, steps, inner);
        }
        Addresses addresses = Addresses.of(config, facts.network());
        config.addressing().from(Addressing.Source.AUTO).forEach(address -> Optional.ofNullable(facts.network().auto().get(address.end()))
                .ifPresent(auto -> steps.add(new CableStep.KeepAddress(config.name(), address.end(), auto.bridge(), auto.chosen()))));
        steps.add(new CableStep.BringUp(inner, addresses.addresses(), addresses.routes()));
        if (!config.addressing().published().isEmpty()) {
            steps.add(new CableStep.Publish(addresses.forwards()));
        }
        return steps;
    }

    /** Where there are no control groups nothing can be limited; what was asked for is refused then. */
    private Allowance allowance() {
        return facts.cgroup().isPresent() ? LimitRules.allowance(config, facts.resources()) : Allowance.UNLIMITED;
    }

    private void cable(Cable cable, List<HostStep> steps, List<String> inner) {
        String hostEnd = config.hostEnd(cable.index());
        steps.add(new CableStep.PlugCable(hostEnd, cable.subhostEnd(), cable.bridge(), cable.mac().map(Mac::toString),
                facts.tag()));
        inner.add(cable.subhostEnd());
        if (cable.bridge().isEmpty() && facts.ifupdown()) {
            steps.add(new CableStep.Ifup(hostEnd));
        }
        for (Vlan vlan : cable.vlans()) {
            CableStep.PlugVlan step = new CableStep.PlugVlan(hostEnd, cable.subhostEnd(), vlan.tag(), vlan.bridge());
            steps.add(step);
            inner.add(step.subhostVlan());
            if (vlan.bridge().isEmpty() && facts.ifupdown()) {
                steps.add(new CableStep.Ifup(step.hostVlan()));
            }
        }
    }

    /** The file upstream's built-in PREMOUNT means to write: lo, and a stanza for each cable that leaves the address to the admin. */
    private String interfaces() {
        StringBuilder text = new StringBuilder("# made by overlayd, because UPPER had none; yours from now on\nauto lo\niface lo inet loopback\n");
        for (Cable cable : config.cables()) {
            text.append("\nauto %1$s\niface %1$s inet manual\n".formatted(cable.subhostEnd()));
            for (Vlan vlan : cable.vlans()) {
                text.append("\nauto %1$s\niface %1$s inet manual\n".formatted(cable.subhostEnd() + "." + vlan.tag()));
            }
        }
        return text.toString();
    }

    private List<MountStep> inNamespaces() {
        List<MountStep> steps = new ArrayList<>();
        Path live = config.root().live();
        Map<String, String> environment = Map.of("CONFIG", overlayd.config.ByteText.of(config.file()), "PATH", PATH);
        config.root().throwAway().ifPresent(size -> steps.add(new RootStep.MountThrowAway(size.mountOption(), live,
                config.root().throwAwayPlace(), config.hooks().premount().isPresent() ? "" : interfaces())));
        if (kind() != RootKind.PREMOUNTED) {
            config.hooks().premount().ifPresent(hook -> steps.add(hook("PREMOUNT", hook.argv(), List.of(upperText()), environment)));
        }
        new RootSteps(config, facts, security().userns().range()).addTo(steps);
        if (config.hooks().postmount().isPresent()) {
            steps.add(hook("POSTMOUNT", config.hooks().postmount().get().argv(),
                    List.of(overlayd.config.ByteText.of(live), upperText()), environment));
            resolvConf().ifPresent(steps::add);
        } else {
            steps.add(new MountStep.MountDev());
            if (fullInit().isPresent()) {
                steps.add(new MountStep.MakeConsole());
            }
            steps.add(new MountStep.MountSys());
            if (!config.boot().ramSize().mountOption().isEmpty()) {
                steps.add(new MountStep.MountRun(config.boot().ramSize().mountOption()));
            }
            privateFiles(steps);
        }
        if (!config.security().devices().isEmpty()) {
            steps.add(new MountStep.MakeDevices(config.security().devices()));
        }
        steps.add(new MountStep.BindReaper(facts.reaper()));
        for (Share share : config.shares()) {
            steps.add(new MountStep.BindShare(source(share), overlayd.config.ByteText.of(share.subhost()),
                    share.readOnly() ? MountStep.BindShare.Access.READ_ONLY : MountStep.BindShare.Access.READ_WRITE));
        }
        return steps;
    }

    private void privateFiles(List<MountStep> steps) {
        String hostname = config.boot().hostname().orElse(facts.hostname());
        steps.add(new MountStep.BindContent("/etc/hostname", hostname + "\n"));
        steps.add(new MountStep.BindContent("/etc/hosts", "127.0.0.1\tlocalhost\n127.0.1.1\t" + hostname
                + "\n::1\tlocalhost ip6-localhost ip6-loopback\n"));
        resolvConf().ifPresent(steps::add);
        steps.add(new MountStep.BindContent("/etc/adjtime", "0.0 0 0.0\n0\nUTC\n"));
    }

    /**
     * As the seed has it where neither ADDRESS nor DNS is set. With them it is the configuration's word and not the subhost's, but for what
     * a DHCP server is to say.
     */
    private Optional<MountStep> resolvConf() {
        String file = "/etc/resolv.conf";
        Addressing addressing = config.addressing();
        boolean ours = config.sets(ConfigKey.DNS) || addressing.dns().servers() != Addressing.Servers.HOST;
        if (addressing.dns().servers() == Addressing.Servers.NONE || !ours && !addressing.from(Addressing.Source.DHCP).isEmpty()) {
            return Optional.empty();
        }
        if (!ours && !addressing.isSet()) {
            return config.hooks().postmount().isPresent() ? Optional.empty() : Optional.of(new MountStep.BindContent(file, facts.resolvConf()));
        }
        if (!ours && config.hooks().postmount().isPresent()) {
            return Optional.empty();
        }
        String text = addressing.dns().servers() == Addressing.Servers.HOST ? facts.resolvConf()
                : addressing.dns().listed().stream().map(server -> "nameserver " + Subnet.text(server) + "\n").collect(Collectors.joining());
        return Optional.of(new MountStep.BindContent(file, text, MountStep.BindContent.Hold.READ_ONLY));
    }

    private MountStep.RunHook hook(String key, List<String> argv, List<String> arguments, Map<String, String> environment) {
        List<String> command = new ArrayList<>(argv);
        command.addAll(arguments);
        return new MountStep.RunHook(key, command, environment, config.base(), seconds(config.timeouts().hook()));
    }

    private String upperText() {
        return overlayd.config.ByteText.of(config.root().upper());
    }

    private List<String> command(List<String> services) {
        return config.boot().init().match(new Init.Cases<>() {
            @Override
            public List<String> builtIn(Init.BuiltIn init) {
                List<List<String>> dhcp = dhcp();
                if (services.isEmpty() && dhcp.isEmpty()) {
                    // Nothing to start: no shell is needed (0.9 ms).
                    return List.of(config.boot().reaper(), config.name());
                }
                return shell((RootSteps.hidesSecrets(config) && services.stream().anyMatch(SSH::contains) ? InitScript.OWN_KEYS : "")
                        + InitScript.text(dhcp, services, Services.unitScripts(config, facts, services), seconds(config.timeouts().start()), config.boot().reaper(), config.name()));
            }

            @Override
            public List<String> script(Init.ScriptFrom init) {
                return shell(printed.initScript().orElse("# what " + String.join(" ", init.command().argv()) + " prints\n"));
            }

            @Override
            public List<String> full(Init.FullInit init) {
                return init.argv();
            }
        });
    }

    /** For each interface with ADDRESS=dhcp the name it has as a service, and the client's command. */
    private List<List<String>> dhcp() {
        List<List<String>> commands = new ArrayList<>();
        facts.network().dhcp().ifPresent(client -> config.addressing().from(Addressing.Source.DHCP).forEach(address -> {
            List<String> command = new ArrayList<>(List.of("dhcp-" + address.end()));
            client.before().forEach(word -> command.add(word.replace("%i", address.end())));
            command.add(address.end());
            command.addAll(client.after());
            commands.add(command);
        }));
        return commands;
    }

    private static List<String> shell(String script) {
        return List.of("/bin/sh", "-c", script, "overlay-init");
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", PATH);
        environment.put("HOME", "/");
        environment.put("container", "overlayd");
        if (fullInit().isPresent()) {
            // systemd's machine id where the root has none, the same at every boot; a console that shows text only.
            environment.put("container_uuid", UUID.nameUUIDFromBytes(facts.tag().getBytes(StandardCharsets.UTF_8)).toString());
            environment.put("TERM", "dumb");
            if (fullInit().get().kind() == InitSystem.Kind.SYSTEMD) {
                environment.put("NOTIFY_SOCKET", "@" + InitStep.AwaitReady.NOTICES);
            }
        } else {
            environment.put("REAPER", config.boot().reaper());
            environment.put("NAME", config.name());
        }
        environment.putAll(config.boot().environment());
        return environment;
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
        return fullInit().isEmpty() || config.sets(ConfigKey.STOP_TIMEOUT) || configured == 0 ? configured : Math.max(configured, FULL_INIT_STOP);
    }

    private Optional<InitSystem> fullInit() {
        return config.boot().init() instanceof Init.FullInit ? Optional.of(facts.init().orElse(InitSystem.OTHER)) : Optional.empty();
    }

    /** In whole seconds, 0 for no limit; what is longer than the reaper's --run takes (11 days) is none. */
    private static int seconds(Duration bound) {
        return bound.toSeconds() > MOST_SECONDS ? 0 : (int) bound.toSeconds();
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
}
