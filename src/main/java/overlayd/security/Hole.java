package overlayd.security;

/**
 * A way from the subhost to the host that is open.
 *
 * @param what in plain words, what its root can do
 * @param closedBy the line, or change of a line, that closes it; or why none does
 */
public record Hole(Gravity gravity, String what, String closedBy) {
    /** How far it leads. */
    public enum Gravity {
        /** Whoever is root in the subhost can become root on the host. */
        HOST,
        /** Part of the host can be read, changed or disturbed. */
        PART
    }
}
