package overlayd.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import overlayd.failure.RefusedException;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.subject.ShareLines;
import overlayd.subject.ShareTarget;
import overlayd.subject.UsageException;

/** overlay unshare: takes a share off a running subhost. */
final class UnshareCommand implements Command {
    private static final String NAME = "overlay unshare";

    private final Door door;
    private final Locator locator;
    private final Model model = Model.of(NAME, "overlay unshare [OPTION]... PATH NAME|FILE")
            .about("Takes a share off a running subhost.",
                    "PATH is the path in the subhost, of overlay-share or of SHARE= in its configuration file. One that is in use stays.")
            .operands("PATH NAME|FILE", "2", "path in the subhost; its name, or its configuration file")
            .flag("take the line SHARE= out of its configuration file, too", "--persist")
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.STEP, ExitCode.BUSY, ExitCode.NOT_PERMITTED,
                    ExitCode.CONFIG)
            .build();

    UnshareCommand(Door door, Locator locator) {
        this.door = door;
        this.locator = locator;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        Path target = ShareTarget.of(given.operands().get(0));
        String reference = given.operands().get(1);
        Optional<Locator.Named> named = invocation.known(locator, NAME, reference);
        if (named.isEmpty()) {
            return ExitCode.UNKNOWN.number();
        }
        try {
            door.unshare(named.get().name(), target);
            if (given.has("--persist") && !ShareLines.of(named.get()).remove(target)) {
                invocation.complain(NAME, named.get().name(), "its configuration file has no SHARE= for that path");
            }
            return ExitCode.OK.number();
        } catch (IOException refused) {
            invocation.complain(NAME, named.get().name(), refused.getMessage());
            return ExitCode.CONFIG.number();
        } catch (RefusedException refused) {
            return Refusals.tell(invocation, NAME, named.get().name(), refused).number();
        }
    }
}
