package overlayd.kernel.jna;

import java.nio.charset.StandardCharsets;
import overlayd.kernel.Child;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pidfd;
import overlayd.kernel.Processes;
import overlayd.kernel.Signal;

/** {@link Processes} by pidfds and /proc. */
final class LinuxProcesses implements Processes {
    private static final int STAT_LIMIT = 4096;

    private final Files files;
    /** Stays the same for as long as this process can live. */
    private volatile String bootId = "";

    LinuxProcesses(Files files) {
        this.files = files;
    }

    @Override
    public Pidfd open(int pid) throws KernelException {
        return new LinuxPidfd(Libc.open("open process", pid, SyscallNumber.PIDFD_OPEN, pid, 0), pid);
    }

    @Override
    public Pidfd adopt(Fd fd, int pid) {
        return new LinuxPidfd(fd, pid);
    }

    @Override
    public long startTime(int pid) throws KernelException {
        try {
            return startTime(new String(files.read("/proc/" + pid + "/stat", STAT_LIMIT), StandardCharsets.ISO_8859_1));
        } catch (KernelException failure) {
            // ENOENT: no such process at open; ESRCH: it ended between open and read.
            Errno errno = failure.errno() == Errno.ENOENT ? Errno.ESRCH : failure.errno();
            throw new KernelException("read start time of process", pid, errno);
        }
    }

    /** Field 22 of a /proc/PID/stat line. The name in field 2 may hold blanks and parentheses: count from the last one. */
    static long startTime(String stat) {
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(afterName[22 - 3]);
    }

    @Override
    public boolean isSame(int pid, long startTime) throws KernelException {
        try {
            return startTime(pid) == startTime;
        } catch (KernelException failure) {
            if (failure.errno() == Errno.ESRCH) {
                return false;
            }
            throw failure;
        }
    }

    @Override
    public String bootId() throws KernelException {
        if (bootId.isEmpty()) {
            bootId = new String(files.read("/proc/sys/kernel/random/boot_id", 64), StandardCharsets.US_ASCII).strip();
        }
        return bootId;
    }

    @Override
    public Fd copyDescriptor(Pidfd process, int number) throws KernelException {
        return Libc.open("copy descriptor " + number + " of", "process " + process.pid(), SyscallNumber.PIDFD_GETFD,
                process.fd().number(), number, 0);
    }

    @Override
    public void signalGroup(Child leader, Signal signal) throws KernelException {
        Libc.call("signal group", leader.pid(), SyscallNumber.KILL, -leader.pid(), signal.number());
    }
}
