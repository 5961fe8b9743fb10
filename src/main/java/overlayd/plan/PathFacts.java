package overlayd.plan;

import java.util.Optional;
import overlayd.image.Content;

/**
 * What is known of one path of the host when planning: read once, never assumed to still hold when the plan is carried out.
 *
 * @param kind what the path leads to, symbolic links followed
 * @param device device number of the file system (st_dev), 0 when absent
 * @param inode inode number, 0 when absent
 * @param uid owner
 * @param mode permission bits, 07777
 * @param mount id of the mount that holds it (statx(2) STATX_MNT_ID)
 * @param fileSystem type of that mount as mountinfo names it ("ext4")
 * @param writable whether that mount and its file system are mounted read-write
 * @param stackDepth how many overlays lie on one another there: 0 for none; the kernel allows 2 (FILESYSTEM_MAX_STACK_DEPTH)
 * @param image what a regular file that LOWER names holds; empty for everything else
 */
public record PathFacts(Kind kind, long device, long inode, int uid, int mode, long mount, String fileSystem, boolean writable,
        int stackDepth, Optional<Content> image) {
    /** A path that is not there. */
    public static final PathFacts ABSENT = new PathFacts(Kind.ABSENT, 0, 0, 0, 0, 0, "", false, 0);

    /** Facts of what is no image file. */
    public PathFacts(Kind kind, long device, long inode, int uid, int mode, long mount, String fileSystem, boolean writable, int stackDepth) {
        this(kind, device, inode, uid, mode, mount, fileSystem, writable, stackDepth, Optional.empty());
    }

    /** The same, knowing what lies in the file. */
    public PathFacts with(Content content) {
        return new PathFacts(kind, device, inode, uid, mode, mount, fileSystem, writable, stackDepth, Optional.of(content));
    }

    /** What a path leads to. */
    public enum Kind { ABSENT, DIRECTORY, FILE, EXECUTABLE, OTHER }

    public boolean isDirectory() {
        return kind == Kind.DIRECTORY;
    }

    /** Whether both paths lead to the same file or directory. */
    public boolean sameAs(PathFacts other) {
        return kind != Kind.ABSENT && device == other.device && inode == other.inode;
    }
}
