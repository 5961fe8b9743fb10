package overlayd.subhost;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Cgroups;
import overlayd.kernel.Child;
import overlayd.kernel.ControlSocket;
import overlayd.kernel.Deadline;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Sockets;
import overlayd.kernel.Spawn;
import overlayd.kernel.SpawnRequest;

/**
 * Hands out monitors: C processes that become pid 1's parent; or, in another role, the parents of commands that enter. One spare is kept
 * ready, spawned after a boot has become ready and not while one is under way, so that a boot pays for a message instead of a process
 * (0.3 ms; 0.7 ms for a command that enters, whose parent first makes a sealed copy of itself).
 *
 * <p>One that has no PLAN yet ends by itself when its control socket closes; so a dead daemon leaves none behind.
 */
final class Monitors implements AutoCloseable {
    /** What the reaper is told to be: a pid 1's parent, or that of a command that enters. */
    static final String PARENT = "--monitor";
    static final String ENTERING = "--enter";

    private static final Logger LOG = LoggerFactory.getLogger(Monitors.class);

    /** A waiting monitor process and the socket that commands it. */
    record Monitor(Child child, ControlSocket control) implements AutoCloseable {
        @Override
        public void close() {
            control.close();
            child.close();
        }
    }

    private final Spawn spawn;
    private final Sockets sockets;
    private final Cgroups cgroups;
    private final String program;
    private final String role;
    private Optional<Monitor> spare = Optional.empty();
    private boolean closed;

    /** @param program absolute path of the reaper. {@code role}: {@link #PARENT} or {@link #ENTERING} */
    Monitors(Kernel kernel, String program, String role) {
        this.spawn = kernel.spawn();
        this.sockets = kernel.sockets();
        this.cgroups = kernel.cgroups();
        this.program = program;
        this.role = role;
    }

    /** The spare, or a new one. */
    Monitor take() throws KernelException {
        Optional<Monitor> taken;
        synchronized (this) {
            taken = spare;
            spare = Optional.empty();
        }
        if (taken.isPresent() && !taken.get().child().pidfd().hasEnded()) {
            return taken.get();
        }
        taken.ifPresent(Monitors::end);
        return start();
    }

    /** Makes the spare when there is none. Cheap to call when there is one. */
    void refill() throws KernelException {
        synchronized (this) {
            if (closed || spare.isPresent()) {
                return;
            }
        }
        Monitor fresh = start();
        synchronized (this) {
            if (!closed && spare.isEmpty()) {
                spare = Optional.of(fresh);
                return;
            }
        }
        end(fresh);
    }

    private Monitor start() throws KernelException {
        Sockets.Pair pair = sockets.pair();
        try (Fd theirs = pair.theirs()) {
            Child child = spawn.spawn(SpawnRequest.of(program, role).withDescriptor(3, theirs));
            if (role.equals(PARENT)) {
                shelter(cgroups, child.pid());
            }
            return new Monitor(child, pair.ours());
        } catch (KernelException refused) {
            pair.ours().close();
            throw refused;
        }
    }

    /** Where it cannot be sheltered it lives all the same: systemd then tells of it when the daemon is restarted. */
    static void shelter(Cgroups cgroups, int monitor) {
        try {
            cgroups.shelter(monitor);
        } catch (KernelException refused) {
            LOG.warn("{}; ignoring", refused.getMessage());
        }
    }

    /** Ends a monitor that has no subhost, and reaps it. */
    static void end(Monitor monitor) {
        try (monitor) {
            monitor.control().close();
            monitor.child().pidfd().await(Deadline.afterMillis(1000));
        } catch (KernelException gone) {
            // It has ended already and was reaped elsewhere: just what is wanted.
        }
    }

    @Override
    public void close() {
        Optional<Monitor> last;
        synchronized (this) {
            closed = true;
            last = spare;
            spare = Optional.empty();
        }
        last.ifPresent(Monitors::end);
    }
}
