package overlayd.command;

import java.util.Optional;
import java.util.function.Supplier;
import overlayd.failure.RefusedException;
import overlayd.subhost.Live;
import overlayd.subject.Locator;

/** overlay pause, which stops all processes of subhosts, and overlay resume, which lets them go on. */
final class PauseCommand implements Command {
    /** @return whether anything was changed */
    private interface Action {
        boolean on(Live live, String name) throws RefusedException;
    }

    private final Supplier<Live> live;
    private final Locator locator;
    private final Action action;
    private final Model model;

    private PauseCommand(Supplier<Live> live, Locator locator, Action action, Model model) {
        this.live = live;
        this.locator = locator;
        this.action = action;
        this.model = model;
    }

    static PauseCommand pause(Supplier<Live> live, Locator locator) {
        return new PauseCommand(live, locator, Live::pause, model("pause", "Stops all processes of running subhosts for a while.",
                "They keep their memory, files and connections, and use no processor time; overlay resume lets them go on. A paused subhost"
                + " can be stopped, not entered."));
    }

    static PauseCommand resume(Supplier<Live> live, Locator locator) {
        return new PauseCommand(live, locator, Live::resume, model("resume", "Lets paused subhosts go on.",
                "One that runs already is left as it is."));
    }

    private static Model model(String verb, String about, String more) {
        return Model.of("overlay " + verb, "overlay " + verb + " [OPTION]... NAME|FILE...")
                .about(about, more)
                .operands("NAME|FILE", "1..*", "name of the subhost, or its configuration file")
                .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.STEP, ExitCode.BUSY, ExitCode.NOT_PERMITTED)
                .build();
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) {
        ExitCode code = ExitCode.OK;
        for (String reference : given.operands()) {
            ExitCode one = one(reference, invocation);
            code = code == ExitCode.OK ? one : code;
        }
        return code.number();
    }

    private ExitCode one(String reference, Invocation invocation) {
        Optional<Locator.Named> named = invocation.known(locator, model.name(), reference);
        if (named.isEmpty()) {
            return ExitCode.UNKNOWN;
        }
        try {
            action.on(live.get(), named.get().name());
            return ExitCode.OK;
        } catch (RefusedException refused) {
            return Refusals.tell(invocation, model.name(), named.get().name(), refused);
        }
    }
}
