package overlayd.state;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Where a subhost is in its life. {@code degraded} is no state but an attribute of RUNNING, with a reason. */
public enum SubhostState {
    STOPPED, STARTING, RUNNING, PAUSED, STOPPING, FAILED,
    /** Runs, but overlay-boot 1.6 has booted it: it can be listed and stopped. No subhost of ours comes here. */
    FOREIGN;

    /** The states that may follow. */
    public Set<SubhostState> next() {
        return switch (this) {
            case STOPPED -> EnumSet.of(STARTING);
            case STARTING -> EnumSet.of(RUNNING, STOPPING, FAILED, STOPPED);
            case RUNNING -> EnumSet.of(PAUSED, STOPPING, STOPPED, FAILED);
            case PAUSED -> EnumSet.of(RUNNING, STOPPING, FAILED);
            case STOPPING -> EnumSet.of(STOPPED, FAILED, STARTING);
            case FOREIGN -> EnumSet.noneOf(SubhostState.class);
            case FAILED -> EnumSet.of(STARTING, STOPPING, STOPPED);
        };
    }

    /** As users are told it: "running". */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether there is, or may soon be, a pid 1. */
    public boolean isLive() {
        return this == FOREIGN || this == STARTING || this == RUNNING || this == PAUSED || this == STOPPING;
    }
}
