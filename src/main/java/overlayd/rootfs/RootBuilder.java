package overlayd.rootfs;

import java.util.List;
import java.util.Optional;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Mounts;
import overlayd.plan.MountStep;

/**
 * Carries out the steps of one boot that lie in the subhost's mount namespace, in order, on a namespace worker after
 * unshareMounts(). Keeps the root open between steps, so that every later step starts from the descriptor and not from a path.
 * If a job ends between two steps (to wait for a hook), a later job may go on with the same builder after enterMounts().
 *
 * <p>Not thread-safe. Close it on the thread of the last job, before the job ends.
 */
public final class RootBuilder implements AutoCloseable {
    private final RootMounts roots;
    private final Furnishing furnishing;

    public RootBuilder(Kernel kernel, Mounts mounts) {
        this(kernel, mounts, path -> { }, Optional.empty());
    }

    /**
     * @param making told of every mount point before it is made in the root: it outlives the namespace, and even the daemon
     * @param ids of the subhost's user namespace; then its jobs act as its root (Workplace.actAs)
     */
    public RootBuilder(Kernel kernel, Mounts mounts, Making making, Optional<IdMapping> ids) {
        this.roots = new RootMounts(kernel, mounts, making, ids);
        this.furnishing = new Furnishing(kernel, mounts, ids, roots);
    }

    /** Hears of what is about to be made in the root. */
    public interface Making {
        /** @param path relative to the root. @throws KernelException it must not be made */
        void before(String path) throws KernelException;
    }

    /**
     * Does one step; {@link MountStep.RunHook} is not for here but for {@link Hooks}.
     *
     * @throws KernelException the host refused; the namespace is to be given up
     */
    public void carryOut(MountStep step) throws KernelException {
        step.match(furnishing);
    }

    /** The root of the subhost, O_PATH; stays the builder's. */
    public Fd live() {
        return roots.root().live();
    }

    /** The master of the terminal on /dev/console, now the caller's to close; empty where the plan makes none. */
    public Optional<Fd> takeConsole() {
        return furnishing.takeConsole();
    }

    /** As {@link #live}, now the caller's to close: the builder takes no further step. */
    public Fd takeLive() {
        return roots.takeLive();
    }

    /**
     * Mount points that were missing and were made in the root so far, relative to it, outermost first. They lie in UPPER (or the
     * bound root) and outlive the namespace: a failed boot takes them back by {@link HostFiles#removeMade}. See also {@link Making}.
     */
    public List<String> made() {
        return roots.made();
    }

    /** Closes what is open; what was mounted stays until the namespace goes. */
    @Override
    public void close() {
        roots.close();
        furnishing.close();
    }
}
