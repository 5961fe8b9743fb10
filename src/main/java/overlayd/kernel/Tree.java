package overlayd.kernel;

import java.time.Instant;
import java.util.List;

/**
 * Operations below one directory that a hostile tree cannot turn against the host: every path is relative, resolved by openat2(2) with
 * RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS (links stay inside), and the last component is never followed where something is made, changed or
 * removed. Modes are exact whatever the umask. Any thread. ENOENT, ENOTDIR, ELOOP, EACCES, EROFS as usual.
 */
public interface Tree {
    /** O_PATH; links inside the root are followed. */
    Fd openPath(String path) throws KernelException;

    /** O_PATH of the place itself: links anywhere in the path are refused (ELOOP). For mount targets. */
    Fd openPlace(String path) throws KernelException;

    /** For reading, as {@link #openPath}; ENXIO or EPERM when it is neither regular file nor directory. */
    Fd openForReading(String path) throws KernelException;

    /** A regular file's bytes. EFBIG: more than {@code limit}. */
    byte[] read(String path, int limit) throws KernelException;

    /** What is there, a link at the end not followed. */
    FileIdentity identity(String path) throws KernelException;

    /** Whether anything is there, a link at the end not followed. */
    boolean exists(String path) throws KernelException;

    /** The target of a symbolic link. EINVAL: not one. */
    String readLink(String path) throws KernelException;

    /** Names in a directory, without {@code .} and {@code ..}, sorted. */
    List<String> list(String path) throws KernelException;

    /** A new directory. EEXIST. */
    void makeDirectory(String path, int mode) throws KernelException;

    /** Each missing directory of {@code path}, with {@code mode}; an existing one is left as it is. Returns those made, outermost first. */
    List<String> makeDirectories(String path, int mode) throws KernelException;

    /** A new character device node (mknod(2)). EEXIST, EPERM. */
    void makeCharacterDevice(String path, int mode, int major, int minor) throws KernelException;

    /** As above, a block device. */
    void makeBlockDevice(String path, int mode, int major, int minor) throws KernelException;

    /** A new symbolic link {@code path} -> {@code target}. EEXIST. */
    void makeSymlink(String target, String path) throws KernelException;

    /** A new regular file with {@code content} (O_EXCL). EEXIST. */
    void makeFile(String path, int mode, byte[] content) throws KernelException;

    /** The same with what {@code content} has from its position on, at most {@code limit} bytes; copied by the kernel (sendfile(2)). EFBIG. */
    void makeFile(String path, int mode, Fd content, int limit) throws KernelException;

    /** A new empty regular file to write to (O_EXCL). EEXIST. */
    Fd createFile(String path, int mode) throws KernelException;

    /** A lone name becomes another lone name of the same directory, replacing what is there and no directory. EISDIR, ENOTDIR. */
    void rename(String from, String to) throws KernelException;

    /** When the content was changed last, a link at the end not followed. */
    Instant modified(String path) throws KernelException;

    /** Sets that; a link itself. */
    void setModified(String path, Instant time) throws KernelException;

    /** Removes a file, link or node. */
    void removeFile(String path) throws KernelException;

    /** Removes an empty directory. ENOTEMPTY, EBUSY (a mount point). */
    void removeDirectory(String path) throws KernelException;

    /** chmod(2) of the thing itself; EOPNOTSUPP on a link. */
    void chmod(String path, int mode) throws KernelException;

    /** chown(2) of the thing itself. */
    void chown(String path, int uid, int gid) throws KernelException;
}
