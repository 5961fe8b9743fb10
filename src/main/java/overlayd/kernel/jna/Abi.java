package overlayd.kernel.jna;

/** Constants of the kernel's and glibc's headers, by their own names; AbiTest compares each with the headers. */
final class Abi {
    // fcntl.h
    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int AT_REMOVEDIR = 0x200;
    static final int AT_EMPTY_PATH = 0x1000;
    static final int AT_RECURSIVE = 0x8000;
    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_EXCL = 0x80;
    static final int O_NOCTTY = 0x100;
    static final int O_APPEND = 0x400;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    static final int O_PATH = 0x200000;
    static final int F_GETFD = 1;
    static final int F_SETFD = 2;
    static final int F_GETFL = 3;
    static final int F_SETFL = 4;
    static final int F_GETLK = 5;
    static final int F_SETLK = 6;
    static final int F_DUPFD_CLOEXEC = 1030;
    static final int F_ADD_SEALS = 1033;
    static final int F_SEAL_SEAL = 1;
    static final int F_SEAL_SHRINK = 2;
    static final int F_SEAL_GROW = 4;
    static final int F_SEAL_WRITE = 8;
    static final int FD_CLOEXEC = 1;
    static final int F_WRLCK = 1;
    static final int F_UNLCK = 2;
    // sys/file.h
    static final int LOCK_SH = 1;
    static final int LOCK_EX = 2;
    static final int LOCK_NB = 4;
    static final int LOCK_UN = 8;
    // linux/openat2.h
    static final int RESOLVE_NO_MAGICLINKS = 0x02;
    static final int RESOLVE_NO_SYMLINKS = 0x04;
    static final int RESOLVE_IN_ROOT = 0x10;
    // sys/mman.h
    static final int MFD_CLOEXEC = 1;
    static final int MFD_ALLOW_SEALING = 2;
    // linux/sched.h
    static final int CLONE_NEWNS = 0x00020000;
    static final int CLONE_FS = 0x00000200;
    static final int CLONE_NEWCGROUP = 0x02000000;
    static final int CLONE_NEWUTS = 0x04000000;
    static final int CLONE_NEWIPC = 0x08000000;
    static final int CLONE_NEWPID = 0x20000000;
    static final int CLONE_NEWNET = 0x40000000;
    // sys/mount.h
    static final int MS_REC = 0x4000;
    static final int MS_PRIVATE = 1 << 18;
    static final int MS_SHARED = 1 << 20;
    static final int MS_BIND = 0x1000;
    static final int MNT_DETACH = 2;
    static final int UMOUNT_NOFOLLOW = 8;
    static final int FSOPEN_CLOEXEC = 1;
    static final int FSMOUNT_CLOEXEC = 1;
    static final int FSCONFIG_SET_FLAG = 0;
    static final int FSCONFIG_SET_STRING = 1;
    static final int FSCONFIG_SET_FD = 5;
    static final int FSCONFIG_CMD_CREATE = 6;
    static final int OPEN_TREE_CLONE = 1;
    static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
    static final int MOVE_MOUNT_T_EMPTY_PATH = 0x40;
    static final int mount_attr_size = 32;
    static final int MOUNT_ATTR_RDONLY = 1;
    static final int MOUNT_ATTR_NODEV = 4;
    // linux/loop.h
    static final int LOOP_CTL_GET_FREE = 0x4C82;
    static final int LOOP_CONFIGURE = 0x4C0A;
    static final int LO_FLAGS_READ_ONLY = 1;
    static final int LO_FLAGS_AUTOCLEAR = 4;
    static final int loop_config_size = 304;
    static final int loop_config_at_info = 8;
    static final int loop_info64_at_lo_offset = 24;
    static final int loop_info64_at_lo_sizelimit = 32;
    static final int loop_info64_at_lo_flags = 52;
    static final int loop_info64_at_lo_file_name = 56;
    // linux/stat.h
    static final int STATX_BASIC_STATS = 0x7ff;
    static final int STATX_MNT_ID = 0x1000;
    static final int STATX_ATTR_MOUNT_ROOT = 0x2000;
    static final int S_IFMT = 0xF000;
    static final int S_IFREG = 0x8000;
    static final int S_IFDIR = 0x4000;
    static final int S_IFLNK = 0xA000;
    static final int S_IFCHR = 0x2000;
    static final int S_IFBLK = 0x6000;
    static final int S_IFIFO = 0x1000;
    static final int S_IFSOCK = 0xC000;
    // sys/socket.h
    static final int AF_UNIX = 1;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_NONBLOCK = 0x800;
    static final int SOCK_SEQPACKET = 5;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int SOL_SOCKET = 1;
    static final int SO_SNDBUFFORCE = 32;
    static final int SCM_RIGHTS = 1;
    static final int MSG_CTRUNC = 0x08;
    static final int MSG_TRUNC = 0x20;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int MSG_CMSG_CLOEXEC = 0x40000000;
    // poll.h, sys/epoll.h, sys/eventfd.h
    static final int POLLIN = 1;
    static final int POLLPRI = 2;
    static final int EPOLLIN = 1;
    static final int EPOLLOUT = 4;
    static final int EPOLLERR = 8;
    static final int EPOLLHUP = 0x10;
    static final int EPOLLRDHUP = 0x2000;
    static final int EPOLL_CTL_ADD = 1;
    static final int EPOLL_CTL_DEL = 2;
    static final int EPOLL_CLOEXEC = 0x80000;
    static final int EFD_CLOEXEC = 0x80000;
    static final int EFD_NONBLOCK = 0x800;
    // sys/wait.h
    static final int P_PID = 1;
    static final int P_PIDFD = 3;
    static final int WEXITED = 4;
    static final int WNOHANG = 1;
    static final int CLD_EXITED = 1;
    // asm/ioctls.h
    static final int TCGETS = 0x5401;
    static final int TCSETS = 0x5402;
    static final int TIOCSPTLCK = 0x40045431;
    static final int TIOCGPTPEER = 0x5441;
    static final int TIOCGWINSZ = 0x5413;
    static final int TIOCSWINSZ = 0x5414;
    // spawn.h
    static final int POSIX_SPAWN_SETSIGDEF = 0x04;
    static final int POSIX_SPAWN_SETSIGMASK = 0x08;
    static final int POSIX_SPAWN_SETSID = 0x80;

    // linux/netlink.h, linux/rtnetlink.h, linux/if_link.h, linux/veth.h
    static final int AF_UNSPEC = 0;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int AF_NETLINK = 16;
    static final int SOCK_RAW = 3;
    static final int NETLINK_ROUTE = 0;
    static final int SOL_NETLINK = 270;
    static final int NETLINK_CAP_ACK = 10;
    static final int NETLINK_EXT_ACK = 11;
    static final int RTMGRP_LINK = 1;
    static final int NLM_F_REQUEST = 1;
    static final int NLM_F_ACK = 4;
    static final int NLM_F_DUMP_INTR = 0x10;
    static final int NLM_F_CAPPED = 0x100;
    static final int NLM_F_ACK_TLVS = 0x200;
    static final int NLM_F_DUMP = 0x300;
    static final int NLM_F_EXCL = 0x200;
    static final int NLM_F_CREATE = 0x400;
    static final int NLMSG_ERROR = 2;
    static final int NLMSG_DONE = 3;
    static final int NLMSGERR_ATTR_MSG = 1;
    static final int NLA_F_NESTED = 0x8000;
    static final int RTM_NEWLINK = 16;
    static final int RTM_DELLINK = 17;
    static final int RTM_GETLINK = 18;
    static final int RTM_SETLINK = 19;
    static final int RTM_NEWADDR = 20;
    static final int RTM_GETADDR = 22;
    static final int IFLA_ADDRESS = 1;
    static final int IFLA_IFNAME = 3;
    static final int IFLA_LINK = 5;
    static final int IFLA_MASTER = 10;
    static final int IFLA_LINKINFO = 18;
    static final int IFLA_IFALIAS = 20;
    static final int IFLA_NET_NS_FD = 28;
    static final int IFLA_INFO_KIND = 1;
    static final int IFLA_INFO_DATA = 2;
    static final int IFLA_VLAN_ID = 1;
    static final int VETH_INFO_PEER = 1;
    static final int IFA_ADDRESS = 1;
    static final int IFA_LOCAL = 2;
    static final int IFF_UP = 1;

    // Sizes and offsets, STRUCT_size and STRUCT_at_field.
    static final int pollfd_size = 8;
    static final int pollfd_at_events = 4;
    static final int pollfd_at_revents = 6;
    static final int flock_size = 32;
    static final int flock_at_l_len = 16;
    static final int flock_at_l_pid = 24;
    static final int open_how_size = 24;
    static final int open_how_at_mode = 8;
    static final int open_how_at_resolve = 16;
    static final int msghdr_size = 56;
    static final int msghdr_at_msg_iov = 16;
    static final int msghdr_at_msg_iovlen = 24;
    static final int msghdr_at_msg_control = 32;
    static final int msghdr_at_msg_controllen = 40;
    static final int msghdr_at_msg_flags = 48;
    static final int cmsghdr_size = 16;
    static final int cmsghdr_at_cmsg_level = 8;
    static final int cmsghdr_at_cmsg_type = 12;
    static final int siginfo_t_size = 128;
    static final int siginfo_t_at_si_code = 8;
    static final int siginfo_t_at_si_pid = 16;
    static final int siginfo_t_at_si_status = 24;
    static final int statx_size = 256;
    static final int statx_at_stx_attributes = 8;
    static final int statx_at_stx_nlink = 16;
    static final int statx_at_stx_uid = 20;
    static final int statx_at_stx_gid = 24;
    static final int statx_at_stx_mode = 28;
    static final int statx_at_stx_ino = 32;
    static final int statx_at_stx_size = 40;
    static final int statx_at_stx_rdev_major = 128;
    static final int statx_at_stx_rdev_minor = 132;
    static final int statx_at_stx_dev_major = 136;
    static final int statx_at_stx_dev_minor = 140;
    static final int statx_at_stx_mnt_id = 144;
    static final int statfs_size = 120;
    static final int statfs_at_f_flags = 80;
    static final int nlmsghdr_size = 16;
    static final int ifinfomsg_size = 16;
    static final int ifinfomsg_at_ifi_index = 4;
    static final int ifinfomsg_at_ifi_flags = 8;
    static final int ifaddrmsg_size = 8;
    static final int ifaddrmsg_at_ifa_index = 4;
    static final int sockaddr_nl_size = 12;
    static final int sockaddr_nl_at_nl_groups = 8;
    static final int posix_spawnattr_t_size = 336;
    static final int posix_spawn_file_actions_t_size = 80;
    static final int sigset_t_size = 128;

    /** O_DIRECTORY and O_NOFOLLOW differ between x86-64 and arm64. */
    static final int O_DIRECTORY = SyscallNumber.ARM64 ? 0x4000 : 0x10000;
    static final int O_NOFOLLOW = SyscallNumber.ARM64 ? 0x8000 : 0x20000;
    /** struct epoll_event is packed on x86-64 only. */
    static final int epoll_event_size = SyscallNumber.ARM64 ? 16 : 12;
    static final int epoll_event_at_data = SyscallNumber.ARM64 ? 8 : 4;

    private Abi() {
    }
}
