package overlayd.rootfs;

import overlayd.config.IdRange;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountInfo;
import overlayd.kernel.Mounts;

/**
 * The ids of a subhost with a user namespace.
 *
 * @param userns its user namespace; the caller's, open for as long as this is used
 * @param ids the host's ids that stand for its own
 */
public record IdMapping(Fd userns, IdRange ids) {
    private static final int MOUNTINFO_LIMIT = 64 << 20;

    /** The host's id of what is {@code id} inside. */
    int host(int id) {
        return (int) ids.start() + id;
    }

    /** A detached copy of {@code source}, known as {@code path}, whose files are owned by the subhost's ids of the same numbers. On a namespace worker. */
    public Fd copy(Kernel kernel, Fd source, Mounts.Extent extent, String path) throws KernelException {
        Fd copy = kernel.mounts().copy(source, extent);
        try {
            kernel.mounts().mapIds(copy, extent, userns);
            return copy;
        } catch (KernelException refused) {
            copy.close();
            throw new KernelException("map ids of", path, refused.errno(), why(kernel, source, extent, refused.errno()));
        }
    }

    private static String why(Kernel kernel, Fd source, Mounts.Extent extent, Errno errno) throws KernelException {
        if (errno == Errno.EPERM) {
            return "it is a mount with a mapping of ids already";
        }
        long id = kernel.files().identity(source).mountId();
        String type = MountInfo.parseAll(kernel.files().read("/proc/thread-self/mountinfo", MOUNTINFO_LIMIT)).stream()
                .filter(mount -> mount.id() == id).map(MountInfo::fileSystem).findFirst().orElse("its file system");
        return "this kernel cannot map the ids of " + type + (extent == Mounts.Extent.ONE ? "" : ", or of what is mounted below it");
    }
}
