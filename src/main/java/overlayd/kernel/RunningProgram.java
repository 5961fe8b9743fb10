package overlayd.kernel;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A program of the host that runs for overlayd (a hook, ifup), and what it writes. It is over when its process has ended: a server
 * it leaves behind keeps its output open but is not waited for. One thread, and not a namespace worker.
 */
public final class RunningProgram implements AutoCloseable {
    private static final int CHUNK = 64 * 1024;
    /** More output than this is dropped. */
    private static final int OUTPUT_LIMIT = 256 * 1024;
    private static final int LAST_LINES = 5;
    private static final long KILLED_MILLIS = 5000;

    private final Kernel kernel;
    private final Child child;
    private final Fd output;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private volatile Events.Registration reading;
    private boolean over;
    private boolean ended;

    /** Takes over a child and the read end of the pipe that is its output. */
    public RunningProgram(Kernel kernel, Child child, Fd output) {
        this.kernel = kernel;
        this.child = child;
        this.output = output;
    }

    /** Starts a program in the daemon's own namespaces, standard output and error into this object's pipe. */
    public static RunningProgram start(Kernel kernel, SpawnRequest request) throws KernelException {
        try (Pipes.Pipe pipe = kernel.pipes().pipe()) {
            Fd read = kernel.pipes().duplicate(pipe.readEnd());
            try {
                Child child = kernel.spawn().spawn(request.withDescriptor(1, pipe.writeEnd()).withDescriptor(2, pipe.writeEnd()));
                return new RunningProgram(kernel, child, read);
            } catch (KernelException refused) {
                read.close();
                throw refused;
            }
        }
    }

    /**
     * How it went.
     *
     * @param status empty: it took too long and was killed with its process group
     * @param output standard output and error as they came
     */
    public record Outcome(Optional<ExitStatus> status, byte[] output) {
        /** Whether it ended by itself with status 0. */
        public boolean success() {
            return status.isPresent() && status.get().success();
        }

        /** "exited with status 3, last it wrote: ...": what happened and its last lines, for a message. */
        public String text() {
            String how = status.map(Outcome::describe).orElse("took too long and was killed");
            List<String> lines = new String(output, StandardCharsets.UTF_8).lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
            return lines.isEmpty() ? how
                    : how + ", last it wrote: " + String.join(" | ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        }

        private static String describe(ExitStatus status) {
            return switch (status.end()) {
                case EXITED -> "exited with status " + status.number();
                case KILLED -> "was killed by signal " + status.number();
                case UNKNOWN -> "ended, status unknown";
            };
        }
    }

    /** Waits for its end; when {@code deadline} passes first it is killed. */
    public Outcome await(Deadline deadline) throws KernelException {
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
        return new Outcome(status, written.toByteArray());
    }

    /** On the event thread: so that a program that writes more than a pipe holds goes on. */
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

    /** Kills it and its process group; {@link #await} then returns on its own thread. Any thread, while that has not returned. */
    public void interrupt() throws KernelException {
        try {
            kernel.processes().signalGroup(child, Signal.KILL);
        } catch (KernelException e) {
            if (e.errno() != Errno.ESRCH) {
                throw e;
            }
        }
    }

    private void kill() throws KernelException {
        interrupt();
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
