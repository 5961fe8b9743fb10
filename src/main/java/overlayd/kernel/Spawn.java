package overlayd.kernel;

/**
 * Starts processes by posix_spawn(3), never by fork: safe in a large JVM, and legal on a thread that has unshared. The child leads its own
 * session, has default signals, an empty mask, and no descriptor but those asked for.
 */
public interface Spawn {
    /**
     * Starts a process in the namespaces, working directory and umask of the calling thread.
     *
     * @throws KernelException ENOENT, EACCES, ENOEXEC of the program; E2BIG; ENOENT of the directory; EAGAIN (pids limit), ENOMEM
     */
    Child spawn(SpawnRequest request) throws KernelException;
}
