package overlayd.command;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import overlayd.enter.Logins;
import overlayd.kernel.Kernel;
import overlayd.subhost.Instance;
import overlayd.subhost.Subhosts;
import overlayd.varlink.CommandHandlers;
import overlayd.varlink.Service;
import overlayd.varlink.SubhostHandlers;

/** Everything users and programs can ask of a daemon, made once: the room's door. Handlers run on the connections' threads. */
public final class Commands {
    /** Where configurations are found by name alone. */
    static final Path INSTALLED = Path.of("/etc/overlayd/conf.d");

    private final LateDoor door = new LateDoor();
    private final Umbrella umbrella;
    private final List<Service> services;

    /** @param version what {@code --version} prints */
    public Commands(Kernel kernel, Instance instance, String version) {
        Locator locator = new Locator(List.of(INSTALLED), door::list);
        Listing listing = new Listing(door, locator, Clock.systemUTC());
        Logins logins = new Logins(kernel);
        Linter linter = new Linter(door);
        LogReading reading = new LogReading(kernel);
        this.umbrella = new Umbrella(List.of(new BootCommand(door, locator),
                new GoCommand(door, new GoCommand.Needs(locator, kernel, logins, listing)), new StopCommand(door, locator),
                new ListCommand(listing), new ShareCommand(), new LogCommand(door, locator, reading), new CheckCommand(linter, locator),
                new AuditCommand(door, locator, new Secrets())));
        WireStreams streams = new WireStreams(door, kernel, logins, reading);
        this.services = List.of(CommandHandlers.service(new CommandServer(kernel, umbrella, version)),
                SubhostHandlers.service(new SubhostService(door, new SubhostService.Needs(locator, listing, linter, streams))));
    }

    /** What the varlink server serves. */
    public List<Service> services() {
        return services;
    }

    /** Hands in the subhosts; before this, no call may come. */
    public void serve(Subhosts subhosts) {
        door.open(Door.of(subhosts));
    }

    /** Loads what the first command would otherwise wait for. */
    public void warm() {
        umbrella.commands().forEach(command -> {
            command.model().help();
            try {
                command.model().parse(List.of("--help"));
            } catch (UsageException impossible) {
                throw new IllegalStateException(impossible);
            }
        });
    }
}
