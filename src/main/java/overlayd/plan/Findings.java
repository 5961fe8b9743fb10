package overlayd.plan;

import java.util.ArrayList;
import java.util.List;
import overlayd.config.ConfigKey;
import overlayd.config.Position;
import overlayd.config.Problem;
import overlayd.config.SubhostConfig;

/** The problems of one configuration that rules have found so far. */
final class Findings {
    private final SubhostConfig config;
    private final List<Problem> problems = new ArrayList<>();

    Findings(SubhostConfig config) {
        this.config = config;
    }

    /** Where the configuration sets {@code key}. */
    void add(HostRule rule, ConfigKey key, String message, String remedy) {
        add(rule, config.at(key), message, remedy);
    }

    void add(HostRule rule, Position at, String message, String remedy) {
        problems.add(new Problem(config.file(), at.line(), at.column(), rule.severity(), rule.id(), message, remedy));
    }

    /** In the order they were found. */
    List<Problem> all() {
        return List.copyOf(problems);
    }
}
