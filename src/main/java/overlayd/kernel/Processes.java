package overlayd.kernel;

/** Processes of the host, seen from the daemon's pid namespace. Any thread. */
public interface Processes {
    /** pidfd_open(2). ESRCH: no such process. A pid from a file must be checked by {@link #startTime} after opening. */
    Pidfd open(int pid) throws KernelException;

    /** Takes ownership of a pidfd received from elsewhere, of process {@code pid}. */
    Pidfd adopt(Fd fd, int pid);

    /** Start time in clock ticks after boot: field 22 of /proc/PID/stat (proc(5)). ESRCH: no such process. */
    long startTime(int pid) throws KernelException;

    /** Whether {@code pid} runs (or is a zombie) and started at {@code startTime}. Only a hint: use a pidfd to act on it. */
    boolean isSame(int pid, long startTime) throws KernelException;

    /** /proc/sys/kernel/random/boot_id: changes with every boot of the host. */
    String bootId() throws KernelException;

    /** A copy of descriptor {@code number} of another process (pidfd_getfd(2)). EBADF: it has no such one; ESRCH: ended. */
    Fd copyDescriptor(Pidfd process, int number) throws KernelException;

    /** kill(2) of the whole process group led by our unreaped child. ESRCH: nobody left. */
    void signalGroup(Child leader, Signal signal) throws KernelException;
}
