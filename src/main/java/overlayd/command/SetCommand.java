package overlayd.command;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import overlayd.failure.RefusedException;
import overlayd.subhost.Live;
import overlayd.subject.LimitLines;
import overlayd.subject.Locator;
import overlayd.subject.UsageException;

/** overlay set: other limits for a running subhost. */
final class SetCommand implements Command {
    private static final String NAME = "overlay set";

    private final Supplier<Live> live;
    private final Locator locator;
    private final Model model = Model.of(NAME, "overlay set [OPTION]... NAME|FILE KEY=VALUE...")
            .about("Sets limits of a running subhost: MEMORY, CPUS, PIDS, IO.",
                    "At once, and until it ends; values as in its configuration file, none lifts a limit. Memory that is in use is not taken away:"
                    + " then the limit is refused, and nothing is changed.")
            .operands("NAME|FILE KEY=VALUE...", "2..*", "name of the subhost, or its configuration file; limits")
            .hidden("POINT", DieAt.OPTION)
            .flag("write the limits into its configuration file, too", "--persist")
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.STEP, ExitCode.NOT_PERMITTED, ExitCode.CONFIG)
            .build();

    SetCommand(Supplier<Live> live, Locator locator) {
        this.live = live;
        this.locator = locator;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        String reference = given.operands().get(0);
        List<String> assignments = given.operands().subList(1, given.operands().size());
        LimitLines.check(assignments);
        DieAt.arm(given);
        Optional<Locator.Named> named = invocation.known(locator, NAME, reference);
        if (named.isEmpty()) {
            return ExitCode.UNKNOWN.number();
        }
        try {
            Optional<LimitLines> file = given.has("--persist") ? Optional.of(LimitLines.of(named.get())) : Optional.empty();
            if (file.isPresent()) {
                file.get().requireWritable(assignments); // what cannot be written down is not set either
            }
            live.get().limit(named.get().name(), assignments).notes().forEach(note -> invocation.complain(NAME, named.get().name(), note));
            if (file.isPresent()) {
                file.get().set(assignments);
            }
            return ExitCode.OK.number();
        } catch (IOException refused) {
            invocation.complain(NAME, named.get().name(), refused.getMessage());
            return ExitCode.CONFIG.number();
        } catch (RefusedException refused) {
            return tell(refused, named.get().name(), invocation).number();
        }
    }

    /** A value that is none stands in no file: it is told without a place. */
    private static ExitCode tell(RefusedException refused, String name, Invocation invocation) {
        if (refused.problems().isEmpty()) {
            return Refusals.tell(invocation, NAME, name, refused);
        }
        refused.problems().forEach(problem -> invocation.complain(NAME, name, problem.message()
                + (problem.remedy().isEmpty() ? "" : " (" + problem.remedy() + ")")));
        return ExitCode.CONFIG;
    }
}
