package overlayd.kernel;

import java.util.Set;

/** Flags of one mount (mount_setattr(2), MOUNT_ATTR_*; include/uapi/linux/mount.h). */
public enum MountFlag {
    READ_ONLY(0x1),
    NO_SUID(0x2),
    NO_DEVICES(0x4),
    NO_EXECUTION(0x8);

    private final long bit;

    MountFlag(long bit) {
        this.bit = bit;
    }

    /** The bits of {@code flags} together. */
    public static long bits(Set<MountFlag> flags) {
        long bits = 0;
        for (MountFlag flag : flags) {
            bits |= flag.bit;
        }
        return bits;
    }
}
