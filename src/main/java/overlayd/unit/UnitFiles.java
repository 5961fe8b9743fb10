package overlayd.unit;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a root has of one unit, as texts.
 *
 * @param name as asked for: {@code rsyslog.service}, {@code getty@tty1.service}
 * @param fragments the unit file and its drop-ins, in the order they count; empty: masked, it leads to /dev/null
 * @param environment reads an EnvironmentFile of the root by its absolute path; empty: there is none
 */
public record UnitFiles(String name, List<String> fragments, Map<String, String> environment) {
    public UnitFiles {
        fragments = List.copyOf(fragments);
        environment = Map.copyOf(environment);
    }

    /** Paths of the environment files that these fragments name, specifiers replaced: whoever reads the root is to give their texts. */
    public static List<String> environmentFiles(String name, List<String> fragments) {
        Specifiers specifiers = new Specifiers(name);
        return UnitText.of(fragments).all("EnvironmentFile").stream().map(path -> path.startsWith("-") ? path.substring(1) : path)
                .map(path -> specifiers.replace(path).orElse(path)).toList();
    }

    /** The text of an environment file; empty when the root has none. */
    Optional<String> environmentFile(String path) {
        return Optional.ofNullable(environment.get(path));
    }
}
