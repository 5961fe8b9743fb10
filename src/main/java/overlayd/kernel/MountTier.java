package overlayd.kernel;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The ways to hand an overlay's directories to the kernel, best first. Found by trying ({@link Mounts#tier()}), never by a version
 * number: distributions backport.
 */
public enum MountTier {
    /** fsconfig(FSCONFIG_SET_FD) with O_PATH descriptors: 6.13 and later. No path is looked up twice, none is too long. */
    FD,
    /** fsconfig(FSCONFIG_SET_STRING) with {@code lowerdir+}: 6.7 and later. */
    STRING,
    /** mount(2) with {@code /proc/self/fd/N} for paths, one page of options: every supported kernel (6.1). */
    MOUNT;

    /** Environment variable that forces a tier, for tests and for kernels that lie. */
    public static final String VARIABLE = "OVERLAYD_KERNEL_TIER";

    /**
     * The tier {@link #VARIABLE} forces: {@code fd}, {@code string} or {@code mount}.
     *
     * @throws IllegalArgumentException it has another value
     */
    public static Optional<MountTier> forced(Map<String, String> environment) {
        String value = environment.getOrDefault(VARIABLE, "");
        if (value.isEmpty()) {
            return Optional.empty();
        }
        for (MountTier tier : values()) {
            if (tier.word().equals(value)) {
                return Optional.of(tier);
            }
        }
        throw new IllegalArgumentException(VARIABLE + " must be fd, string or mount: " + value);
    }

    /** The word for it in {@link #VARIABLE} and in status output. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
