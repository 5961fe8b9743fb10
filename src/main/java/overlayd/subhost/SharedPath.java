package overlayd.subhost;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.plan.HostFacts;

/**
 * Where a path of the host leads that a subhost is to see. What lies in a directory that a subhost's root writes may be exchanged by it for a
 * link to anything of the host's, at any moment: there no link is followed.
 *
 * @param real without links
 * @param written whether it lies in such a directory; then it is to be opened without following a link, too
 * @param link one on the way that such a root can change, and whose
 */
record SharedPath(Path real, boolean written, Optional<HostFacts.Kept> link) {
    private static final int MOST_LINKS = 40;

    /** @param uppers directories that a subhost's root writes, and whose they are */
    static SharedPath of(Path path, Map<Path, String> uppers) throws IOException {
        Deque<Path> ahead = new ArrayDeque<>();
        path.forEach(ahead::addLast);
        Path here = path.getRoot();
        Optional<HostFacts.Kept> kept = Optional.empty();
        boolean passed = false; // by "..", too: what is a directory now may be a link when it is opened
        for (int links = 0; !ahead.isEmpty();) {
            Path next = here.resolve(ahead.removeFirst()).normalize();
            passed |= writer(next, uppers).isPresent();
            if (!Files.isSymbolicLink(next)) {
                here = next;
                continue;
            }
            if (++links > MOST_LINKS) {
                throw new FileSystemException(path.toString(), null, "too many levels of symbolic links");
            }
            Path link = next;
            kept = kept.or(() -> writer(link, uppers).map(name -> new HostFacts.Kept(link, name)));
            Path target = Files.readSymbolicLink(next);
            for (int i = target.getNameCount() - 1; i >= 0; i--) {
                ahead.addFirst(target.getName(i));
            }
            here = target.isAbsolute() ? target.getRoot() : here;
        }
        return new SharedPath(here, passed, kept);
    }

    /** Directories that the roots of known subhosts write. */
    static Map<Path, String> uppers(Registry registry) {
        Map<Path, String> uppers = new LinkedHashMap<>();
        registry.all().stream().map(Subhost::record).filter(other -> !other.upper().isEmpty())
                .forEach(other -> uppers.put(ByteText.path(other.upper()), other.name()));
        uppers.remove(Path.of("/"));
        return uppers;
    }

    /** The same, and where those that are written with a link or ".." really are: a look at each of them. */
    static Map<Path, String> real(Map<Path, String> uppers) {
        Map<Path, String> all = new LinkedHashMap<>(uppers);
        uppers.forEach((upper, name) -> {
            try {
                all.put(upper.toRealPath(), name);
            } catch (IOException gone) {
                // nothing lies in it
            }
        });
        all.remove(Path.of("/"));
        return all;
    }

    private static Optional<String> writer(Path path, Map<Path, String> uppers) {
        return uppers.keySet().stream().filter(upper -> path.startsWith(upper) && !path.equals(upper)).findFirst().map(uppers::get);
    }
}
