package overlayd.subhost;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;

/**
 * The mount namespaces of boots whose configuration's commands are being run: the only ones that a program outside may have the daemon
 * mount something in. A namespace is known by device and inode, which no other has while one of its descriptors is open. Thread-safe.
 */
final class BootMounts {
    private final Kernel kernel;
    private final Set<Identity> open = ConcurrentHashMap.newKeySet();

    private record Identity(long device, long inode) {
    }

    BootMounts(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Until the returned is closed. */
    Entry add(Fd mounts) throws KernelException {
        Identity identity = identity(mounts);
        open.add(identity);
        return () -> open.remove(identity);
    }

    /** That a namespace is known. */
    interface Entry extends AutoCloseable {
        @Override
        void close();
    }

    boolean has(Fd mounts) throws KernelException {
        return open.contains(identity(mounts));
    }

    private Identity identity(Fd mounts) throws KernelException {
        FileIdentity found = kernel.files().identity(mounts);
        return new Identity(found.device(), found.inode());
    }
}
