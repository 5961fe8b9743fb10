package overlayd.state;

import java.util.Objects;

/**
 * Where a subhost is in its life, who runs it and how it ended: the part of its record that changes as it goes on.
 *
 * @param state where it is
 * @param reason why it failed or is degraded; empty otherwise
 * @param initPid host's view of pid 1; 0 when there is none
 * @param initStart start time of that process in clock ticks since boot (proc(5), stat field 22): with it the pid is unique
 * @param bootedAt seconds since the epoch when it became ready; 0 before
 * @param exit how pid 1 ended ("exited 0", "killed by SIGKILL"); empty while it lives
 */
public record Life(SubhostState state, String reason, int initPid, long initStart, long bootedAt, String exit) {
    /** Of one that nobody has booted. */
    public static final Life NONE = new Life(SubhostState.STOPPED, "", 0, 0, 0, "");
    /** Of one that begins to boot. */
    public static final Life BEGINNING = new Life(SubhostState.STARTING, "", 0, 0, 0, "");

    public Life {
        Objects.requireNonNull(state);
    }

    Life in(SubhostState newState, String newReason) {
        return new Life(newState, newReason, initPid, initStart, bootedAt, exit);
    }

    Life of(int pid, long start) {
        return new Life(state, reason, pid, start, bootedAt, exit);
    }

    Life ready(long at, String degraded) {
        return new Life(SubhostState.RUNNING, degraded, initPid, initStart, at, exit);
    }

    Life ended(SubhostState newState, String newReason, String how) {
        return new Life(newState, newReason, 0, 0, bootedAt, how);
    }
}
