package overlayd.subject;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import overlayd.config.ConfigFile;
import overlayd.config.ConfigReader;
import overlayd.config.HostDefaults;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;

/**
 * Configurations as far as they can be understood without running their commands, each kept as long as its file has the same content and
 * the same owners: to read a file takes a tenth of what it takes to understand it, and commands ask for a NAME again and again. Thread-safe.
 */
final class Readings {
    private static final int MOST = 256;

    private record Known(ConfigFile file, Optional<SubhostConfig> config) {
        private boolean isOf(ConfigFile now) {
            return Arrays.equals(file.bytes(), now.bytes()) && file.trust().equals(now.trust());
        }
    }

    /** By path; the one that was asked for longest ago goes first. */
    private final Map<Path, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, Known> eldest) {
            return size() > MOST;
        }
    };

    /** The configuration in {@code path} now; empty when it cannot be read or has errors. */
    Optional<SubhostConfig> of(Path path) {
        try {
            ConfigFile file = ConfigFile.open(path);
            synchronized (known) {
                Known before = known.get(path);
                if (before != null && before.isOf(file)) {
                    return before.config();
                }
            }
            Known fresh = new Known(file, ConfigReader.showing(Strictness.BOOT, HostDefaults.NONE).read(file).config());
            synchronized (known) {
                known.put(path, fresh);
            }
            return fresh.config();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
