package overlayd.command;

import java.util.Optional;
import overlayd.config.SubhostConfig;
import overlayd.failure.RefusedException;
import overlayd.state.SubhostRecord;
import overlayd.subject.Locator;
import overlayd.upper.Diff;

/** overlay diff: what a subhost has changed of what lies below its upperdir. */
final class DiffCommand implements Command {
    private static final String NAME = "overlay diff";

    private final Differences differences;
    private final Locator locator;
    private final Model model = Model.of(NAME, "overlay diff [OPTION]... NAME|FILE")
            .about("Shows what a subhost has changed: added, changed and deleted files.",
                    "A line each: A, C or D, the path, and what differs. Files that were only touched are left out.")
            .operands("NAME|FILE", "1", "name of the subhost, or its configuration file")
            .option("LABEL", String.class, "only what was changed since that checkpoint", "-s", "--since")
            .flag("one JSON array", "-j", "--json")
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.STEP, ExitCode.CONFIG, ExitCode.READER_GONE)
            .build();

    /** Where changes come from. */
    interface Differences {
        /** @param subhost its record, where it was ever booted; {@code since}: label of a checkpoint */
        void tell(Optional<SubhostRecord> subhost, Optional<SubhostConfig> config, Optional<String> since, Diff.Found found) throws RefusedException;
    }

    DiffCommand(Differences differences, Locator locator) {
        this.differences = differences;
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
        try {
            ChangeLines lines = new ChangeLines(invocation.console(), given.has("--json"));
            differences.tell(named.get().subhost(), named.get().file().flatMap(Locator::read), given.value("--since", String.class), lines);
            lines.end();
            return ExitCode.OK.number();
        } catch (RefusedException refused) {
            return Refusals.tell(invocation, NAME, named.get().name(), refused).number();
        }
    }
}
