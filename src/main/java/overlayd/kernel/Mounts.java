package overlayd.kernel;

import java.util.Set;

/**
 * Mounting by descriptor: what is mounted and where is named by open files, so that no path can be swapped in between. Everything
 * happens in the calling thread's mount namespace. Descriptors of files that go into a mount must have been opened after that
 * thread unshared it (EINVAL otherwise).
 */
public interface Mounts {
    /** Whether a call is for one mount or for all mounts below it too. */
    enum Extent { ONE, WITH_SUBMOUNTS }

    /** How overlays are mounted here; probed at the first call, without leaving anything. */
    MountTier tier() throws KernelException;

    /** Makes every mount of the calling thread's namespace private, so that none travels to or from the host. Do this first. */
    void makeAllPrivate() throws KernelException;

    /**
     * Mounts an overlay on {@code live} (absolute path) with nodev, and returns its root, O_PATH.
     *
     * @throws KernelException with the kernel's reason or, where it gives none, the rule that was broken: ENOENT, ENOTDIR of a
     *     directory; EINVAL upperdir and workdir on different mounts or one inside the other, upperdir on a file system that cannot
     *     be one, stacking too deep; ELOOP a directory twice; EROFS upperdir read-only; EBUSY in use elsewhere with index=on
     */
    Fd overlay(OverlayMount overlay, String live) throws KernelException;

    /** Makes a file system; its mount is detached and vanishes with the descriptor unless attached. Files can be made in it. */
    Fd make(FileSystem fileSystem) throws KernelException;

    /**
     * Mounts the file system that lies in {@code file} by a loop device (loop(4)) that frees itself with the mount, without devices; the mount is
     * detached. Never written to where {@code image} says so, not even to replay a journal.
     *
     * @param file open for reading, and for writing where the mount is to be
     * @param path its name, for a refusal
     * @throws KernelException ENOENT, EPERM: loop devices are out of reach; ENODEV: the kernel has no such file system; EINVAL, EUCLEAN: it is damaged
     */
    Fd image(Fd file, String path, ImageMount image) throws KernelException;

    /** A detached copy of what {@code source} stands for: a directory or file (open_tree(2), OPEN_TREE_CLONE). */
    Fd copy(Fd source, Extent extent) throws KernelException;

    /** Adds flags to a mount or a detached copy (mount_setattr(2)). */
    void addFlags(Fd mount, Extent extent, Set<MountFlag> flags) throws KernelException;

    /**
     * Has a detached copy show and take ids as the user namespace {@code userns} maps them: what 0 owns on disk is owned by its root
     * (mount_setattr(2), MOUNT_ATTR_IDMAP). EINVAL: a file system that cannot; EPERM: the mount has a mapping already.
     */
    void mapIds(Fd mount, Extent extent, Fd userns) throws KernelException;

    /** Attaches a detached mount on top of {@code target}, a directory on a directory or a file on a file (move_mount(2)). */
    void attach(Fd mount, Fd target) throws KernelException;

    /**
     * Takes the mount whose root {@code mount} is, and what is mounted on it, out of the namespace (umount2(2), MNT_DETACH); what was opened
     * or copied from it lives on. EINVAL: not the root of a mount of the calling thread's namespace.
     */
    void detach(Fd mount) throws KernelException;

    /** Makes a directory of a layer hide what lies below it in the layers under that one. EOPNOTSUPP: its file system has no such xattr. */
    void makeOpaque(Fd directory) throws KernelException;

    /** Whether a directory of an upperdir hides what lies below it in the lowerdirs (xattr trusted.overlay.opaque). */
    boolean opaque(Fd directory) throws KernelException;
}
