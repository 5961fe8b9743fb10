package overlayd.rootfs;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import overlayd.kernel.Child;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.Events;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Signal;
import overlayd.plan.Step;

/**
 * A started hook and what it writes. It is over when its process has ended: a server it leaves behind (PREMOUNT may start a FUSE
 * daemon) keeps its output open but is not waited for. From {@link Hooks#start} on any one thread, not on a worker.
 */
public final class RunningHook implements AutoCloseable {
    private static final int CHUNK = 64 * 1024;
    /** More output than this is dropped; a hook is no place for it. */
    private static final int OUTPUT_LIMIT = 256 * 1024;
    private static final int LAST_LINES = 5;
    private static final long KILLED_MILLIS = 5000;

    private final Kernel kernel;
    private final Step.RunHook step;
    private final Child child;
    private final Fd output;
    private final Deadline deadline;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private volatile Events.Registration reading;
    private boolean over;
    private boolean ended;

    RunningHook(Kernel kernel, Step.RunHook step, Child child, Fd output) {
        this.kernel = kernel;
        this.step = step;
        this.child = child;
        this.output = output;
        this.deadline = step.timeoutSeconds() > 0 ? Deadline.afterMillis(step.timeoutSeconds() * 1000L) : Deadline.NEVER;
    }

    /**
     * Waits for its end, and hands over what it wrote, whether it went well or not.
     *
     * @throws KernelException ETIMEDOUT: it took too long and was killed with its process group; UNKNOWN: it failed. The text has
     *     the status and its last lines
     */
    public void await(Consumer<byte[]> sink) throws KernelException {
        Optional<ExitStatus> status;
        reading = kernel.events().watch(output, Set.of(Events.Interest.READABLE), Events.Repeat.ALWAYS, this::read);
        try {
            status = child.pidfd().await(deadline);
            if (status.isEmpty()) {
                kill();
            }
            ended = true;
        } finally {
            reading.cancel();
        }
        readRest();
        if (written.size() > 0) {
            sink.accept(written.toByteArray());
        }
        if (status.isEmpty()) {
            throw failed(Errno.ETIMEDOUT, "did not end within " + step.timeoutSeconds() + " s and was killed");
        }
        if (!status.get().success()) {
            throw failed(Errno.UNKNOWN, status.get().end() == ExitStatus.End.KILLED ? "was killed by signal " + status.get().number()
                    : "exited with status " + status.get().number());
        }
    }

    private KernelException failed(Errno errno, String how) {
        String[] lines = written.toString(StandardCharsets.UTF_8).strip().split("\\R");
        StringBuilder text = new StringBuilder(how);
        for (int i = Math.max(0, lines.length - LAST_LINES); i < lines.length; i++) {
            text.append(i == Math.max(0, lines.length - LAST_LINES) ? ", last it wrote: " : " | ").append(lines[i].strip());
        }
        return new KernelException("run " + step.key(), String.join(" ", step.command()), errno,
                lines.length == 1 && lines[0].isBlank() ? how : text.toString());
    }

    /** On the event thread: so that a hook that writes more than a pipe holds goes on. */
    private synchronized void read(Events.Event event) throws KernelException {
        if (!over) {
            readOnce();
        }
        if (over && reading != null) {
            reading.cancel(); // end of file is reported again and again
        }
    }

    /** @return whether there may be more */
    private boolean readOnce() throws KernelException {
        Optional<byte[]> chunk = kernel.pipes().read(output, CHUNK, Deadline.afterMillis(0));
        if (chunk.isEmpty() || chunk.get().length == 0) {
            over = over || chunk.isPresent();
            return false;
        }
        if (written.size() < OUTPUT_LIMIT) {
            written.write(chunk.get(), 0, chunk.get().length);
        }
        return true;
    }

    private synchronized void readRest() throws KernelException {
        // Bounded: something left behind may write for ever.
        for (int i = 0; i < OUTPUT_LIMIT / CHUNK && !over; i++) {
            if (!readOnce()) {
                break;
            }
        }
        over = true;
    }

    private void kill() throws KernelException {
        try {
            kernel.processes().signalGroup(child, Signal.KILL);
        } catch (KernelException e) {
            if (e.errno() != Errno.ESRCH) {
                throw e;
            }
        }
        child.pidfd().await(Deadline.afterMillis(KILLED_MILLIS));
    }

    /** Kills it where it still runs. */
    @Override
    public void close() {
        try {
            if (!ended) {
                ended = true;
                kill();
            }
        } catch (KernelException e) {
            // Nobody left to kill, or nothing more to be done about it.
        } finally {
            child.close();
            output.close();
        }
    }
}
