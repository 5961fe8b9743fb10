package overlayd.subhost;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import overlayd.plan.HostFacts;

/**
 * Where a path of the host leads that a subhost is to see. What lies in a directory that a subhost's root writes may be exchanged by it for a
 * link to anything of the host's, at any moment: there no link is followed, and what is found is opened by a path without links.
 *
 * @param real without links
 * @param link one on the way that such a root can change, and whose
 */
record SharedPath(Path real, Optional<HostFacts.Kept> link) {
    private static final int MOST_LINKS = 40;

    /** Whose root writes what. */
    interface Writers {
        /** The subhost whose root can change what {@code place} is, if there is one. @param place absolute; no directory above it is a link */
        Optional<String> of(Path place);
    }

    static SharedPath of(Path path, Writers writers) throws IOException {
        Deque<Path> ahead = new ArrayDeque<>();
        path.forEach(ahead::addLast);
        Path here = path.getRoot();
        Optional<HostFacts.Kept> kept = Optional.empty();
        for (int links = 0; !ahead.isEmpty();) {
            Path next = here.resolve(ahead.removeFirst()).normalize();
            if (!Files.isSymbolicLink(next)) {
                here = next;
                continue;
            }
            if (++links > MOST_LINKS) {
                throw new FileSystemException(path.toString(), null, "too many levels of symbolic links");
            }
            Path link = next;
            kept = kept.or(() -> writers.of(link).map(name -> new HostFacts.Kept(link, name)));
            Path target = Files.readSymbolicLink(next);
            for (int i = target.getNameCount() - 1; i >= 0; i--) {
                ahead.addFirst(target.getName(i));
            }
            here = target.isAbsolute() ? target.getRoot() : here;
        }
        return new SharedPath(here, kept);
    }
}
