package overlayd.command;

import java.util.Optional;
import overlayd.config.SubhostConfig;
import overlayd.failure.RefusedException;
import overlayd.state.SubhostRecord;
import overlayd.subject.Locator;
import overlayd.trial.Uppers;

/** overlay reset: empties the upperdir of a subhost that does not run. */
final class ResetCommand implements Command {
    private static final String NAME = "overlay reset";

    private final Uppers uppers;
    private final Locator locator;
    private final Model model = Model.of(NAME, "overlay reset [OPTION]... NAME|FILE")
            .about("Takes back all that a subhost has changed.",
                    "It must not run. Without --yes it shows what would be lost, as overlay diff does, and does nothing. Checkpoints stay.")
            .operands("NAME|FILE", "1", "name of the subhost, or its configuration file")
            .flag("do it", "-y", "--yes")
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.STEP, ExitCode.EXISTS, ExitCode.CONFIG)
            .build();

    ResetCommand(Uppers uppers, Locator locator) {
        this.uppers = uppers;
        this.locator = locator;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) {
        String reference = given.operands().get(0);
        Optional<Locator.Named> named = invocation.known(locator, NAME, reference);
        if (named.isEmpty()) {
            return ExitCode.UNKNOWN.number();
        }
        Optional<SubhostRecord> live = named.get().subhost().filter(subhost -> subhost.state().isLive());
        if (live.isPresent()) {
            invocation.complain(NAME, named.get().name(), "it runs; stop it first: overlay-stop " + named.get().name());
            return ExitCode.EXISTS.number();
        }
        Optional<SubhostConfig> config = named.get().file().flatMap(Locator::read);
        try {
            if (given.has("--yes")) {
                uppers.reset(config);
                return ExitCode.OK.number();
            }
            ChangeLines lines = new ChangeLines(invocation.console(), false);
            uppers.tell(Optional.empty(), config, Optional.empty(), lines);
            String name = named.get().name();
            invocation.complain(NAME, name, lines.end() == 0 ? "it has changed nothing"
                    : "nothing was done; overlay reset --yes " + name + " takes back what is listed");
            return ExitCode.OK.number();
        } catch (RefusedException refused) {
            return Refusals.tell(invocation, NAME, named.get().name(), refused).number();
        }
    }
}
