package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import java.util.Optional;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pidfd;

/** {@link Pidfd} by pidfd_send_signal(2), ppoll(2) and waitid(2). */
final class LinuxPidfd implements Pidfd {
    private final Fd fd;
    private final int pid;

    LinuxPidfd(Fd fd, int pid) {
        this.fd = fd;
        this.pid = pid;
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public Fd fd() {
        return fd;
    }

    @Override
    public void signal(int number) throws KernelException {
        Libc.call("signal " + number, "process " + pid, SyscallNumber.PIDFD_SEND_SIGNAL, fd.number(), number, 0, 0);
    }

    @Override
    public boolean hasEnded() throws KernelException {
        return Poll.readable(fd, Deadline.afterMillis(0));
    }

    @Override
    public Optional<ExitStatus> await(Deadline deadline) throws KernelException {
        return Poll.readable(fd, deadline) ? Optional.of(reap()) : Optional.empty();
    }

    /** The pidfd is readable already, so this returns at once. ECHILD: not ours, or reaped before. */
    private ExitStatus reap() throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer info = arena.zeroed(Abi.siginfo_t_size);
            long result = Libc.raw(SyscallNumber.WAITID, Abi.P_PIDFD, fd.number(), Libc.address(info),
                    Abi.WEXITED | Abi.WNOHANG, 0);
            if (result == -1) {
                Errno errno = Libc.lastErrno();
                if (errno == Errno.ECHILD) {
                    return ExitStatus.unknown();
                }
                throw new KernelException("wait for", "process " + pid, errno);
            }
            int status = info.getInt(Abi.siginfo_t_at_si_status);
            boolean exited = info.getInt(Abi.siginfo_t_at_si_code) == Abi.CLD_EXITED;
            return exited ? ExitStatus.exited(status) : ExitStatus.killed(status);
        }
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "pidfd of " + pid;
    }
}
