package overlayd.command;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.enter.Logins;
import overlayd.failure.RefusedException;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountInfo;
import overlayd.state.Instance;
import overlayd.state.SubhostRecord;
import overlayd.subhost.Live;
import overlayd.subhost.Networks;
import overlayd.subhost.Subhosts;
import overlayd.trial.Checkpoints;
import overlayd.trial.Drifts;
import overlayd.trial.Trials;
import overlayd.trial.Uppers;
import overlayd.varlink.CommandHandlers;
import overlayd.varlink.LayerHandlers;
import overlayd.varlink.NetworkHandlers;
import overlayd.varlink.Service;
import overlayd.varlink.SubhostHandlers;
import overlayd.varlink.TrialHandlers;

/** Everything users and programs can ask of a daemon, made once: the room's door. Handlers run on the connections' threads. */
public final class Commands {
    /** Where configurations are found by name alone. */
    static final Path INSTALLED = Path.of("/etc/overlayd/conf.d");
    /** What boots with the host, as overlay-boot 1.6.4 has it. */
    static final Path LISTED = Path.of("/etc/subhosts.conf");
    private static final int MOST_MOUNTINFO = 16 << 20;
    /** After so many calls a method is compiled (sbin/overlayd: CompileThresholdScaling). */
    private static final int TURNS = 20;

    private final LateDoor door = new LateDoor();
    private final Umbrella umbrella;
    private final List<Service> services;
    private volatile Networks networks;
    private volatile Live live;

    /** @param version what {@code --version} prints */
    public Commands(Kernel kernel, Instance instance, String version) {
        Locator locator = new Locator(List.of(INSTALLED), door::list);
        Listing listing = new Listing(door, locator, Clock.systemUTC());
        Logins logins = new Logins(kernel);
        Linter linter = new Linter(door, locator);
        Secrets secrets = new Secrets();
        Audits audits = new Audits(door, secrets);
        LogReading reading = new LogReading(kernel);
        Checkpoints checkpoints = new Checkpoints(kernel, Clock.systemUTC());
        Drifts drifts = new Drifts(kernel);
        Descriptions descriptions = new Descriptions(this::live, listing, audits, reading, drifts::line);
        Trials trials = new Trials(kernel, instance.state().resolve("try"), running());
        GoCommand go = new GoCommand(door, new GoCommand.Needs(locator, kernel, logins, listing));
        TrialVisit visit = new TrialVisit(kernel, trials, door, locator, go);
        this.umbrella = new Umbrella(List.of(new BootCommand(door, locator, new Autostart(LISTED, locator), new UnitLimits((path, limit) -> kernel.files().read(path, limit))),
                go, new StopCommand(door, locator), new RestartCommand(door, locator),
                new ListCommand(listing), new BlameCommand(locator), new ShareCommand(door, locator), new UnshareCommand(door, locator), new DiskfileCommand(door), new LogCommand(door, locator, reading),
                new CheckCommand(linter, locator, secrets), new AuditCommand(locator, audits), new DiffCommand(new Uppers(kernel)::tell, locator),
                new ResetCommand(new Uppers(kernel), locator),
                new CheckpointCommand(checkpoints, locator), new RollbackCommand(checkpoints, locator), new DriftCommand(door, locator, drifts),
                new TryCommand(kernel, trials, visit),
                new NewCommand(new NewCommand.Places(INSTALLED, instance.state().resolve("subhosts"))),
                new NetCommand(this::networks), new CopyCommand(door, locator, kernel),
                new RemoveCommand(door, locator, directory -> mountsBelow(kernel, directory))), LiveCommands.all(this::live, locator, descriptions));
        WireSubjects subjects = new WireSubjects(door, locator);
        WireStreams streams = new WireStreams(door, kernel, logins, reading);
        this.services = List.of(CommandHandlers.service(new CommandServer(kernel, umbrella, version)),
                SubhostHandlers.service(new SubhostService(door, new SubhostService.Needs(subjects, listing, linter, streams, descriptions)),
                        new LiveService(this::live, door, subjects), new FileService(kernel, door, subjects, audits)),
                TrialHandlers.service(new TrialService(kernel, trials, visit)),
                NetworkHandlers.service(new NetworkService(this::networks)),
                LayerHandlers.service(new LayerService(locator, checkpoints, drifts)));
    }

    private Trials.Running running() {
        return new Trials.Running() {
            @Override
            public Optional<SubhostRecord> find(String name) {
                return door.find(name);
            }

            @Override
            public Fd root(String name) throws RefusedException, KernelException {
                return door.root(name);
            }
        };
    }

    private static List<String> mountsBelow(Kernel kernel, Path directory) {
        try {
            return MountInfo.parseAll(kernel.files().read("/proc/self/mountinfo", MOST_MOUNTINFO)).stream()
                    .filter(mount -> mount.below(ByteText.of(directory))).map(MountInfo::mountPoint).toList();
        } catch (KernelException noProc) {
            return List.of("something that /proc cannot tell");
        }
    }

    /** What the varlink server serves. */
    public List<Service> services() {
        return services;
    }

    private Networks networks() {
        return networks;
    }

    private Live live() {
        return live;
    }

    /** Hands in the subhosts; before this, no call may come. */
    public void serve(Subhosts subhosts) {
        networks = subhosts.networks();
        live = subhosts.live();
        door.open(Door.of(subhosts));
    }

    /** Loads and compiles what the first command would otherwise wait for. */
    public void warm() {
        umbrella.commands().forEach(command -> {
            command.model().help();
            parse(command, "--help");
        });
        for (int i = 0; i < TURNS; i++) {
            parse(umbrella.commands().get(0), "-q", "name");
        }
    }

    private static void parse(Command command, String... words) {
        try {
            command.model().parse(List.of(words));
        } catch (UsageException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
