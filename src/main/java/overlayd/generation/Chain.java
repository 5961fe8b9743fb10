package overlayd.generation;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The generations that an upperdir lies on, top first.
 *
 * @param directories where they are
 * @param labels their labels
 * @param fault why they cannot be told, one sentence; the upperdir must not be mounted then
 */
public record Chain(List<Path> directories, List<String> labels, Optional<String> fault) {
    /** It lies on LOWER itself. */
    public static final Chain NONE = new Chain(List.of(), List.of(), Optional.empty());

    public Chain {
        directories = List.copyOf(directories);
        labels = List.copyOf(labels);
    }

    static Chain faulty(String why) {
        return new Chain(List.of(), List.of(), Optional.of(why));
    }
}
