package overlayd.command;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import overlayd.failure.RefusedException;
import overlayd.generation.Generations;
import overlayd.report.LayerDocuments;
import overlayd.subject.Locator;
import overlayd.subject.Shown;
import overlayd.subject.UsageException;
import overlayd.trial.Checkpoints;
import overlayd.varlink.Json;

/** overlay checkpoint: keeps the state of a subhost to go back to, lists and deletes such states. */
final class CheckpointCommand implements Command {
    static final String NAME = "overlay checkpoint";

    private final Checkpoints checkpoints;
    private final Locator locator;
    private final Model model = Model.of(NAME, "overlay checkpoint [OPTION]... NAME|FILE [LABEL]")
            .about("Keeps the state of a subhost that does not run, to go back to with overlay rollback.",
                    "It takes no time and no room: UPPER is renamed, and a new, empty one lies on it. Without a LABEL it gets the next number.")
            .operands("NAME|FILE [LABEL]", "1..2", "name of the subhost, or its configuration file; what to call the checkpoint")
            .flag("list them, the oldest first; * marks those that the subhost lies on", "-l", "--list")
            .flag("delete the one called LABEL, which nothing may lie on", "-d", "--delete")
            .flag("merge those that the subhost lies on into the last of them", "-m", "--merge")
            .flag("list as one JSON array", "-j", "--json")
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.STEP, ExitCode.EXISTS, ExitCode.CONFIG)
            .build();

    CheckpointCommand(Checkpoints checkpoints, Locator locator) {
        this.checkpoints = checkpoints;
        this.locator = locator;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        Optional<String> label = given.operands().stream().skip(1).findFirst();
        boolean list = given.has("--list") || given.has("--json");
        int asked = (list ? 1 : 0) + (given.has("--delete") ? 1 : 0) + (given.has("--merge") ? 1 : 0);
        if (asked > 1 || given.has("--delete") != label.isPresent() && asked == 1) {
            throw new UsageException(given.has("--delete") && asked == 1 ? "--delete takes a LABEL" : "one of --list, --delete LABEL, --merge, or LABEL");
        }
        if (label.isPresent() && !Generations.isLabel(label.get())) {
            throw new UsageException("a label is up to 64 letters, digits and . _ + @ -, and begins with a letter or digit");
        }
        StoppedSubhost.Found found = StoppedSubhost.find(locator, NAME, given.operands().get(0), invocation);
        if (found.subhost().isEmpty()) {
            return found.code().number();
        }
        StoppedSubhost subhost = found.subhost().get();
        try {
            if (list) {
                list(checkpoints.list(subhost.config()), given, invocation);
                return ExitCode.OK.number();
            }
            if (found.code() != ExitCode.OK) {
                invocation.complain(NAME, subhost.name(), running(subhost.name(), "checkpoint"));
                return found.code().number();
            }
            if (given.has("--delete")) {
                checkpoints.delete(subhost.config(), label.orElseThrow());
            } else if (given.has("--merge")) {
                checkpoints.merge(subhost.config());
            } else {
                invocation.console().out(checkpoints.checkpoint(subhost.config(), label) + "\n");
            }
            return ExitCode.OK.number();
        } catch (RefusedException refused) {
            return Refusals.tell(invocation, NAME, subhost.name(), refused).number();
        }
    }

    /** A mounted overlay keeps to its upperdir. */
    static String running(String name, String verb) {
        return "it runs, and its UPPER cannot be exchanged while it is mounted: overlay-stop " + name + "; overlay " + verb + " " + name
                + "; overlay-boot " + name;
    }

    private static void list(List<Checkpoints.Row> rows, Given given, Invocation invocation) {
        if (given.has("--json")) {
            invocation.console().out(new String(Json.write(LayerDocuments.checkpoints(rows)), StandardCharsets.UTF_8) + "\n");
            return;
        }
        rows.forEach(row -> invocation.console().out("%s %s  %s  %s%s%n".formatted(row.current() ? "*" : " ", row.generation().label(),
                Instant.ofEpochSecond(row.generation().seconds()), row.word(),
                row.generation().below().isEmpty() ? "" : ", on " + Shown.of(row.generation().below()))));
    }
}
