package overlayd.subhost;

import java.util.Optional;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Namespaces;

/**
 * The mount namespace of a boot whose configuration computes values by commands: made before the first of them runs, so that what it
 * mounts is seen by planning and by the boot, and ends with the subhost. Where no command asks for it, there is none, and the host's
 * own mounts are looked at. One thread, and not a namespace worker.
 */
final class PrivateMounts implements AutoCloseable {
    private final Kernel kernel;
    private final BootMounts all;
    private Optional<Fd> mounts = Optional.empty();
    private Optional<BootMounts.Entry> entry = Optional.empty();

    PrivateMounts(Kernel kernel, BootMounts all) {
        this.kernel = kernel;
        this.all = all;
    }

    /** The namespace, once a command needed it; stays this object's. */
    Optional<Fd> made() {
        return mounts;
    }

    /** The namespace, made now where it was not needed before. */
    Fd make() throws KernelException {
        if (mounts.isEmpty()) {
            mounts = Optional.of(kernel.namespaces().<Fd, KernelException>run(place -> {
                place.unshareMounts();
                return place.mntnsFd();
            }));
            entry = Optional.of(all.add(mounts.get()));
        }
        return mounts.get();
    }

    /** Does {@code job} where the mounts of {@code mounts} are seen: there, or on the calling thread where there are none. */
    static <T> T in(Kernel kernel, Optional<Fd> mounts, Namespaces.Job<T, KernelException> job) throws KernelException {
        if (mounts.isEmpty()) {
            return job.run(null);
        }
        return kernel.namespaces().<T, KernelException>run(place -> {
            place.enterMounts(mounts.get());
            return job.run(place);
        });
    }

    @Override
    public void close() {
        entry.ifPresent(BootMounts.Entry::close);
        mounts.ifPresent(Fd::close);
        mounts = Optional.empty();
    }
}
