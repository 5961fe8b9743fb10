package overlayd.command;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlayd.failure.RefusedException;
import overlayd.group.TrialVisit;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.Kernel;
import overlayd.kernel.Signal;
import overlayd.report.LayerDocuments;
import overlayd.subject.Locator;
import overlayd.subject.Shown;
import overlayd.subject.UsageException;
import overlayd.trial.TrialOutcome;
import overlayd.trial.TrialRun;
import overlayd.trial.Trials;
import overlayd.varlink.Json;

/** overlay try: a command on a throw-away overlay of the host's root; its changes are shown, and applied or dropped. */
final class TryCommand implements Command {
    private static final String NAME = "overlay try";

    private final Kernel kernel;
    private final Trials trials;
    private final TrialVisit visit;
    private final Locator locator;
    private final GoCommand go;
    private final Model model = Model.of(NAME, "overlay try [OPTION]... COMMAND... | list | diff|apply|drop|undo ID")
            .about("Runs a command on a throw-away overlay of the host's root, or of a subhost's.",
                    "Then shows what it has changed; overlay try apply ID carries that over, drop ID forgets it, undo ID takes back"
                    + " what was applied.")
            .operands("COMMAND...", "0..*", "program and its arguments; after -- also one that is called list, diff, apply, drop or undo")
            .option("NAME|FILE", String.class, "on the root of that subhost, confined as it is", "-i", "--in")
            .hidden("POINT", DieAt.OPTION)
            .flag("apply a trial whose command was interrupted by the end of the daemon, too", "-f", "--force")
            .flag("print the changes, or the list, as one JSON array", "-j", "--json")
            .commandAfterOperand()
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.STEP, ExitCode.EXISTS, ExitCode.BUSY, ExitCode.NOT_PERMITTED, ExitCode.CONFIG)
            .footer("Otherwise the command's own status, or 128 + the signal that ended it;", "126 or 127 where it cannot be run.")
            .build();

    /** What it shares with others. */
    record Needs(Kernel kernel, Trials trials, TrialVisit visit, Locator locator) {
    }

    /** @param go how a command is run in a subhost */
    TryCommand(Needs needs, GoCommand go) {
        this.kernel = needs.kernel();
        this.trials = needs.trials();
        this.visit = needs.visit();
        this.locator = needs.locator();
        this.go = go;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        List<String> words = given.operands();
        DieAt.arm(given);
        try {
            if (given.has("--force") && (given.after().isPresent() || words.isEmpty() || !words.get(0).equals("apply"))) {
                throw new UsageException("--force goes with apply");
            }
            if (given.after().isPresent()) {
                return command(given.after().get(), given, invocation);
            }
            if (words.isEmpty()) {
                throw new UsageException("a command to try is missing");
            }
            return switch (words.get(0)) {
                case "list" -> list(given, invocation);
                case "diff", "apply", "drop", "undo" -> trial(words, given, invocation);
                default -> command(words, given, invocation);
            };
        } catch (RefusedException refused) {
            return Refusals.tell(invocation, NAME, "", refused).number();
        }
    }

    /** Behind the first word an option would be a command's, and is found among the words; list and diff have no command. */
    private static boolean isJson(String word) {
        return word.equals("--json") || word.equals("-j");
    }

    private static boolean isForce(String word) {
        return word.equals("--force") || word.equals("-f");
    }

    private int list(Given given, Invocation invocation) throws UsageException {
        List<String> more = given.operands().subList(1, given.operands().size());
        boolean json = given.has("--json") || more.stream().anyMatch(TryCommand::isJson);
        if (!more.stream().allMatch(TryCommand::isJson)) {
            throw new UsageException("list takes nothing more; a command of that name: overlay try -- list ...");
        }
        if (json) {
            invocation.console().out(new String(Json.write(LayerDocuments.trials(trials.list())), StandardCharsets.UTF_8) + "\n");
            return ExitCode.OK.number();
        }
        trials.list().forEach(trial -> invocation.console().out(Shown.of(trial.id() + "  " + trial.state().name().toLowerCase(java.util.Locale.ROOT)
                + trial.reason().map(reason -> ": " + reason).orElse("") + "  "
                + (trial.subject().isHost() ? "" : "--in " + trial.subject().name() + " ") + trial.command()) + "\n"));
        return ExitCode.OK.number();
    }

    private int trial(List<String> all, Given given, Invocation invocation) throws UsageException, RefusedException {
        List<String> words = switch (all.get(0)) {
            case "diff" -> all.stream().filter(word -> !isJson(word)).toList();
            case "apply" -> all.stream().filter(word -> !isForce(word)).toList();
            default -> all;
        };
        if (words.size() != 2 || !words.get(1).matches("[0-9]{1,9}")) {
            throw new UsageException("overlay try " + words.get(0) + " takes the number of a trial, see: overlay try list");
        }
        Optional<Trials.Trial> trial = trials.find(Integer.parseInt(words.get(1)));
        if (trial.isEmpty()) {
            invocation.complain(NAME, words.get(1), "there is no such trial; see: overlay try list");
            return ExitCode.UNKNOWN.number();
        }
        switch (words.get(0)) {
            case "diff" -> show(trial.get(), given.has("--json") || words.size() < all.size(), invocation);
            case "drop" -> {
                visit.end(trial.get());
                trials.drop(trial.get());
            }
            case "apply" -> {
                boolean force = given.has("--force") || words.size() < all.size();
                try (TrialOutcome outcome = force ? trials.applyHalfDone(trial.get()) : trials.apply(trial.get())) {
                    return told("applied", outcome, words.get(1), invocation);
                }
            }
            default -> {
                try (TrialOutcome outcome = trials.undo(trial.get())) {
                    return told("taken back", outcome, words.get(1), invocation);
                }
            }
        }
        return ExitCode.OK.number();
    }

    private static int told(String what, TrialOutcome outcome, String id, Invocation invocation) {
        if (outcome.inTheWay().isEmpty()) {
            int number = outcome.count();
            invocation.console().err(number + (number == 1 ? " change " : " changes ") + what + "\n");
            return ExitCode.OK.number();
        }
        outcome.inTheWay().forEach(line -> invocation.console().err(Shown.of(line) + "\n"));
        invocation.complain(NAME, id, "nothing was " + what + ": it is not any more what the command has seen; try the command anew");
        return ExitCode.EXISTS.number();
    }

    /** @return how many changes there are */
    private long show(Trials.Trial trial, boolean json, Invocation invocation) throws RefusedException {
        ChangeLines lines = new ChangeLines(invocation.console(), json);
        trials.tell(trial, lines);
        return lines.end();
    }

    private int command(List<String> words, Given given, Invocation invocation) throws RefusedException, UsageException {
        if (words.isEmpty()) {
            throw new UsageException("a command to try is missing");
        }
        if (given.value("--in", String.class).isPresent()) {
            return inside(words, given, invocation);
        }
        Console.Stdio stdio = invocation.console().stdio();
        TrialRun.Request request = new TrialRun.Request(words, environment(invocation), invocation.arguments().directory().isEmpty() ? "/"
                : invocation.arguments().directory(), List.of(stdio.in(), stdio.out(), stdio.err()));
        try (TrialRun run = TrialRun.start(kernel, trials, request)) {
            invocation.client().onInterrupt(signal -> run.signal(signal == Signal.INT.number() ? Signal.INT : Signal.TERM));
            invocation.client().onHangup(() -> run.signal(Signal.KILL));
            ExitStatus status = run.await();
            return told(run.trial(), status.shellStatus(), given, invocation);
        }
    }

    private int inside(List<String> words, Given given, Invocation invocation) throws RefusedException, UsageException {
        String reference = given.value("--in", String.class).orElseThrow();
        Optional<Locator.Named> named = invocation.known(locator, NAME, reference);
        if (named.isEmpty()) {
            return ExitCode.UNKNOWN.number();
        }
        TrialVisit.Visited<Integer> visited = visit.<Integer, UsageException>go(named.get(), String.join(" ", words),
                name -> go.run(new Given(Map.of(), List.of(name), Optional.of(words)), invocation));
        if (visited.cut()) {
            invocation.complain(NAME, named.get().name(), "it runs and has its addresses, so the command had no network");
        }
        return told(visited.trial(), visited.end(), given, invocation);
    }

    private int told(Optional<Trials.Trial> found, int status, Given given, Invocation invocation) throws RefusedException {
        if (found.isEmpty()) {
            invocation.complain(NAME, "", "the trial was dropped while its command ran; nothing is kept of it");
            return status;
        }
        Trials.Trial trial = found.get();
        long changes = show(trial, given.has("--json"), invocation);
        invocation.console().err("trial " + trial.id() + (status == 0 ? "" : ", which failed (" + status + ")")
                + (changes == 0 ? ": nothing was changed; " : ": overlay try apply " + trial.id() + " makes it so, ")
                + "overlay try drop " + trial.id() + " forgets it\n");
        return status;
    }

    /** The client's own, as for a command on the host. */
    private static List<String> environment(Invocation invocation) {
        List<String> environment = new ArrayList<>();
        for (Map.Entry<String, String> variable : invocation.arguments().environment().entrySet()) {
            environment.add(variable.getKey() + "=" + variable.getValue());
        }
        if (!invocation.arguments().environment().containsKey("PATH")) {
            environment.add("PATH=" + TrialRun.PATH);
        }
        return environment;
    }
}
