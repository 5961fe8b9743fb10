package overlayd.config;

import java.util.List;
import java.util.Optional;

/**
 * What a subhost has to do with others and with the host's start: AFTER, REQUIRES, AUTOSTART.
 *
 * @param list      whom it waits for, in the order of the file; each name once
 * @param autostart whether it boots with the host
 */
public record Relations(List<Relation> list, boolean autostart) {
    /** Of a subhost that has to do with nobody. */
    public static final Relations NONE = new Relations(List.of(), false);

    /** How one waits for another. */
    public enum Kind {
        /** It boots later, where both are booted. */
        AFTER,
        /** It boots later, and not without it. */
        REQUIRES
    }

    /** One name of AFTER or REQUIRES, and where it stands. */
    public record Relation(Kind kind, String name, Position at) {}

    public Relations {
        list = List.copyOf(list);
    }

    /** The names of one key. */
    public List<String> names(Kind kind) {
        return list.stream().filter(relation -> relation.kind() == kind).map(Relation::name).toList();
    }

    /** Whether a file says AUTOSTART=yes, whatever else may be wrong with it: one that cannot boot is then told of. */
    public static boolean autostart(ConfigFile file) {
        Optional<Assignment> line = ConfigParser.parse(file.path(), file.bytes()).first(ConfigKey.AUTOSTART);
        return line.filter(a -> a.value().equals("yes")).isPresent();
    }
}
