package overlayd.state;

import java.util.List;
import overlayd.config.Relations;

/**
 * Whom a subhost has been booted after, and without whom it does not run; a part of its record.
 *
 * @param after names of AFTER
 * @param requires names of REQUIRES
 */
public record Waits(List<String> after, List<String> requires) {
    /** Of one that has to do with nobody. */
    public static final Waits NONE = new Waits(List.of(), List.of());

    public Waits {
        after = after == null ? List.of() : List.copyOf(after);
        requires = requires == null ? List.of() : List.copyOf(requires);
    }

    public static Waits of(Relations relations) {
        return new Waits(relations.names(Relations.Kind.AFTER), relations.names(Relations.Kind.REQUIRES));
    }
}
