package overlayd.command;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import overlayd.kernel.Deadline;
import overlayd.report.StateWait;
import overlayd.subhost.Live;
import overlayd.subhost.News;
import overlayd.subject.Locator;
import overlayd.subject.Shown;
import overlayd.subject.UsageException;

/** overlay wait: returns when a subhost is in a state. */
final class WaitCommand implements Command {
    private static final String NAME = "overlay wait";

    private final Supplier<Live> live;
    private final Locator locator;
    private final Model model = Model.of(NAME, "overlay wait [OPTION]... STATE[,STATE...] NAME|FILE")
            .about("Waits until a subhost is in a state.",
                    "stopped, starting, running, degraded, paused, stopping or failed; of several, separated by commas, it prints which came first."
                    + " What is so already counts; running is also what is degraded.")
            .operands("STATE NAME|FILE", "2", "state; name of the subhost, or its configuration file")
            .option("SECONDS", Integer.class, "wait no longer; then exit with 75", "-t", "--timeout")
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.BUSY, ExitCode.NOT_PERMITTED,
                    ExitCode.INTERRUPTED, ExitCode.TERMINATED)
            .exit(ExitCode.UNKNOWN, "no such subhost")
            .exit(ExitCode.BUSY, "it did not come to that state in time")
            .build();

    WaitCommand(Supplier<Live> live, Locator locator) {
        this.live = live;
        this.locator = locator;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        List<String> words = Arrays.asList(given.operands().get(0).split(",", -1));
        if (!StateWait.STATES.containsAll(words)) {
            throw new UsageException("\"" + Shown.of(given.operands().get(0)) + "\" is no state; there are: " + String.join(", ", StateWait.STATES));
        }
        Optional<Integer> seconds = given.value("--timeout", Integer.class);
        if (seconds.filter(s -> s < 0).isPresent()) {
            throw new UsageException("--timeout takes seconds from 0 on");
        }
        String reference = given.operands().get(1);
        Optional<Locator.Named> named = invocation.known(locator, NAME, reference);
        if (named.isEmpty()) {
            return ExitCode.UNKNOWN.number();
        }
        StateWait wait = new StateWait(named.get().name(), words);
        return await(wait, words, seconds, invocation).number();
    }

    private ExitCode await(StateWait wait, List<String> words, Optional<Integer> seconds, Invocation invocation) {
        ClientEnd end = ClientEnd.of(invocation.client());
        try (News.Subscription news = live.get().subscribe()) {
            end.ends(news::end);
            Optional<String> met = wait.await(news, seconds.map(s -> Deadline.after(Duration.ofSeconds(s))).orElse(Deadline.NEVER));
            if (met.isPresent()) {
                if (words.size() > 1) {
                    invocation.console().out(met.get() + "\n");
                }
                return ExitCode.OK;
            }
            if (!end.hasCome()) {
                invocation.complain(NAME, wait.name(), "is " + wait.lastWord() + ", not " + String.join(" or ", words) + ", after "
                        + seconds.orElseThrow() + " s");
                return ExitCode.BUSY;
            }
            return end.code();
        }
    }
}
