package overlayd.varlink;

import jnr.ffi.Pointer;

/**
 * The socket calls that jnr-unixsocket and jnr-posix lack or bend (recvmsg with flags and reusable buffers, accept4, epoll), bound by
 * the same jnr-ffi. 64-bit Linux only: ssize_t, size_t and long are Java's long. Public only because jnr-ffi implements it from another
 * class loader: not for other rooms.
 */
public interface LibC {
    int SOL_SOCKET = 1;
    int SO_RCVTIMEO = 20;
    int SO_SNDTIMEO = 21;
    int SCM_RIGHTS = 1;
    int SCM_CREDENTIALS = 2;
    int MSG_CTRUNC = 0x8;
    int MSG_DONTWAIT = 0x40;
    int MSG_NOSIGNAL = 0x4000;
    int MSG_CMSG_CLOEXEC = 0x40000000;
    int AF_UNIX = 1;
    int SOCK_STREAM = 1;
    int SOCK_DGRAM = 2;
    int SOCK_NONBLOCK = 0x800;
    int SOCK_CLOEXEC = 0x80000;
    int SHUT_RDWR = 2;
    int F_SETFD = 2;
    int FD_CLOEXEC = 1;
    int F_GETFL = 3;
    int F_SETFL = 4;
    int O_NONBLOCK = 0x800;
    int EPOLL_CLOEXEC = 0x80000;
    int EPOLL_CTL_ADD = 1;
    int EPOLL_CTL_DEL = 2;
    int EPOLL_CTL_MOD = 3;
    int EPOLLIN = 0x1;
    int EPOLLERR = 0x8;
    int EPOLLHUP = 0x10;
    int EPOLLRDHUP = 0x2000;
    int EPOLLONESHOT = 0x40000000;
    int EFD_CLOEXEC = 0x80000;
    int MFD_CLOEXEC = 0x1;
    int MFD_ALLOW_SEALING = 0x2;
    int F_ADD_SEALS = 1033;
    /** F_SEAL_SEAL, SHRINK, GROW, WRITE. */
    int ALL_SEALS = 0xf;

    long recvmsg(int socket, Pointer message, int flags);

    long sendmsg(int socket, Pointer message, int flags);

    int socket(int domain, int type, int protocol);

    int connect(int socket, Pointer address, int length);

    int accept4(int socket, Pointer address, Pointer length, int flags);

    int setsockopt(int socket, int level, int name, Pointer value, int length);

    int shutdown(int socket, int how);

    int fcntl(int fd, int command, int argument);

    int close(int fd);

    int memfd_create(String name, int flags);

    long write(int fd, byte[] bytes, long count);

    int epoll_create1(int flags);

    int epoll_ctl(int epoll, int operation, int fd, Pointer event);

    int epoll_wait(int epoll, Pointer events, int most, int milliseconds);

    int eventfd(int value, int flags);

    int eventfd_write(int fd, long value);

    int eventfd_read(int fd, Pointer value);
}
