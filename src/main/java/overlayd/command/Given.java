package overlayd.command;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one command line gives to its command.
 *
 * @param options value by the option's longest name; a flag has {@code true}
 * @param operands the words that are no options, in order
 * @param after the words after {@code --}; empty where there was none, or for commands that do not set them apart
 */
record Given(Map<String, Object> options, List<String> operands, Optional<List<String>> after) {
    Given {
        options = Map.copyOf(options);
        operands = List.copyOf(operands);
    }

    /** Whether a flag is there. */
    boolean has(String flag) {
        return options.containsKey(flag);
    }

    /** An option's value. */
    <T> Optional<T> value(String option, Class<T> type) {
        return Optional.ofNullable(options.get(option)).map(type::cast);
    }

    /** The values of an option that may be repeated. */
    List<String> values(String option) {
        Object given = options.get(option);
        return given == null ? List.of() : ((List<?>) given).stream().map(String.class::cast).toList();
    }
}
