package overlayd.trial;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import overlayd.config.ByteText;
import overlayd.config.ConfigFile;
import overlayd.config.SubhostConfig;
import overlayd.failure.RefusedException;
import overlayd.generation.Generations;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;

/**
 * A trial on a subhost: a subhost of its own, confined as that one, whose upperdir lies on that one's layers. What would reach beyond them is
 * left out: shares, hooks, published ports, services.
 */
public final class SubhostTrial {
    private static final Pattern KEY = Pattern.compile("\\s*([A-Z_]+)\\s*=.*", Pattern.DOTALL);
    private static final Set<String> LEFT_OUT = Set.of("NAME", "BASE", "LIVE", "LOWER", "UPPER", "WORK", "LOG", "START", "SHARE", "PREMOUNT", "POSTMOUNT",
            "INIT", "REAPER", "READY", "READY_TIMEOUT", "RESTART", "AFTER", "REQUIRES", "AUTOSTART", "PUBLISH");
    private static final Set<String> NETWORK = Set.of("CABLES", "ADDRESS", "GATEWAY");
    /** Label under which the subhost's own upperdir is a generation of the trial's. */
    private static final String IN = "in";

    private SubhostTrial() {
    }

    /**
     * Begins one; its configuration is to be booted next.
     *
     * @param runs whether the subhost runs, and so has its addresses itself
     * @throws RefusedException CONFIG: it has no layers that can be reached; STEP
     */
    public static Trials.Trial begin(Kernel kernel, Trials trials, Optional<SubhostConfig> config, boolean runs, String command) throws RefusedException {
        Uppers.Place place = new Uppers(kernel).place(Optional.empty(), config);
        place.uppers(); // a fault is told now
        if (place.lowers().stream().anyMatch(lower -> lower.toString().contains(":"))) {
            throw Uppers.refused("a directory of LOWER of " + place.name() + " has a colon in its name");
        }
        Trials.Trial trial = null;
        try (Fd upper = kernel.files().openPath(ByteText.of(place.upper()))) {
            Path file = config.orElseThrow().file();
            ConfigFile opened = ConfigFile.open(file);
            // The trial's own copy lies where only root writes, so it would be trusted.
            if (opened.trust().breach().isPresent()) {
                throw Uppers.refused("a trial boots only what root alone has written: " + opened.trust().breach().get().message());
            }
            trial = trials.begin(command, new Trials.Subject(place.name(), ByteText.of(file), kernel.files().identity(upper).inode()), upper);
            prepare(kernel, trials.place(trial.id()), place);
            Files.write(configuration(trials, trial), text(file, place, trials.place(trial.id()), runs ? NETWORK : Set.of()).getBytes(StandardCharsets.ISO_8859_1));
            return trial;
        } catch (KernelException | IOException failed) {
            if (trial != null) {
                trials.drop(trial);
            }
            throw Uppers.step("begin trial in", place.name(), failed instanceof KernelException kernels ? kernels : TrialGround.io("write", place.name(), failed));
        }
    }

    /** The file of the subhost that a trial is. */
    public static Path configuration(Trials trials, Trials.Trial trial) {
        return trials.place(trial.id()).resolve(name(trial) + ".conf");
    }

    /** Name of the subhost that a trial is. */
    public static String name(Trials.Trial trial) {
        return "try" + trial.id();
    }

    private static void prepare(Kernel kernel, Path at, Uppers.Place place) throws IOException, KernelException {
        Path upper = at.resolve("upper");
        Files.createDirectory(Generations.place(upper));
        Files.createSymbolicLink(Generations.place(upper).resolve(IN), place.upper().toRealPath());
        try (Fd root = kernel.files().openPath(ByteText.of(upper))) {
            Generations.lay(kernel, root, IN);
        }
    }

    private static String text(Path file, Uppers.Place place, Path at, Set<String> more) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line : new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).split("\n")) {
            Matcher key = KEY.matcher(line);
            if (key.matches() && !LEFT_OUT.contains(key.group(1)) && !more.contains(key.group(1))) {
                lines.add(line);
            }
        }
        lines.add("NAME=try" + at.getFileName());
        lines.add("BASE=" + raw(at));
        lines.add("LIVE=" + raw(at.resolve("live")));
        lines.add("UPPER=" + raw(at.resolve("upper")));
        lines.add("WORK=" + raw(at.resolve("work")));
        lines.add("LOG=" + raw(at.resolve("console.log")));
        lines.add("LOWER=" + String.join(":", place.lowers().stream().map(SubhostTrial::raw).toList()));
        lines.add("START=none");
        return String.join("\n", lines) + "\n";
    }

    /** Its bytes, a character each. */
    private static String raw(Path path) {
        return new String(ByteText.bytes(path), StandardCharsets.ISO_8859_1);
    }
}
