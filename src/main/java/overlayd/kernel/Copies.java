package overlayd.kernel;

import java.util.Map;
import java.util.Optional;

/**
 * Files with all that belongs to them: content, owner, mode, extended attributes (ACLs and capabilities among them), times. Paths are
 * relative to a root and have no symbolic link on the way (ELOOP); "" is the root itself; the thing itself is never followed. The
 * attributes trusted.overlay.* and trusted.overlayd.* are a layer's own and are neither seen nor copied, unless asked for by name. Any thread.
 */
public interface Copies {
    /** What is there. ENOENT, ENOTDIR, ELOOP. */
    FileDetail detail(Fd root, String path) throws KernelException;

    /** What is there; empty where nothing is, or something on the way is no directory. */
    Optional<FileDetail> find(Fd root, String path) throws KernelException;

    /** Its extended attributes by name. */
    Map<String, byte[]> attributes(Fd root, String path) throws KernelException;

    /** One attribute, of whatever name. */
    Optional<byte[]> attribute(Fd root, String path, String name) throws KernelException;

    /** Sets one attribute. ENOSPC, EOPNOTSUPP. */
    void setAttribute(Fd root, String path, String name, byte[] value) throws KernelException;

    /** Takes one attribute away, if it is there. */
    void removeAttribute(Fd root, String path, String name) throws KernelException;

    /** Whether two regular files have the same bytes. */
    boolean sameContent(Fd one, String path, Fd other, String otherPath) throws KernelException;

    /** The target of a symbolic link. */
    String readLink(Fd root, String path) throws KernelException;

    /** Makes {@code target} (which must not exist) the same as {@code path}; of a directory only itself, empty. EEXIST, ENOSPC. */
    void copy(Fd from, String path, Fd to, String target) throws KernelException;

    /** Gives {@code target} owner, mode, attributes and time of {@code path}. */
    void copyMetadata(Fd from, String path, Fd to, String target) throws KernelException;

    /** A further name of a file. */
    void link(Fd root, String existing, String path) throws KernelException;

    /** Renames, replacing what is there (rename(2)). EISDIR, ENOTDIR, EXDEV. */
    void rename(Fd root, String from, String to) throws KernelException;

    /** Exchanges two names at once (renameat2(2), RENAME_EXCHANGE). */
    void exchange(Fd root, String one, String other) throws KernelException;

    /** Writes everything of the file system to the disk. */
    void sync(Fd root) throws KernelException;
}
