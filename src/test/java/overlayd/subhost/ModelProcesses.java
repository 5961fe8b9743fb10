package overlayd.subhost;

import overlayd.kernel.Child;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pidfd;
import overlayd.kernel.Processes;
import overlayd.kernel.Signal;

/** Processes by number, over a {@link ModelHost}. */
final class ModelProcesses implements Processes {
    private final ModelKernel kernel;
    private final ModelHost host;

    ModelProcesses(ModelKernel kernel) {
        this.kernel = kernel;
        this.host = kernel.host;
    }

    @Override
    public Pidfd open(int pid) throws KernelException {
        ModelHost.Process process = host.processes.get(pid);
        if (process == null) {
            throw new KernelException("open process", pid, Errno.ESRCH);
        }
        return kernel.pidfd(process);
    }

    @Override
    public Pidfd adopt(Fd fd, int pid) {
        return kernel.pidfd(kernel.thing(ModelMonitor.ProcessThing.class, fd).process, fd);
    }

    @Override
    public long startTime(int pid) throws KernelException {
        ModelHost.Process process = host.processes.get(pid);
        if (process == null) {
            throw new KernelException("start time", pid, Errno.ESRCH);
        }
        return process.startTime;
    }

    @Override
    public boolean isSame(int pid, long startTime) {
        ModelHost.Process process = host.processes.get(pid);
        return process != null && process.startTime == startTime;
    }

    @Override
    public String bootId() {
        return "this-boot";
    }

    @Override
    public Fd copyDescriptor(Pidfd process, int number) throws KernelException {
        throw new KernelException("copy descriptor", number, Errno.EBADF);
    }

    @Override
    public void signalGroup(Child leader, Signal signal) {
        // programs of the model have ended already
    }
}
