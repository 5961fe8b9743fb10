package overlayd.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.failure.RefusedException;
import overlayd.group.Procession;
import overlayd.group.StopSet;
import overlayd.state.SubhostRecord;
import overlayd.subhost.Subhosts;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.subject.UsageException;

/** overlay-stop: stops subhosts in order and takes back what was made for them on the host. */
final class StopCommand implements Command {
    private static final String NAME = "overlay-stop";

    private final Door door;
    private final Locator locator;
    private final Model model = Model.of(NAME, "overlay-stop [OPTION]... NAME|FILE...")
            .about("Stops subhosts.", "Services end in reverse order, then all processes, then what was made for them on the host. The"
                    + " configuration file need not exist any more. Those that require one of them are stopped first.")
            .operands("NAME|FILE", "0..*", "name of the subhost, or its configuration file")
            .flag("stop every subhost, in the reverse of the order of their boots", "-a", "--all")
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
        if (given.has("--all") == !given.operands().isEmpty()) {
            throw new UsageException(given.has("--all") ? "--all takes no NAME" : "name a subhost, or say --all");
        }
        DieAt.arm(given);
        invocation.client().onInterrupt(signal -> invocation.complain(NAME, "",
                "the stop goes on; two more signals end this command only"));
        return new Run(given, invocation, wish).all().number();
    }

    /** What --force and --timeout say. */
    static Subhosts.StopWish wish(Given given) throws UsageException {
        Optional<Integer> seconds = given.value("--timeout", Integer.class);
        if (seconds.filter(s -> s < 0 || s > 86_400).isPresent()) {
            throw new UsageException("--timeout takes seconds from 0 to 86400");
        }
        return new Subhosts.StopWish(given.has("--force"), seconds.map(Duration::ofSeconds));
    }

    /** One command line being carried out. */
    private final class Run {
        private final Given given;
        private final Invocation invocation;
        private final Subhosts.StopWish wish;
        private ExitCode code = ExitCode.OK;

        private Run(Given given, Invocation invocation, Subhosts.StopWish wish) {
            this.given = given;
            this.invocation = invocation;
            this.wish = wish;
        }

        private ExitCode all() {
            List<SubhostRecord> records = door.list();
            StopSet set = StopSet.of(given.has("--all") ? StopSet.everybody(records) : named(), records);
            if (!given.has("--quiet")) {
                set.dependants().forEach(edge -> invocation.complain(NAME, edge.from(), "is stopped too, and first: it requires " + edge.to()));
            }
            Procession.run(set.order(), this::stop, edge -> { });
            return code;
        }

        private List<String> named() {
            List<String> names = new ArrayList<>();
            for (String reference : given.operands()) {
                Optional<Locator.Named> named = invocation.known(locator, NAME, reference);
                named.ifPresent(found -> names.add(found.name()));
                code = named.isEmpty() ? ExitCode.UNKNOWN : code;
            }
            return names;
        }

        private boolean stop(String name) {
            try (ProgressLines progress = new ProgressLines(invocation, NAME, name, ProgressLines.detail(given))) {
                boolean stopped = door.find(name).isPresent() && door.stop(name, wish, progress);
                if (!stopped && !given.has("--quiet")) {
                    invocation.complain(NAME, name, "is not running");
                } else if (stopped && given.has("--verbose")) {
                    invocation.console().err(name + ": stopped\n");
                }
            } catch (RefusedException refused) {
                failed(Refusals.tell(invocation, NAME, name, refused));
            }
            return true;
        }

        private synchronized void failed(ExitCode how) {
            code = code.worse(how);
        }
    }
}
