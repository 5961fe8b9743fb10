package overlayd.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a subhost's root is made of; all paths absolute, {@code ..} and links in them unresolved.
 *
 * @param kind   follows from which of the paths are the same
 * @param live   mount point; for a pre-mounted root the root itself
 * @param lowers lowerdirs or image files (only the host knows which), top first, at least one
 * @param upper  upperdir, or a program that prints it (only the host knows which); unused for a pre-mounted root
 * @param work   workdir; used for an overlay only
 * @param throwAway UPPER=tmp: size of the tmpfs that upper and work are in, which are then made below live, beneath the root
 */
public record Root(RootKind kind, Path live, List<Path> lowers, Path upper, Path work, Optional<RamSize> throwAway) {
    public Root {
        lowers = List.copyOf(lowers);
        if (lowers.isEmpty()) throw new IllegalArgumentException("a root needs a lowerdir");
    }

    /** One whose UPPER stays. */
    public Root(RootKind kind, Path live, List<Path> lowers, Path upper, Path work) {
        this(kind, live, lowers, upper, work, Optional.empty());
    }

    /** The same with another upperdir. */
    public Root withUpper(Path other) {
        return new Root(kind, live, lowers, other, work, throwAway);
    }

    /** Where the tmpfs of UPPER=tmp: is mounted in the subhost's mounts. */
    public Path throwAwayPlace() {
        return live.resolve(".tmp");
    }

    /** The topmost lowerdir; the only one of bind and pre-mounted roots. */
    public Path lower() {
        return lowers.get(0);
    }
}
