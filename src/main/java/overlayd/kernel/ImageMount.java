package overlayd.kernel;

/**
 * A file system that lies in a file, or in a part of it.
 *
 * @param type as in /proc/filesystems ("squashfs")
 * @param offset bytes from the file's start, a multiple of 512
 * @param size bytes; 0 for all that follow
 * @param access whether it can be written to
 */
public record ImageMount(String type, long offset, long size, Access access) {
    /** Whether a mount can be written to. */
    public enum Access { READ_ONLY, READ_WRITE }
}
