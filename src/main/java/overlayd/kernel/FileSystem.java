package overlayd.kernel;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A new file system to mount that has no device: tmpfs, devpts, sysfs.
 *
 * @param type name as in /proc/filesystems
 * @param source what mountinfo shows as its source; at most 255 bytes
 * @param options its options in order; an empty value is a flag
 * @param flags of the mount made of it
 */
public record FileSystem(String type, String source, Map<String, String> options, Set<MountFlag> flags) {
    public FileSystem {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        flags = Set.copyOf(flags);
    }

    /** Its type is its source. */
    public FileSystem(String type, Map<String, String> options, Set<MountFlag> flags) {
        this(type, type, options, flags);
    }
}
