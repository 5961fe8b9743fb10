package overlayd.kernel;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A new file system to mount that has no device: tmpfs, devpts, sysfs.
 *
 * @param type name as in /proc/filesystems
 * @param options its options in order; an empty value is a flag
 * @param flags of the mount made of it
 */
public record FileSystem(String type, Map<String, String> options, Set<MountFlag> flags) {
    public FileSystem {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        flags = Set.copyOf(flags);
    }
}
