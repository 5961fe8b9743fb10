package overlayd.subhost;

import java.util.Optional;
import overlayd.kernel.Child;
import overlayd.kernel.ControlSocket;
import overlayd.kernel.Deadline;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Sockets;
import overlayd.kernel.Spawn;
import overlayd.kernel.SpawnRequest;

/**
 * Hands out monitors: C processes that become pid 1's parent. One spare is kept ready, spawned after a boot has become ready and
 * not while one is under way, so that a boot pays for a message instead of a process (0.3 ms).
 *
 * <p>A monitor that has no PLAN yet ends by itself when its control socket closes; so a dead daemon leaves none behind.
 */
final class Monitors implements AutoCloseable {
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
    private final String program;
    private Optional<Monitor> spare = Optional.empty();
    private boolean closed;

    /** @param program absolute path of the reaper */
    Monitors(Spawn spawn, Sockets sockets, String program) {
        this.spawn = spawn;
        this.sockets = sockets;
        this.program = program;
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
            return new Monitor(spawn.spawn(SpawnRequest.of(program, "--monitor").withDescriptor(3, theirs)), pair.ours());
        } catch (KernelException refused) {
            pair.ours().close();
            throw refused;
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
