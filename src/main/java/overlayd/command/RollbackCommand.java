package overlayd.command;

import java.util.Optional;
import overlayd.failure.RefusedException;
import overlayd.subject.Locator;
import overlayd.trial.Checkpoints;

/** overlay rollback: takes a subhost that does not run back to a checkpoint. */
final class RollbackCommand implements Command {
    private static final String NAME = "overlay rollback";

    private final Checkpoints checkpoints;
    private final Locator locator;
    private final Model model = Model.of(NAME, "overlay rollback [OPTION]... NAME|FILE [LABEL]")
            .about("Takes a subhost that does not run back to a checkpoint; without a LABEL to the last one.",
                    "Without --yes it shows what would be taken back, as overlay diff does, and does nothing. The state that is left is kept as a"
                    + " further checkpoint, whose label is printed, and overlay rollback takes that back, too.")
            .operands("NAME|FILE [LABEL]", "1..2", "name of the subhost, or its configuration file; the checkpoint")
            .flag("do it", "-y", "--yes")
            .flag("do not keep the state that is left: changes since the last checkpoint are lost", "--discard")
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.STEP, ExitCode.EXISTS, ExitCode.CONFIG)
            .build();

    RollbackCommand(Checkpoints checkpoints, Locator locator) {
        this.checkpoints = checkpoints;
        this.locator = locator;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) {
        Optional<String> label = given.operands().stream().skip(1).findFirst();
        StoppedSubhost.Found found = StoppedSubhost.find(locator, NAME, given.operands().get(0), invocation);
        if (found.subhost().isEmpty()) {
            return found.code().number();
        }
        StoppedSubhost subhost = found.subhost().get();
        if (found.code() != ExitCode.OK) {
            invocation.complain(NAME, subhost.name(), CheckpointCommand.running(subhost.name(), "rollback"));
            return found.code().number();
        }
        try {
            if (given.has("--yes")) {
                checkpoints.rollback(subhost.config(), label, !given.has("--discard")).ifPresent(kept -> invocation.console().out(kept + "\n"));
                return ExitCode.OK.number();
            }
            ChangeLines lines = new ChangeLines(invocation.console(), false);
            checkpoints.lost(subhost.config(), label, lines);
            lines.end();
            invocation.complain(NAME, subhost.name(), "nothing was done; with --yes what is listed is taken back"
                    + (given.has("--discard") ? " and lost" : ", and kept as a checkpoint of its own"));
            return ExitCode.OK.number();
        } catch (RefusedException refused) {
            return Refusals.tell(invocation, NAME, subhost.name(), refused).number();
        }
    }
}
