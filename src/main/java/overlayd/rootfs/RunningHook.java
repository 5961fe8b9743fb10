package overlayd.rootfs;

import java.util.function.Consumer;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.KernelException;
import overlayd.kernel.RunningProgram;
import overlayd.plan.MountStep;

/** A started hook. From {@link Hooks#start} on any one thread, not on a worker. */
public final class RunningHook implements AutoCloseable {
    private final MountStep.RunHook step;
    private final RunningProgram program;
    private final Deadline deadline;

    RunningHook(MountStep.RunHook step, RunningProgram program) {
        this.step = step;
        this.program = program;
        this.deadline = step.timeoutSeconds() > 0 ? Deadline.afterMillis(step.timeoutSeconds() * 1000L) : Deadline.NEVER;
    }

    /**
     * Waits for its end, and hands over what it wrote, whether it went well or not. A server it leaves behind (PREMOUNT may start a
     * FUSE daemon) is not waited for.
     *
     * @throws KernelException ETIMEDOUT: it took longer than HOOK_TIMEOUT and was killed with its process group; UNKNOWN: it failed.
     *     The text has the status and its last lines
     */
    public void await(Consumer<byte[]> sink) throws KernelException {
        RunningProgram.Outcome outcome = program.await(deadline);
        if (outcome.output().length > 0) {
            sink.accept(outcome.output());
        }
        if (!outcome.success()) {
            throw new KernelException("run " + step.key(), String.join(" ", step.command()),
                    outcome.status().isEmpty() ? Errno.ETIMEDOUT : Errno.UNKNOWN, outcome.text());
        }
    }

    /** Kills it and what it started, so that {@link #await} returns. Any thread, while that has not returned. */
    public void interrupt() throws KernelException {
        program.interrupt();
    }

    /** Kills it where it still runs. */
    @Override
    public void close() {
        program.close();
    }
}
