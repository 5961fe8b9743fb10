package overlayd.config;

import java.util.List;
import java.util.Optional;

/**
 * What came of reading a file.
 *
 * @param config   present when no problem is an error
 * @param problems all, in the order of the file
 * @param commands the {@code !commands} the values need, in the order they run
 */
public record Reading(Optional<SubhostConfig> config, List<Problem> problems, List<ValueCommand> commands) {
    public Reading {
        problems = List.copyOf(problems);
        commands = List.copyOf(commands);
    }

    /** True when the file cannot be used. */
    public boolean hasErrors() {
        return problems.stream().anyMatch(Problem::isError);
    }
}
