package overlayd.kernel.jna;

import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.KernelException;

/** The namespaces the daemon was started in, and the way back to them: setns(2) with a pidfd of the daemon itself. */
final class HostNamespaces implements AutoCloseable {
    private static final int ALL = Abi.CLONE_NEWNS | Abi.CLONE_NEWNET | Abi.CLONE_NEWUTS | Abi.CLONE_NEWIPC | Abi.CLONE_NEWPID
            | Abi.CLONE_NEWCGROUP;

    private final Fd self;
    private final Fd net;
    private final FileIdentity root;

    /** EINVAL: the daemon's root directory is no mount point. */
    HostNamespaces() throws KernelException {
        root = rootOfThread();
        if (!root.mountRoot()) {
            // setns back to a mount namespace goes to *its* root: out of the chroot. And pivot_root gives EINVAL in there.
            throw new KernelException("start in", "/", Errno.EINVAL,
                    "the root directory is a plain chroot, no mount point: subhosts cannot be started from it");
        }
        self = Libc.open("open own process", "", SyscallNumber.PIDFD_OPEN, Libc.raw(SyscallNumber.GETPID), 0);
        net = NamespaceFiles.ofThread("net");
    }

    Fd net() {
        return net;
    }

    /** Brings the calling thread back. Root and working directory become the mount namespace's root. */
    void comeBack() throws KernelException {
        Libc.call("return to the host's namespaces", "", SyscallNumber.SETNS, self.number(), ALL);
    }

    /** Tries the way back once: a chroot into some other mount point also is a root we would lose. */
    void provenOnThread() throws KernelException {
        comeBack();
        FileIdentity now = rootOfThread();
        if (!now.sameFile(root) || now.mountId() != root.mountId()) {
            throw new KernelException("start in", "/", Errno.EINVAL,
                    "the root directory is a chroot, not the root of its mount namespace: subhosts cannot be started from it");
        }
    }

    private static FileIdentity rootOfThread() throws KernelException {
        return Statx.of("look at", "/", Abi.AT_FDCWD, "/", 0);
    }

    @Override
    public void close() {
        self.close();
        net.close();
    }
}
