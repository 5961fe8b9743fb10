package overlayd.subhost;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.KernelException;
import overlayd.kernel.Tree;
import overlayd.plan.InitSystem;

/** Looks into the layers of a root for the init that INIT names: which system it is, by where its links lead. Reads only, never leaves a layer. */
final class InitFinder {
    private static final int MOST_LINKS = 20;
    private static final Pattern SHARED = Pattern.compile("libsystemd-shared-([0-9]{2,4})\\b.*\\.so");
    private static final List<String> LIBRARIES = List.of("usr/lib/x86_64-linux-gnu/systemd", "usr/lib/aarch64-linux-gnu/systemd",
            "usr/lib/systemd", "lib/systemd", "usr/lib64/systemd");

    private final List<Tree> layers;

    /** @param layers top first */
    InitFinder(List<Tree> layers) {
        this.layers = layers;
    }

    /** @param program absolute path in the root. Empty: no layer has it */
    Optional<InitSystem> find(String program) {
        Path at = Path.of(program).normalize();
        for (int links = 0; links < MOST_LINKS; links++) {
            Optional<Optional<String>> found = first(relative(at));
            if (found.isEmpty()) {
                return Optional.empty();
            }
            if (found.get().isEmpty()) {
                InitSystem.Kind kind = InitSystem.kind(at);
                return Optional.of(new InitSystem(kind, kind == InitSystem.Kind.SYSTEMD ? version() : OptionalInt.empty()));
            }
            at = at.resolveSibling(found.get().get()).normalize();
        }
        return Optional.empty();
    }

    private static String relative(Path path) {
        return path.toString().substring(1);
    }

    /** In the topmost layer that has it: where it leads when it is a link. Empty: none has it. */
    private Optional<Optional<String>> first(String path) {
        for (Tree tree : layers) {
            try {
                if (tree.exists(path)) {
                    return Optional.of(tree.identity(path).kind() == FileIdentity.Kind.SYMLINK ? Optional.of(tree.readLink(path)) : Optional.empty());
                }
            } catch (KernelException unreadable) {
                // not a directory, or a link that leads nowhere: not in this layer
            }
        }
        return Optional.empty();
    }

    /** systemd's version is part of the name of its own library. */
    private OptionalInt version() {
        for (Tree tree : layers) {
            try {
                for (String place : LIBRARIES) {
                    OptionalInt found = tree.exists(place) ? versionIn(tree.list(place)) : OptionalInt.empty();
                    if (found.isPresent()) {
                        return found;
                    }
                }
            } catch (KernelException unreadable) {
                // as above
            }
        }
        return OptionalInt.empty();
    }

    private static OptionalInt versionIn(List<String> names) {
        return names.stream().map(SHARED::matcher).filter(Matcher::matches).mapToInt(match -> Integer.parseInt(match.group(1))).findFirst();
    }
}
