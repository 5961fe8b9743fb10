package overlayd.kernel;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How this host keeps a control group from opening devices. */
public enum DeviceControl {
    /** The devices controller of cgroup v1. */
    CONTROLLER,
    /** A program attached to the cgroup2 group (BPF_CGROUP_DEVICE). */
    PROGRAM,
    /** Not at all: no such controller is mounted, and no program can be loaded. */
    NONE;

    /** The environment variable that forces one, for tests. */
    public static final String VARIABLE = "OVERLAYD_DEVICE_CONTROL";

    /** What the environment forces. @throws IllegalArgumentException no such value */
    public static Optional<DeviceControl> forced(Map<String, String> environment) {
        return Optional.ofNullable(environment.get(VARIABLE)).map(text -> valueOf(text.toUpperCase(Locale.ROOT)));
    }
}
