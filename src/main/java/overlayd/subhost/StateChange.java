package overlayd.subhost;

import overlayd.state.SubhostState;

/**
 * A subhost's state, or what is said of it, is another than before.
 *
 * @param name the subhost's name
 * @param state since then
 * @param reason why it is failed or degraded; empty otherwise
 * @param initPid host's view of pid 1; 0 when there is none
 * @param millis when, in milliseconds since the epoch
 */
public record StateChange(String name, SubhostState state, String reason, int initPid, long millis) {
    /** Whether it runs, but not all of it. */
    public boolean degraded() {
        return state == SubhostState.RUNNING && !reason.isEmpty();
    }

    /** Whether it is being taken back because its pid 1 has ended by itself. */
    public boolean unasked() {
        return state == SubhostState.STOPPING && reason.equals(Subhost.UNASKED);
    }

    /** Whether a listener would see the same. */
    boolean saysTheSameAs(StateChange other) {
        return other != null && state == other.state && reason.equals(other.reason);
    }
}
