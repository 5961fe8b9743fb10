package overlayd.command;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import overlayd.enter.Logins;
import overlayd.group.TrialVisit;
import overlayd.report.Sources;
import overlayd.subject.Autostart;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.subject.UsageException;
import overlayd.trial.Uppers;
import overlayd.varlink.CommandHandlers;
import overlayd.varlink.Service;

/** Everything users can ask of a daemon, made once: the room's door. Handlers run on the connections' threads. */
public final class Commands {
    /** After so many calls a method is compiled (sbin/overlayd: CompileThresholdScaling). */
    private static final int TURNS = 8;

    private final Umbrella umbrella;
    private final Service service;

    /** @param version what {@code --version} prints */
    public Commands(Sources sources, String version) {
        this.umbrella = new Umbrella(Stream.of(running(sources), configurations(sources), layers(sources),
                LiveCommands.all(sources::live, sources.locator(), sources.descriptions())).flatMap(List::stream).toList());
        this.service = CommandHandlers.service(new CommandServer(sources.kernel(), umbrella, version));
    }

    private static List<Command> running(Sources sources) {
        Door door = sources.door();
        Locator locator = sources.locator();
        return List.of(new BootCommand(door, locator, new Autostart(Sources.LISTED, locator),
                        new UnitLimits((path, limit) -> sources.kernel().files().read(path, limit))), go(sources), new StopCommand(door, locator),
                new RestartCommand(door, locator), new ListCommand(sources.rows()), new BlameCommand(locator), new ShareCommand(door, locator),
                new UnshareCommand(door, locator), new DiskfileCommand(door), new LogCommand(door, locator, sources.reading()),
                new CopyCommand(door, locator, sources.kernel()), new NetCommand(sources::networks));
    }

    private static GoCommand go(Sources sources) {
        return new GoCommand(sources.door(), new GoCommand.Needs(sources.locator(), sources.kernel(), new Logins(sources.kernel()),
                new Listing(sources.rows())));
    }

    private static List<Command> layers(Sources sources) {
        Locator locator = sources.locator();
        Uppers uppers = new Uppers(sources.kernel());
        return List.of(new DiffCommand(uppers::tell, locator), new ResetCommand(uppers, locator),
                new CheckpointCommand(sources.checkpoints(), locator), new RollbackCommand(sources.checkpoints(), locator),
                new DriftCommand(sources.door(), locator, sources.drifts()), new TryCommand(new TryCommand.Needs(sources.kernel(), sources.trials(),
                        new TrialVisit(sources.kernel(), sources.trials(), sources.door()), locator), go(sources)));
    }

    private static List<Command> configurations(Sources sources) {
        return List.of(new CheckCommand(sources.linter(), sources.locator(), sources.secrets()), new AuditCommand(sources.locator(), sources.audits()),
                new NewCommand(sources.places()), new RemoveCommand(sources.locator(), sources.removal()));
    }

    /** What the varlink server serves to the clients. */
    public Service service() {
        return service;
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
