package overlayd.config;

import java.nio.file.Path;
import java.util.List;

/**
 * What a subhost's root is made of; all paths absolute, {@code ..} and links in them unresolved.
 *
 * @param kind   follows from which of the paths are the same
 * @param live   mount point; for a pre-mounted root the root itself
 * @param lowers lowerdirs, top first, at least one
 * @param upper  upperdir, or a program that prints it (only the host knows which); unused for a pre-mounted root
 * @param work   workdir; used for an overlay only
 */
public record Root(RootKind kind, Path live, List<Path> lowers, Path upper, Path work) {
    public Root {
        lowers = List.copyOf(lowers);
        if (lowers.isEmpty()) throw new IllegalArgumentException("a root needs a lowerdir");
    }

    /** The topmost lowerdir; the only one of bind and pre-mounted roots. */
    public Path lower() {
        return lowers.get(0);
    }
}
