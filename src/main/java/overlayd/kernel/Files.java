package overlayd.kernel;

/** Opening and looking at files of the host by path. Any thread; paths resolve in the calling thread's mount namespace. */
public interface Files {
    /** O_PATH, links followed: a handle that grants nothing but standing for the place. ENOENT, ENOTDIR, EACCES, ELOOP. */
    Fd openPath(String path) throws KernelException;

    /** A directory for reading. ENOENT, ENOTDIR. */
    Fd openDirectory(String path) throws KernelException;

    /** For reading. ENOENT, EISDIR only on reading. Never blocks on a FIFO (O_NONBLOCK is set, then cleared). */
    Fd openForReading(String path) throws KernelException;

    /** A FIFO or pipe for reading, whatever else is put into its place meanwhile is not opened. ENXIO: it is something else. */
    Fd openPipe(String path) throws KernelException;

    /** For reading and writing, links followed, nothing created; devices allowed. */
    Fd openReadWrite(String path) throws KernelException;

    /**
     * A log file or lock file to append to, created with {@code mode} (umask applies) when absent. The last component may not be a link;
     * what is found must be a regular file of our own user with one hard link, else EPERM with the reason.
     */
    Fd openForAppend(String path, int mode) throws KernelException;

    /** What {@code fd} is. */
    FileIdentity identity(Fd fd) throws KernelException;

    /** What {@code path} is, a link at its end not followed. ENOENT, ENOTDIR. */
    FileIdentity identity(String path) throws KernelException;

    /** What {@code path} is, links followed. */
    FileIdentity target(String path) throws KernelException;

    /** statfs(2), links followed. */
    FileSystemInfo fileSystem(String path) throws KernelException;

    /** fstatfs(2). */
    FileSystemInfo fileSystem(Fd fd) throws KernelException;

    /** The file at {@code path} in whole. EFBIG: more than {@code limit} bytes. */
    byte[] read(String path, int limit) throws KernelException;

    /** Operations below {@code root} that never leave it; the caller keeps {@code root} open for as long as it uses them. */
    Tree tree(Fd root);
}
