package overlayd.network;

import java.util.Optional;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;

/**
 * One network namespace made while nobody waits for it (1 ms, most of it in the kernel), for the next boot. It has no name and no process;
 * a daemon that ends, however, takes it along. Its interfaces' defaults (sysctl net.*.conf.default) are those of the moment it was made.
 * Thread-safe.
 */
public final class SpareNetns implements AutoCloseable {
    private final Kernel kernel;
    private final Optional<String> helper;
    private Optional<CablePlugger> spare = Optional.empty();
    private boolean closed;

    /** @param helper the reaper, which makes a netns with an owner */
    public SpareNetns(Kernel kernel, Optional<String> helper) {
        this.kernel = kernel;
        this.helper = helper;
    }

    /** The spare, or a new one; the caller's to close. */
    public CablePlugger take() throws KernelException {
        Optional<CablePlugger> taken;
        synchronized (this) {
            taken = spare;
            spare = Optional.empty();
        }
        return taken.isPresent() ? taken.get() : CablePlugger.makeNetns(kernel, helper);
    }

    /** Makes the spare when there is none. Cheap to call when there is one. */
    public void refill() throws KernelException {
        synchronized (this) {
            if (closed || spare.isPresent()) {
                return;
            }
        }
        CablePlugger fresh = CablePlugger.makeNetns(kernel, helper);
        synchronized (this) {
            if (!closed && spare.isEmpty()) {
                spare = Optional.of(fresh);
                return;
            }
        }
        fresh.close();
    }

    @Override
    public synchronized void close() {
        closed = true;
        spare.ifPresent(CablePlugger::close);
        spare = Optional.empty();
    }
}
