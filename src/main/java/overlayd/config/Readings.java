package overlayd.config;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What files were understood as, each kept as long as its file has the same content and the same owners: to read a file takes a tenth of what
 * it takes to understand it, and commands ask for a NAME again and again. Files whose values need commands are kept as they are shown,
 * without having run them. Thread-safe.
 */
public final class Readings {
    private static final int MOST = 256;

    private record Known(ConfigFile file, Reading reading) {
        private boolean isOf(ConfigFile now) {
            return Arrays.equals(file.bytes(), now.bytes()) && file.trust().equals(now.trust());
        }
    }

    private final ConfigReader reader;
    /** By path; the one that was asked for longest ago goes first. */
    private final Map<Path, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, Known> eldest) {
            return size() > MOST;
        }
    };

    /** @param strictness of what is told
     *  @param defaults this host's */
    public Readings(Strictness strictness, HostDefaults defaults) {
        reader = ConfigReader.showing(strictness, defaults);
    }

    /** What {@code file} says, without running the commands of its values. */
    public Reading of(ConfigFile file) {
        synchronized (known) {
            Known before = known.get(file.path());
            if (before != null && before.isOf(file)) {
                return before.reading();
            }
        }
        Known fresh = new Known(file, reader.read(file));
        synchronized (known) {
            known.put(file.path(), fresh);
        }
        return fresh.reading();
    }
}
