package overlayd.subhost;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts reboots from inside, so that a root that does nothing else cannot keep the host busy. Any thread. */
final class Reboots {
    /** A reboot so soon after the boot is a quick one. */
    static final int QUICK_SECONDS = 10;
    private static final int MOST_QUICK = 5;

    private final Map<String, Integer> quick = new ConcurrentHashMap<>();

    /** Whether the subhost, which has just rebooted, may boot again. */
    boolean allowed(SubhostRecord rebooted) {
        boolean soon = System.currentTimeMillis() / 1000 - rebooted.bootedAt() < QUICK_SECONDS;
        return quick.merge(rebooted.name(), soon ? 1 : 0, (before, one) -> soon ? before + 1 : 0) <= MOST_QUICK;
    }
}
