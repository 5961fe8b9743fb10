package overlayd.kernel;

/**
 * The namespaces of the thread a job runs on. Valid only on that thread and only until the job ends. EPERM anywhere: not root.
 * The fs_struct is the thread's own, so its root, working directory and umask (0) touch no other thread.
 */
public interface Workplace {
    /** A new network namespace for this thread (unshare(2)); lo is down in it. EPERM, ENOSPC (user.max_net_namespaces). */
    void unshareNet() throws KernelException;

    /**
     * Pins this thread's netns as /run/netns/NAME the way iproute2 does, so that {@code ip netns exec NAME} works: must come before
     * {@link #unshareMounts}, for the host is to see it. EEXIST: the name is taken.
     */
    void pinNetns(String name) throws KernelException;

    /** Enters a netns by descriptor (setns(2)). */
    void enterNet(Fd netns) throws KernelException;

    /** Back to the daemon's netns, the mount namespace stays. */
    void returnToHostNet() throws KernelException;

    /** A new mount namespace, a copy of the current one, everything in it private: nothing mounted here reaches the host. */
    void unshareMounts() throws KernelException;

    /**
     * Enters a mount namespace that {@link #unshareMounts} made and nothing has pivoted: root and working directory become its root.
     * Never one of a running subhost: classes and jars would be opened in there.
     */
    void enterMounts(Fd mntns) throws KernelException;

    /**
     * From now to the end of the job files are made, looked for and opened as user and group {@code id}, with every capability kept: how the
     * root of a user namespace stands on the host. An overlay over idmapped layers that is mounted otherwise comes up read-only, for the
     * mounter is who makes its files. EPERM: not root.
     */
    void actAs(int id) throws KernelException;

    /** This thread's netns. */
    Fd netnsFd() throws KernelException;

    /** This thread's mount namespace. Whoever keeps it open keeps everything mounted in there. */
    Fd mntnsFd() throws KernelException;

    /** As {@link Spawn#spawn}, in this thread's namespaces, with umask 022. */
    Child spawn(SpawnRequest request) throws KernelException;

    /** A new socket for the interfaces of this thread's netns. It may be used after the job, and keeps the netns alive till closed. */
    Links openLinks() throws KernelException;
}
