package overlayd.kernel;

/** Makes programs for seccomp(2). Any thread but a worker. */
public interface Seccomp {
    /** Whether the library that makes them (libseccomp 2.5 or later) is installed. */
    boolean available();

    /** Whether the library knows a system call of this name, of whatever machine; true for each where the library is missing. */
    boolean knows(String call);

    /** The filter as an array of struct sock_filter, for SECCOMP_SET_MODE_FILTER. ENOENT: the library is missing. */
    byte[] compile(SyscallFilter filter) throws KernelException;
}
