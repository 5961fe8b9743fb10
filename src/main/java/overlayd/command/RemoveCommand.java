package overlayd.command;

import java.nio.file.Path;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.failure.RefusedException;
import overlayd.site.SiteRemoval;
import overlayd.subject.Locator;
import overlayd.subject.Shown;

/** overlay remove: takes a subhost's own directories and its configuration file away, after showing what would be lost. */
final class RemoveCommand implements Command {
    private static final String NAME = "overlay remove";

    private final Locator locator;
    private final SiteRemoval removal;
    private final Model model = Model.of(NAME, "overlay remove [OPTION]... NAME|FILE")
            .about("Takes a subhost away: its UPPER with checkpoints, and WORK, BASE where nothing else lies in it, and its configuration file.",
                    "Without --yes it shows what would be lost and removes nothing. LOWER, LOG, shared directories and what lies"
                    + " outside BASE stay.")
            .operands("NAME|FILE", "1", "name of the subhost, or its configuration file")
            .flag("remove it", "-y", "--yes")
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.STEP, ExitCode.EXISTS,
                    ExitCode.NOT_PERMITTED, ExitCode.CONFIG)
            .build();

    RemoveCommand(Locator locator, SiteRemoval removal) {
        this.locator = locator;
        this.removal = removal;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) {
        String reference = given.operands().get(0);
        Optional<Path> file = locator.file(reference, invocation.arguments().workingDirectory());
        if (file.isEmpty()) {
            invocation.complain(NAME, reference, "no configuration file of this name here or in /etc/overlayd/conf.d");
            return ExitCode.UNKNOWN.number();
        }
        try {
            SiteRemoval.Loss loss = removal.loss(file.get());
            if (given.has("--yes")) {
                removal.remove(loss);
            } else {
                show(loss, invocation);
            }
            return ExitCode.OK.number();
        } catch (RefusedException refused) {
            return Refusals.tell(invocation, NAME, Locator.nameIn(file.get()), refused).number();
        }
    }

    private static void show(SiteRemoval.Loss loss, Invocation invocation) {
        StringBuilder text = new StringBuilder();
        loss.trees().forEach(tree -> text.append("%s  %d files, %d bytes%n".formatted(ByteText.of(tree.path()), tree.files(), tree.bytes())));
        text.append(ByteText.of(loss.file())).append('\n');
        invocation.console().out(Shown.of(text.toString()));
        String name = loss.config().name();
        invocation.complain(NAME, name, "nothing was removed; overlay remove --yes " + name + " removes what is listed");
    }
}
