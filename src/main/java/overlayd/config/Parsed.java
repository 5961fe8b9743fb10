package overlayd.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The lines of a configuration file, before any value is looked at.
 *
 * @param file        absolute
 * @param assignments every assignment of a known key, in order, also those a duplicate makes void
 * @param problems    what the lines themselves have wrong, as a boot grades it
 */
public record Parsed(Path file, List<Assignment> assignments, List<Problem> problems) {
    public Parsed {
        assignments = List.copyOf(assignments);
        problems = List.copyOf(problems);
    }

    /** The assignment that counts: the first. Also one with an empty value, which asks for the default. */
    public Optional<Assignment> first(ConfigKey key) {
        return assignments.stream().filter(a -> a.key() == key).findFirst();
    }

    /** Every assignment of a repeatable key that is not empty. */
    public List<Assignment> all(ConfigKey key) {
        return assignments.stream().filter(a -> a.key() == key && !a.value().isEmpty()).toList();
    }
}
