package overlayd.unit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of one unit: its file and its drop-ins, read one after the other as systemd.syntax(7) has it. An empty value forgets those
 * before it.
 */
final class UnitText {
    private final Map<String, List<String>> values = new LinkedHashMap<>();

    /** @param fragments the unit file, then its drop-ins in order */
    static UnitText of(List<String> fragments) {
        UnitText unit = new UnitText();
        fragments.forEach(unit::add);
        return unit;
    }

    private void add(String text) {
        String section = "";
        StringBuilder line = new StringBuilder();
        for (String part : text.split("\r?\n", -1)) {
            boolean comment = part.strip().startsWith("#") || part.strip().startsWith(";");
            if (comment) {
                continue; // also between the parts of a continued line
            }
            if (part.endsWith("\\")) {
                line.append(part, 0, part.length() - 1).append(' ');
                continue;
            }
            section = take(section, line.append(part).toString().strip());
            line.setLength(0);
        }
    }

    private String take(String section, String line) {
        if (line.startsWith("[") && line.endsWith("]")) {
            return line.substring(1, line.length() - 1);
        }
        int equals = line.indexOf('=');
        if (equals > 0) {
            String key = section + "." + line.substring(0, equals).strip();
            String value = line.substring(equals + 1).strip();
            List<String> list = values.computeIfAbsent(key, k -> new ArrayList<>());
            if (value.isEmpty()) {
                list.clear();
            } else {
                list.add(value);
            }
        }
        return section;
    }

    /** Every value of a key of [Service], in order. */
    List<String> all(String key) {
        return values.getOrDefault("Service." + key, List.of());
    }

    /** Every value of a key of [Unit]. */
    List<String> conditions(String key) {
        return values.getOrDefault("Unit." + key, List.of());
    }

    /** The last value of a key of [Service]. */
    Optional<String> last(String key) {
        List<String> all = all(key);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    /** The keys that have a value, as {@code Section.Key}. */
    List<String> keys() {
        return values.entrySet().stream().filter(entry -> !entry.getValue().isEmpty()).map(Map.Entry::getKey).toList();
    }
}
