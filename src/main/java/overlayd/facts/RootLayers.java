package overlayd.facts;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.KernelException;
import overlayd.kernel.RawText;
import overlayd.kernel.Tree;

/**
 * The layers of a root that is not mounted yet, read as if they were: the topmost one that has a file counts, and a symbolic link leads to
 * wherever another layer has its target. Never leaves a layer (openat2(2), RESOLVE_IN_ROOT), never follows out of the root.
 */
public record RootLayers(List<Tree> trees) {
    private static final int MOST_LINKS = 20;

    /** Where a path leads, links at its end followed. Empty: no layer has it, or it was removed by an upper one. */
    Optional<Path> target(String path) {
        Path at = Path.of("/").resolve(path).normalize();
        for (int links = 0; links < MOST_LINKS; links++) {
            Optional<Tree> tree = holder(at);
            if (tree.isEmpty()) {
                return Optional.empty();
            }
            try {
                if (tree.get().identity(relative(at)).kind() != Kind.SYMLINK) {
                    return Optional.of(at);
                }
                at = at.resolveSibling(tree.get().readLink(relative(at))).normalize();
            } catch (KernelException vanished) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** Whether a link to /dev/null is there, which is how units are masked: no layer has a /dev. */
    boolean leadsToNothing(String path) {
        Path at = Path.of("/").resolve(path);
        return holder(at).filter(tree -> {
            try {
                return tree.identity(relative(at)).kind() == Kind.SYMLINK && tree.readLink(relative(at)).equals("/dev/null");
            } catch (KernelException vanished) {
                return false;
            }
        }).isPresent();
    }

    /** The text of a regular file, links followed. Empty: none, too long, or something else. */
    Optional<String> text(String path, int limit) {
        return target(path).flatMap(at -> holder(at).flatMap(tree -> {
            try {
                return tree.identity(relative(at)).kind() == Kind.REGULAR ? Optional.of(RawText.decode(tree.read(relative(at), limit)))
                        : Optional.empty();
            } catch (KernelException unreadable) {
                return Optional.empty();
            }
        }));
    }

    /** Names in a directory, in all layers that have it, sorted. */
    List<String> names(String directory) {
        TreeSet<String> names = new TreeSet<>();
        for (Tree tree : trees) {
            try {
                names.addAll(tree.list(directory));
            } catch (KernelException none) {
                // not in this layer
            }
        }
        return List.copyOf(names);
    }

    /** The topmost layer that has something there; a whiteout hides what is below it. */
    private Optional<Tree> holder(Path path) {
        for (Tree tree : trees) {
            try {
                if (tree.exists(relative(path))) {
                    return tree.identity(relative(path)).kind() == Kind.CHARACTER_DEVICE ? Optional.empty() : Optional.of(tree);
                }
            } catch (KernelException none) {
                // not a directory on the way: not in this layer
            }
        }
        return Optional.empty();
    }

    private static String relative(Path path) {
        return path.toString().substring(1);
    }
}
