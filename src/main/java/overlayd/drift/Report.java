package overlayd.drift;

import java.util.List;
import java.util.Optional;

/**
 * How LOWER and a subhost over it have come apart.
 *
 * @param changed packages of LOWER that were installed or upgraded since the subhost was booted
 * @param hiding files of its own that hide newer ones of LOWER
 * @param disagreeing packages whose version in the subhost's own database is not that of the files it sees
 */
public record Report(List<Changed> changed, List<Hiding> hiding, List<Disagreeing> disagreeing) {
    public Report {
        changed = List.copyOf(changed);
        hiding = List.copyOf(hiding);
        disagreeing = List.copyOf(disagreeing);
    }

    /** Nothing has changed. */
    public boolean none() {
        return changed.isEmpty() && hiding.isEmpty() && disagreeing.isEmpty();
    }

    /**
     * A package of LOWER.
     *
     * @param from its version before, as dpkg's log tells; empty: newly installed, or not known
     * @param to its version now
     */
    public record Changed(String name, Optional<String> from, String to) {
    }

    /** A file, absolute, and the package of LOWER that it belongs to, if any. */
    public record Hiding(String path, Optional<String> owner) {
    }

    /**
     * A package.
     *
     * @param database its version in the subhost's database; empty: it is not there
     * @param files version that the files seen are of; empty: its files are gone
     */
    public record Disagreeing(String name, Optional<String> database, Optional<String> files) {
    }
}
