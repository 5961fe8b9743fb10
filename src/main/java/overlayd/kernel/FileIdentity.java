package overlayd.kernel;

/**
 * What a path or descriptor is, from statx(2).
 *
 * @param device st_dev as stat(2) encodes it (equal to Java's "unix:dev")
 * @param inode st_ino
 * @param permissions mode bits 07777
 * @param links number of hard links
 * @param size bytes
 * @param rawDevice st_rdev, for device nodes
 * @param mountId the mount it was reached through, as in /proc/self/mountinfo
 * @param mountRoot whether it is the root of that mount
 */
public record FileIdentity(long device, long inode, Kind kind, int permissions, int uid, int gid, long links, long size,
        long rawDevice, long mountId, boolean mountRoot) {
    /** File types (inode(7)). */
    public enum Kind { REGULAR, DIRECTORY, SYMLINK, CHARACTER_DEVICE, BLOCK_DEVICE, FIFO, SOCKET, OTHER }

    /** Whether both are one inode of one file system. */
    public boolean sameFile(FileIdentity other) {
        return device == other.device && inode == other.inode;
    }

    /** {@code MAJOR:MINOR} of an encoded device number, as mountinfo writes it. */
    public static String majorMinor(long device) {
        long major = (device >>> 8 & 0xFFF) | (device >>> 32 & 0xFFFFF000L);
        long minor = (device & 0xFF) | (device >>> 12 & 0xFFFFFF00L);
        return major + ":" + minor;
    }

    /** The encoding of glibc's makedev(3). */
    public static long makeDevice(long major, long minor) {
        return (minor & 0xFF) | (major & 0xFFF) << 8 | (minor & ~0xFFL) << 12 | (major & ~0xFFFL) << 32;
    }
}
