package overlayd.subhost;

import java.util.Optional;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pidfd;

/** A handle on one process of a {@link ModelHost}. */
final class ModelPidfd implements Pidfd {
    private final ModelKernel kernel;
    private final ModelHost host;
    private final ModelHost.Process process;
    private final Fd fd;

    ModelPidfd(ModelKernel kernel, ModelHost.Process process, Fd fd) {
        this.kernel = kernel;
        this.host = kernel.host;
        this.process = process;
        this.fd = fd;
    }

    @Override
    public int pid() {
        return process.pid;
    }

    @Override
    public Fd fd() {
        return fd;
    }

    @Override
    public void signal(int number) throws KernelException {
        fd.number();
        if (process.ended) {
            throw new KernelException("signal", process.pid, Errno.ESRCH);
        }
        process.signal(number);
    }

    @Override
    public boolean hasEnded() {
        return process.ended;
    }

    @Override
    public Optional<ExitStatus> await(Deadline deadline) {
        fd.number();
        while (!process.ended && deadline.isNever() && !kernel.isDead()) {
            kernel.awaitNews();
        }
        if (!process.ended) {
            return Optional.empty(); // nothing happens in this world while the one who asks waits
        }
        boolean ours = process.parent == kernel && host.processes.remove(process.pid) != null;
        return Optional.of(ours ? process.status : ExitStatus.unknown());
    }

    @Override
    public void close() {
        fd.close();
    }
}
