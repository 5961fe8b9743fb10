package overlayd.kernel;

/**
 * Work in other namespaces than the daemon's, done on a few dedicated platform threads. A job may change its thread's namespaces only
 * through its {@link Workplace}; when it ends the thread goes back by setns(2) to the daemon's own pidfd, so that the job pins nothing.
 * A thread that cannot go back is never used again, and another takes its place.
 *
 * <p>Inside a job: start no Java thread (it would inherit the namespaces for ever), use no executor, ProcessBuilder or first-use logging;
 * do not wait for anything slow, since there are only two such threads: keep the namespace's descriptor, end the job, and come back.
 */
public interface Namespaces extends AutoCloseable {
    /** What to do; runs on a worker thread with the host's namespaces, an own fs_struct and umask 0. */
    interface Job<T, E extends Exception> {
        T run(Workplace workplace) throws E, KernelException;
    }

    /** A job under way, which whoever began it awaits once, whatever happens meanwhile. */
    interface Running<T, E extends Exception> {
        /** Waits for its end, interrupts put off till then. What the job throws is thrown here. */
        T await() throws E, KernelException;
    }

    /** Runs the job and waits for it, interrupts put off till then. What the job throws is thrown here. From any thread but a worker. */
    <T, E extends Exception> T run(Job<T, E> job) throws E, KernelException;

    /** Begins the job, for a caller that has something else to do meanwhile; at the latest when it is awaited, it is done. */
    default <T, E extends Exception> Running<T, E> begin(Job<T, E> job) {
        return () -> run(job);
    }

    /**
     * Makes a netns that belongs to a user namespace of its own, made by root: processes of root have every capability over it without
     * having one ("owner", user_namespaces(7)). Any host thread.
     *
     * @param helper the program that does it, {@code reaper}: a process with threads cannot
     * @throws KernelException ENOSPC, EPERM: user namespaces are switched off (user.max_user_namespaces)
     */
    Fd makeNetns(String helper) throws KernelException;

    /** Opens the netns pinned as {@code name}. ENOENT: none; EINVAL: the file is there but pins nothing. Any thread. */
    Fd openNetns(String name) throws KernelException;

    /** Whether /run/netns has an entry {@code name}, pinning or not. Any thread. */
    boolean netnsExists(String name) throws KernelException;

    /**
     * Pins a netns as /run/netns/NAME the way iproute2 does, so that {@code ip netns exec NAME} works. EEXIST: the name is taken. Any host
     * thread.
     */
    void pinNetns(String name, Fd netns) throws KernelException;

    /** umount2(MNT_DETACH) and unlink of /run/netns/NAME; nothing there is fine. The netns dies with its last user. Any host thread. */
    void unpinNetns(String name) throws KernelException;

    /** Identity of a namespace: equal device and inode mean the same namespace while one of the descriptors is open (namespaces(7)). */
    FileIdentity identity(Fd namespace) throws KernelException;

    /** A descriptor of the network namespace the daemon was started in; owned by this object. */
    Fd hostNetns();

    /** Waits for running jobs and ends the threads. */
    @Override
    void close();
}
