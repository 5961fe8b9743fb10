package overlayd.client;

import jnr.ffi.Pointer;

/**
 * The few calls of the client that neither the JDK nor {@code kernel} (whose start needs root) offers. Public only because jnr-ffi
 * implements it from another class loader.
 */
public interface ClientCalls {
    int EINTR = 4;
    int EAGAIN = 11;
    int O_RDONLY = 0;
    int O_RDWR = 2;
    int O_CREAT = 0100;
    int O_NONBLOCK = 04000;
    int O_CLOEXEC = 02000000;
    int F_SETFL = 4;
    int LOCK_EX = 2;
    int MFD_CLOEXEC = 1;
    int MFD_ALLOW_SEALING = 2;
    int F_ADD_SEALS = 1033;
    int SEAL_ALL = 0xf;
    int TCGETS = 0x5401;
    int TCSETS = 0x5402;
    int TIOCGWINSZ = 0x5413;
    int TIOCSWINSZ = 0x5414;
    int POLLIN = 1;
    int POLLOUT = 4;
    int EFD_CLOEXEC = 02000000;

    int open(String path, int flags, int mode);

    int close(int fd);

    long read(int fd, Pointer bytes, long most);

    long write(int fd, Pointer bytes, long count);

    int fcntl(int fd, int command, int argument);

    int ioctl(int fd, long request, Pointer argument);

    int poll(Pointer fds, long count, int milliseconds);

    int flock(int fd, int operation);

    int memfd_create(String name, int flags);

    long readlink(String path, Pointer bytes, long most);

    int isatty(int fd);

    int geteuid();

    int eventfd(int value, int flags);

    int execvp(String program, Pointer arguments);
}
