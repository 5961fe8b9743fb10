package overlayd.command;

import java.nio.file.Path;
import java.util.Optional;
import overlayd.failure.RefusedException;
import overlayd.group.GroupRestart;
import overlayd.order.Edge;
import overlayd.subhost.Subhosts;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.subject.UsageException;

/** overlay restart: stops subhosts and boots them as their files say now, each in one transaction. */
final class RestartCommand implements Command {
    private static final String NAME = "overlay restart";

    private final Door door;
    private final Locator locator;
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
            ExitCode one = restart(reference, new Work(door, how, given, invocation));
            code = code == ExitCode.OK ? one : code;
        }
        return code.number();
    }

    private ExitCode restart(String reference, Work work) {
        Optional<Locator.Named> named = work.invocation().booted(locator, NAME, reference);
        if (named.isEmpty()) {
            return ExitCode.UNKNOWN;
        }
        return GroupRestart.run(door, named.get().name(), work).stream().reduce(ExitCode.OK, ExitCode::worse);
    }

    /** Says what becomes of each. */
    record Work(Door door, Subhosts.StopWish how, Given given, Invocation invocation) implements GroupRestart.Work<ExitCode> {
        /** A boot or a restart. */
        private interface Boot {
            Subhosts.Booted with(ProgressLines progress) throws RefusedException;
        }

        @Override
        public void along(Edge edge) {
            if (!given.has("--quiet")) {
                invocation.complain(NAME, edge.from(), "is stopped before and booted after it: it requires " + edge.to());
            }
        }

        @Override
        public Optional<ExitCode> stop(String name) {
            try (ProgressLines progress = progress(name)) {
                door.stop(name, how, progress);
                return Optional.empty();
            } catch (RefusedException refused) {
                return Optional.of(Refusals.tell(invocation, NAME, name, refused));
            }
        }

        @Override
        public GroupRestart.Result<ExitCode> restart(String name) {
            ExitCode code = boot(name, progress -> {
                Subhosts.Booted booted = door.restart(name, how, progress);
                if (!given.has("--quiet")) {
                    Refusals.problems(invocation, booted.warnings().stream().filter(p -> !p.isError()).toList());
                }
                return booted;
            });
            return new GroupRestart.Result<>(code == ExitCode.OK || code == ExitCode.DEGRADED, code);
        }

        @Override
        public ExitCode boot(String name, Path file) {
            return boot(name, progress -> door.boot(file, Subhosts.BootWish.DEFAULT, progress));
        }

        private ExitCode boot(String name, Boot boot) {
            try (ProgressLines progress = progress(name)) {
                Subhosts.Booted booted = boot.with(progress);
                if (!booted.subhost().reason().isEmpty()) {
                    invocation.complain(NAME, name, "running, but degraded: " + booted.subhost().reason());
                    return ExitCode.DEGRADED;
                }
                return ExitCode.OK;
            } catch (RefusedException refused) {
                return Refusals.tell(invocation, NAME, name, refused);
            }
        }

        private ProgressLines progress(String name) {
            return new ProgressLines(invocation, NAME, name, ProgressLines.detail(given));
        }

        @Override
        public ExitCode stays(Edge edge) {
            invocation.complain(NAME, edge.from(), "stays stopped: it requires " + edge.to());
            return ExitCode.OK;
        }

        @Override
        public ExitCode staysFor(String name, String other) {
            invocation.complain(NAME, name, "is stopped and stays so, for " + other + " could not be stopped; boot it again: overlay-boot " + name);
            return ExitCode.OK;
        }

        @Override
        public ExitCode spared(String name, String other) {
            return ExitCode.OK; // why is told of the other
        }
    }
}
