package overlayd.subhost;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.config.ByteText;
import overlayd.failure.RefusedException;
import overlayd.state.SubhostRecord;

/** Counts reboots from inside, so that a root that does nothing else cannot keep the host busy. Any thread. */
final class Reboots {
    private static final Logger LOG = LoggerFactory.getLogger(Reboots.class);
    /** A reboot so soon after the boot is a quick one. */
    static final int QUICK_SECONDS = 10;
    private static final int MOST_QUICK = 5;

    private final Map<String, Integer> quick = new ConcurrentHashMap<>();

    /** Whether the subhost, which has just rebooted, may boot again. */
    boolean allowed(SubhostRecord rebooted) {
        boolean soon = System.currentTimeMillis() / 1000 - rebooted.life().bootedAt() < QUICK_SECONDS;
        return quick.merge(rebooted.name(), soon ? 1 : 0, (before, one) -> soon ? before + 1 : 0) <= MOST_QUICK;
    }

    /** Boots. */
    interface Booter {
        void boot(Path file) throws RefusedException;
    }

    /** Its root has called for it (reboot(8) in the subhost). Somebody else who boots it first is as good. */
    void boot(Subhost subhost, Booter booter) {
        if (!allowed(subhost.record())) {
            LOG.error("{}: rebooted by its own root again and again within {} s of its boot; it is not booted any more", subhost.name(),
                    QUICK_SECONDS);
            return;
        }
        LOG.info("{}: rebooted from inside, booting it", subhost.name());
        try {
            booter.boot(ByteText.path(subhost.record().file()));
        } catch (RefusedException refused) {
            if (refused.kind() != RefusedException.Kind.EXISTS) {
                LOG.error("{}: after its reboot: {}", subhost.name(), refused.getMessage());
            }
        }
    }
}
