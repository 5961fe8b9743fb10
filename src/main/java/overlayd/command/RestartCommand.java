package overlayd.command;

import java.util.Optional;
import overlayd.failure.RefusedException;
import overlayd.subhost.Subhosts;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.subject.UsageException;

/** overlay restart: stops subhosts and boots them as their files say now, each in one transaction. */
final class RestartCommand implements Command {
    private static final String NAME = "overlay restart";

    private final Door door;
    private final Locator locator;
    private final Dependants dependants;
    private final Model model = Model.of(NAME, "overlay restart [OPTION]... NAME|FILE...")
            .about("Stops subhosts and boots them again as their files say now.", "A file that cannot be booted is refused before anything is"
                    + " stopped. Nobody else can boot or stop the subhost in between. Those that require it are stopped before and booted after it.")
            .operands("NAME|FILE", "1..*", "name of the subhost, or its configuration file")
            .flag("kill all processes at once, stop no service", "-f", "--force")
            .option("SECONDS", Integer.class, "time between SIGTERM and SIGKILL; default STOP_TIMEOUT", "-t", "--timeout")
            .flag("print errors only", "-q", "--quiet")
            .flag("print every service as it stops and starts", "-v", "--verbose")
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.STEP, ExitCode.EXISTS, ExitCode.BUSY,
                    ExitCode.DEGRADED, ExitCode.NOT_PERMITTED, ExitCode.CONFIG)
            .build();

    RestartCommand(Door door, Locator locator) {
        this.door = door;
        this.dependants = new Dependants(door, NAME);
        this.locator = locator;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        Subhosts.StopWish how = StopCommand.wish(given);
        invocation.client().onInterrupt(signal -> invocation.complain(NAME, "", "the restart goes on; two more signals end this command only"));
        ExitCode code = ExitCode.OK;
        for (String reference : given.operands()) {
            ExitCode one = restart(reference, how, given, invocation);
            code = code == ExitCode.OK ? one : code;
        }
        return code.number();
    }

    private ExitCode restart(String reference, Subhosts.StopWish how, Given given, Invocation invocation) {
        Optional<Locator.Named> named = invocation.booted(locator, NAME, reference);
        if (named.isEmpty()) {
            return ExitCode.UNKNOWN;
        }
        String name = named.get().name();
        return dependants.around(name, how, new Dependants.Asked(given, invocation), () -> restartAlone(name, how, given, invocation));
    }

    private ExitCode restartAlone(String name, Subhosts.StopWish how, Given given, Invocation invocation) {
        try (ProgressLines progress = new ProgressLines(invocation, NAME, name, ProgressLines.detail(given))) {
            Subhosts.Booted booted = door.restart(name, how, progress);
            if (!given.has("--quiet")) {
                Refusals.problems(invocation, booted.warnings().stream().filter(p -> !p.isError()).toList());
            }
            if (!booted.subhost().reason().isEmpty()) {
                invocation.complain(NAME, name, "running, but degraded: " + booted.subhost().reason());
                return ExitCode.DEGRADED;
            }
            return ExitCode.OK;
        } catch (RefusedException refused) {
            return Refusals.tell(invocation, NAME, name, refused);
        }
    }
}
