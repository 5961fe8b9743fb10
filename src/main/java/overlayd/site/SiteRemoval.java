package overlayd.site;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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
import overlayd.upper.Removal;

/** Takes a subhost's own directories and its configuration file away. Any host thread. */
public final class SiteRemoval {
    private final Door door;
    private final Locator locator;
    private final Ground ground;

    /** What lies below its files. */
    public interface Ground {
        /** Mount points at or below a directory. */
        List<String> mountsBelow(Path directory);

        /** Keeps boots off directories until it is closed. @throws RefusedException EXISTS: one is in use */
        Closeable hold(Collection<Path> directories) throws RefusedException;
    }

    /** One of its directories. {@code files}: and directories in it. */
    public record Tree(Path path, long files, long bytes) {
    }

    /**
     * What would be lost.
     *
     * @param config of the subhost
     * @param file its configuration file
     * @param trees its own directories that are there, and what lies in them
     */
    public record Loss(SubhostConfig config, Path file, List<Tree> trees) {
        public Loss {
            trees = List.copyOf(trees);
        }
    }

    public SiteRemoval(Door door, Locator locator, Ground ground) {
        this.door = door;
        this.locator = locator;
        this.ground = ground;
    }

    /**
     * What {@link #remove} would take away.
     *
     * @throws RefusedException CONFIG: its configuration has errors; EXISTS: it is in use; STEP: it cannot be looked at
     */
    public Loss loss(Path file) throws RefusedException {
        SubhostConfig config = Locator.read(file).orElseThrow(() -> new RefusedException(RefusedException.Kind.CONFIG,
                "its configuration has errors, so its directories are not known; see: overlay check " + ByteText.of(file)));
        List<Tree> trees = new ArrayList<>();
        try {
            for (Path path : own(config).toList()) {
                if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    Debris debris = Debris.in(path);
                    trees.add(new Tree(path, debris.files(), debris.bytes()));
                }
            }
        } catch (IOException refused) {
            throw failed("look at", refused);
        }
        Loss loss = new Loss(config, file, trees);
        requireIdle(loss);
        return loss;
    }

    /** Takes it away, the configuration file last. @throws RefusedException EXISTS: it is in use by now; STEP: broken off, the file is there */
    public void remove(Loss loss) throws RefusedException {
        try {
            Closeable held = ground.hold(loss.trees().stream().map(Tree::path).toList());
            try {
                requireIdle(loss); // somebody may have booted it before they were held
                takeAway(loss);
            } finally {
                held.close();
            }
        } catch (IOException refused) {
            throw failed("remove", refused);
        }
    }

    private static void takeAway(Loss loss) throws IOException {
        for (Tree tree : loss.trees()) {
            Removal.remove(tree.path());
        }
        for (Path path : loss.config().root().kind() == RootKind.OVERLAY ? List.of(loss.config().root().live(), loss.config().base()) : List.<Path>of()) {
            try {
                Files.deleteIfExists(path);
            } catch (DirectoryNotEmptyException others) {
                // what lies there is not ours
            }
        }
        // Last: while it is there, the rest can be found again.
        Files.delete(loss.file());
    }

    private static RefusedException failed(String step, IOException refused) {
        return new RefusedException(RefusedException.Kind.STEP, "cannot " + step + " " + refused.getMessage() + "; the configuration file was kept");
    }

    private void requireIdle(Loss loss) throws RefusedException {
        Optional<String> reason = reasonToStay(loss.config(), loss.file());
        if (reason.isPresent()) {
            throw new RefusedException(RefusedException.Kind.EXISTS, reason.get() + "; nothing was removed");
        }
    }

    private Optional<String> reasonToStay(SubhostConfig config, Path file) {
        Optional<SubhostRecord> running = door.find(config.name()).filter(subhost -> subhost.state().isLive());
        if (running.isPresent()) {
            return Optional.of("it is " + running.get().state().word() + "; stop it first: overlay-stop " + config.name());
        }
        if (config.base().normalize().getNameCount() == 0) {
            return Optional.of("its BASE is /");
        }
        List<String> mounts = ground.mountsBelow(config.base());
        if (!mounts.isEmpty()) {
            return Optional.of(mounts.get(0) + " is mounted below its BASE");
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
}
