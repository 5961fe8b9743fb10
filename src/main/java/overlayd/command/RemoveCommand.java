package overlayd.command;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import overlayd.config.ByteText;
import overlayd.config.RootKind;
import overlayd.config.SubhostConfig;
import overlayd.failure.RefusedException;
import overlayd.generation.Generations;
import overlayd.state.SubhostRecord;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.subject.Shown;
import overlayd.upper.Removal;

/** overlay remove: takes a subhost's own directories and its configuration file away, after showing what would be lost. */
final class RemoveCommand implements Command {
    private static final String NAME = "overlay remove";

    private final Door door;
    private final Locator locator;
    private final Ground ground;
    private final Model model = Model.of(NAME, "overlay remove [OPTION]... NAME|FILE")
            .about("Takes a subhost away: its UPPER with checkpoints, and WORK, BASE where nothing else lies in it, and its configuration file.",
                    "Without --yes it shows what would be lost and removes nothing. LOWER, LOG, shared directories and what lies"
                    + " outside BASE stay.")
            .operands("NAME|FILE", "1", "name of the subhost, or its configuration file")
            .flag("remove it", "-y", "--yes")
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.STEP, ExitCode.EXISTS,
                    ExitCode.NOT_PERMITTED, ExitCode.CONFIG)
            .build();

    /** What lies below its files. */
    interface Ground {
        /** Mount points at or below a directory. */
        List<String> mountsBelow(Path directory);

        /** Keeps boots off directories until it is closed. @throws RefusedException EXISTS: one is in use */
        Closeable hold(Collection<Path> directories) throws RefusedException;
    }

    RemoveCommand(Door door, Locator locator, Ground ground) {
        this.door = door;
        this.locator = locator;
        this.ground = ground;
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
        Optional<SubhostConfig> config = Locator.read(file.get());
        if (config.isEmpty()) {
            invocation.complain(NAME, reference, "its configuration has errors, so its directories are not known; see: overlay check " + reference);
            return ExitCode.CONFIG.number();
        }
        try {
            return run(given, config.get(), file.get(), invocation).number();
        } catch (RefusedException refused) {
            return Refusals.tell(invocation, NAME, config.get().name(), refused).number();
        } catch (IOException refused) {
            invocation.complain(NAME, config.get().name(), "cannot remove " + refused.getMessage() + "; the configuration file was kept");
            return ExitCode.STEP.number();
        }
    }

    private ExitCode run(Given given, SubhostConfig config, Path file, Invocation invocation) throws IOException, RefusedException {
        Map<Path, Debris> trees = trees(config);
        requireIdle(config, file);
        if (!given.has("--yes")) {
            show(config, trees, file, invocation);
            return ExitCode.OK;
        }
        Closeable held = ground.hold(trees.keySet());
        try {
            requireIdle(config, file); // somebody may have booted it before they were held
            remove(config, trees, file);
            return ExitCode.OK;
        } finally {
            held.close();
        }
    }

    private void requireIdle(SubhostConfig config, Path file) throws RefusedException {
        Optional<String> reason = reasonToStay(config, file);
        if (reason.isPresent()) {
            throw new RefusedException(RefusedException.Kind.EXISTS, reason.get() + "; nothing was removed");
        }
    }

    private Optional<String> reasonToStay(SubhostConfig config, Path file) {
        Optional<SubhostRecord> running = door.find(config.name()).filter(subhost -> subhost.stateOf().isLive());
        if (running.isPresent()) {
            return Optional.of("it is " + running.get().state().toLowerCase(java.util.Locale.ROOT) + "; stop it first: overlay-stop " + config.name());
        }
        if (config.base().normalize().getNameCount() == 0) {
            return Optional.of("its BASE is /");
        }
        List<String> mounts = ground.mountsBelow(config.base());
        if (!mounts.isEmpty()) {
            return Optional.of(Shown.of(mounts.get(0)) + " is mounted below its BASE");
        }
        return locator.installed().stream().filter(other -> !Locator.same(other, file)).filter(other -> Locator.read(other)
                .filter(c -> own(config).anyMatch(dir -> c.root().upper().startsWith(dir) || dir.startsWith(c.root().upper())
                        || c.root().lowers().stream().anyMatch(lower -> lower.startsWith(dir)))).isPresent())
                .map(other -> ByteText.of(other) + " uses its directories, too").findFirst();
    }

    /** Its own directories: those of an overlay that lie below BASE. A bound or pre-mounted root is somebody else's work. */
    private static Stream<Path> own(SubhostConfig config) {
        return config.root().kind() != RootKind.OVERLAY ? Stream.of()
                : Stream.of(config.root().upper(), config.root().work(), Generations.place(config.root().upper())).map(Path::normalize)
                        .filter(path -> path.startsWith(config.base().normalize()) && !path.equals(config.base().normalize()));
    }

    private static Map<Path, Debris> trees(SubhostConfig config) throws IOException {
        Map<Path, Debris> trees = new LinkedHashMap<>();
        for (Path path : own(config).toList()) {
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                trees.put(path, Debris.in(path));
            }
        }
        return trees;
    }

    private static void show(SubhostConfig config, Map<Path, Debris> trees, Path file, Invocation invocation) {
        StringBuilder text = new StringBuilder();
        trees.forEach((path, debris) -> text.append("%s  %d files, %d bytes%n".formatted(ByteText.of(path), debris.files(), debris.bytes())));
        text.append(ByteText.of(file)).append('\n');
        invocation.console().out(Shown.of(text.toString()));
        invocation.complain(NAME, config.name(), "nothing was removed; overlay remove --yes " + config.name() + " removes what is listed");
    }

    private static void remove(SubhostConfig config, Map<Path, Debris> trees, Path file) throws IOException {
        for (Path path : trees.keySet()) {
            Removal.remove(path);
        }
        for (Path path : config.root().kind() == RootKind.OVERLAY ? List.of(config.root().live(), config.base()) : List.<Path>of()) {
            try {
                Files.deleteIfExists(path);
            } catch (DirectoryNotEmptyException others) {
                // what lies there is not ours
            }
        }
        // Last: while it is there, the rest can be found again.
        Files.delete(file);
    }
}
