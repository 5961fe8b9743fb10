package overlayd.command;

import java.time.Duration;
import java.util.Optional;
import overlayd.subhost.RefusedException;
import overlayd.subhost.Subhosts;

/** overlay-stop: stops subhosts in order and takes back what was made for them on the host. */
final class StopCommand implements Command {
    private static final String NAME = "overlay-stop";

    private final Door door;
    private final Locator locator;
    private final Model model = Model.of(NAME, "overlay-stop [OPTION]... NAME|FILE...")
            .about("Stops subhosts.", "Services end in reverse order, then all processes, then what was made for them on the host. The"
                    + " configuration file need not exist any more.")
            .operands("NAME|FILE", "1..*", "name of the subhost, or its configuration file")
            .flag("kill all processes at once, stop no service", "-f", "--force")
            .option("SECONDS", Integer.class, "time between SIGTERM and SIGKILL; default STOP_TIMEOUT", "-t", "--timeout")
            .flag("print errors only", "-q", "--quiet")
            .flag("print every service as it stops", "-v", "--verbose")
            .hidden("POINT", DieAt.OPTION)
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.STEP, ExitCode.BUSY,
                    ExitCode.NOT_PERMITTED)
            .build();

    StopCommand(Door door, Locator locator) {
        this.door = door;
        this.locator = locator;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        Subhosts.StopWish wish = wish(given);
        DieAt.arm(given);
        invocation.client().onInterrupt(signal -> invocation.complain(NAME, "",
                "the stop goes on; two more signals end this command only"));
        ExitCode code = ExitCode.OK;
        for (String reference : given.operands()) {
            ExitCode one = stop(reference, wish, given, invocation);
            code = code == ExitCode.OK ? one : code;
        }
        return code.number();
    }

    /** What --force and --timeout say. */
    static Subhosts.StopWish wish(Given given) throws UsageException {
        Optional<Integer> seconds = given.value("--timeout", Integer.class);
        if (seconds.filter(s -> s < 0 || s > 86_400).isPresent()) {
            throw new UsageException("--timeout takes seconds from 0 to 86400");
        }
        return new Subhosts.StopWish(given.has("--force"), seconds.map(Duration::ofSeconds));
    }

    private ExitCode stop(String reference, Subhosts.StopWish wish, Given given, Invocation invocation) {
        Optional<Locator.Named> named = locator.known(reference, NAME, invocation);
        if (named.isEmpty()) {
            return ExitCode.UNKNOWN;
        }
        String name = named.get().name();
        try (ProgressLines progress = new ProgressLines(invocation, NAME, name, ProgressLines.detail(given))) {
            boolean stopped = named.get().subhost().isPresent() && door.stop(name, wish, progress);
            if (!stopped && !given.has("--quiet")) {
                invocation.complain(NAME, name, "is not running");
            } else if (stopped && given.has("--verbose")) {
                invocation.console().err(name + ": stopped\n");
            }
            return ExitCode.OK;
        } catch (RefusedException refused) {
            return Refusals.tell(invocation, NAME, name, refused);
        }
    }
}
