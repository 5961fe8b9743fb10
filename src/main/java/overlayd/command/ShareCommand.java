package overlayd.command;

import java.nio.file.Path;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.failure.RefusedException;
import overlayd.subhost.LiveShare;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.subject.ShareLines;
import overlayd.subject.ShareTarget;
import overlayd.subject.Shown;
import overlayd.subject.UsageException;

/** overlay-share: shows a running subhost a file or directory of the host. */
final class ShareCommand implements Command {
    private static final String NAME = "overlay-share";
    /** As SHARE in the configuration: mounted over, or the root itself. */

    private final Door door;
    private final Locator locator;
    private final Model model = Model.of(NAME, "overlay-share [OPTION]... PATH NAME|FILE")
            .about("Shares a file or directory with a running subhost.",
                    "Under the same path, until the subhost ends. SHARE= in its configuration file lasts.")
            .operands("PATH NAME|FILE", "2", "path on the host; name of the subhost, or its configuration file")
            .option("PATH", String.class, "path in the subhost, if it is to be another", "--on")
            .flag("the subhost may not write to it", "-r", "--read-only")
            .flag("add a line SHARE= to its configuration file, too", "--persist")
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.STEP, ExitCode.NOT_PERMITTED, ExitCode.CONFIG)
            .build();

    ShareCommand(Door door, Locator locator) {
        this.door = door;
        this.locator = locator;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        Path host = host(given.operands().get(0), invocation);
        LiveShare share = new LiveShare(host, ShareTarget.of(given.value("--on", String.class).orElse(ByteText.of(host))), given.has("--read-only"));
        String reference = given.operands().get(1);
        Optional<Locator.Named> named = invocation.known(locator, NAME, reference);
        if (named.isEmpty()) {
            return ExitCode.UNKNOWN.number();
        }
        try {
            Optional<ShareLines> lines = given.has("--persist") ? Optional.of(ShareLines.of(named.get())) : Optional.empty();
            if (lines.isPresent()) {
                lines.get().check(share); // what cannot be written down is not shared either
            }
            door.share(named.get().name(), share);
            if (lines.isPresent()) {
                lines.get().add(share);
            }
            return ExitCode.OK.number();
        } catch (java.io.IOException refused) {
            invocation.complain(NAME, named.get().name(), refused.getMessage());
            return ExitCode.CONFIG.number();
        } catch (RefusedException refused) {
            return Refusals.tell(invocation, NAME, named.get().name(), refused).number();
        }
    }

    private static Path host(String word, Invocation invocation) throws UsageException {
        Path path = ByteText.path(word);
        Optional<Path> directory = invocation.arguments().workingDirectory();
        if (word.isEmpty() || !path.isAbsolute() && directory.isEmpty()) {
            throw new UsageException("which path of the host? \"" + Shown.of(word) + "\" is none");
        }
        return directory.orElse(Path.of("/")).resolve(path).normalize();
    }
}
