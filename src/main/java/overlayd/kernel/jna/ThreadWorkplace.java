package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import overlayd.kernel.Child;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Links;
import overlayd.kernel.Spawn;
import overlayd.kernel.SpawnRequest;
import overlayd.kernel.Workplace;

/** {@link Workplace} of the worker thread that made it. */
final class ThreadWorkplace implements Workplace, AutoCloseable {
    private static final int UMASK_OF_CHILDREN = 022;
    private static final int CAPABILITY_VERSION = 0x20080522;
    /** struct __user_cap_data_struct: effective, permitted, inheritable, for 32 capabilities each. */
    private static final int CAPABILITY_SET = 12;

    private final HostNamespaces host;
    private final Spawn spawn;
    private Thread thread = Thread.currentThread();
    private boolean acting;

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
    public void actAs(int id) throws KernelException {
        check();
        acting = true;
        become(id);
        // Leaving fsuid 0 took the file capabilities out of the effective set; the permitted set has them still (capabilities(7)).
        try (Arena arena = new Arena()) {
            Pointer head = arena.zeroed(8);
            head.setInt(0, CAPABILITY_VERSION);
            Pointer sets = arena.zeroed(2 * CAPABILITY_SET);
            Libc.call("read own capabilities", "", SyscallNumber.CAPGET, Libc.address(head), Libc.address(sets));
            for (int i = 0; i < 2; i++) {
                sets.setInt((long) i * CAPABILITY_SET, sets.getInt((long) i * CAPABILITY_SET + 4));
            }
            Libc.call("keep capabilities", "", SyscallNumber.CAPSET, Libc.address(head), Libc.address(sets));
        }
    }

    /** setfsuid(2) and setfsgid(2) tell of no failure, but what was: so each is asked for again. */
    private static void become(int id) throws KernelException {
        Libc.raw(SyscallNumber.SETFSGID, id);
        Libc.raw(SyscallNumber.SETFSUID, id);
        if (Libc.raw(SyscallNumber.SETFSGID, -1) != id || Libc.raw(SyscallNumber.SETFSUID, -1) != id) {
            throw new KernelException("act as", id, Errno.EPERM);
        }
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

    /** The job is over: nothing may be done here any more. @throws KernelException the thread is not root again, and of no use */
    @Override
    public void close() throws KernelException {
        thread = null;
        if (acting) {
            become(0);
        }
    }
}
