package overlayd.kernel.jna;

import overlayd.kernel.Child;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Links;
import overlayd.kernel.Spawn;
import overlayd.kernel.SpawnRequest;
import overlayd.kernel.Workplace;

/** {@link Workplace} of the worker thread that made it. */
final class ThreadWorkplace implements Workplace, AutoCloseable {
    private static final int UMASK_OF_CHILDREN = 022;

    private final HostNamespaces host;
    private final Spawn spawn;
    private Thread thread = Thread.currentThread();

    ThreadWorkplace(HostNamespaces host, Spawn spawn) {
        this.host = host;
        this.spawn = spawn;
    }

    @Override
    public void unshareNet() throws KernelException {
        check();
        Libc.call("make netns", "", SyscallNumber.UNSHARE, Abi.CLONE_NEWNET);
    }

    @Override
    public void pinNetns(String name) throws KernelException {
        check();
        NamespaceFiles.pin(name, "/proc/thread-self/ns/net");
    }

    @Override
    public void enterNet(Fd netns) throws KernelException {
        check();
        Libc.call("enter netns", netns, SyscallNumber.SETNS, netns.number(), Abi.CLONE_NEWNET);
    }

    @Override
    public void returnToHostNet() throws KernelException {
        enterNet(host.net());
    }

    @Override
    public void unshareMounts() throws KernelException {
        check();
        Libc.call("make mount namespace", "", SyscallNumber.UNSHARE, Abi.CLONE_NEWNS);
        try (Arena arena = new Arena()) {
            Libc.call("make mounts private", "/", SyscallNumber.MOUNT, arena.text("none"), arena.text("/"), 0,
                    Abi.MS_REC | Abi.MS_PRIVATE, 0);
        }
    }

    @Override
    public void enterMounts(Fd mntns) throws KernelException {
        check();
        Libc.call("enter mount namespace", mntns, SyscallNumber.SETNS, mntns.number(), Abi.CLONE_NEWNS);
    }

    @Override
    public Fd netnsFd() throws KernelException {
        check();
        return NamespaceFiles.ofThread("net");
    }

    @Override
    public Fd mntnsFd() throws KernelException {
        check();
        return NamespaceFiles.ofThread("mnt");
    }

    @Override
    public Child spawn(SpawnRequest request) throws KernelException {
        check();
        Libc.raw(SyscallNumber.UMASK, UMASK_OF_CHILDREN);
        try {
            return spawn.spawn(request);
        } finally {
            Libc.raw(SyscallNumber.UMASK, 0);
        }
    }

    @Override
    public Links openLinks() throws KernelException {
        check();
        return new LinuxLinks();
    }

    private void check() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("a workplace used outside its job");
        }
    }

    /** The job is over: nothing may be done here any more. */
    @Override
    public void close() {
        thread = null;
    }
}
