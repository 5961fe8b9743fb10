package overlayd.kernel.jna;

import java.util.Locale;

/**
 * System call numbers per architecture: x86-64 (arch/x86/entry/syscalls/syscall_64.tbl) and arm64
 * (include/uapi/asm-generic/unistd.h), which has only the *at forms.
 */
enum SyscallNumber {
    READ(0, 63),
    WRITE(1, 64),
    CLOSE(3, 57),
    LSEEK(8, 62),
    FSTAT(5, 80),
    FCNTL(72, 25),
    IOCTL(16, 29),
    OPENAT(257, 56),
    OPENAT2(437, 437),
    DUP3(292, 24),
    PIPE2(293, 59),
    FCHDIR(81, 50),
    CHDIR(80, 49),
    FLOCK(73, 32),
    FTRUNCATE(77, 46),
    FCHMOD(91, 52),
    FCHMODAT(268, 53),
    FCHOWNAT(260, 54),
    FCHOWN(93, 55),
    UNLINKAT(263, 35),
    MKDIRAT(258, 34),
    MKNODAT(259, 33),
    SYMLINKAT(266, 36),
    RENAMEAT2(316, 276),
    LINKAT(265, 37),
    READLINKAT(267, 78),
    FACCESSAT2(439, 439),
    STATX(332, 291),
    STATFS(137, 43),
    FSTATFS(138, 44),
    UMASK(95, 166),
    MOUNT(165, 40),
    UMOUNT2(166, 39),
    PIVOT_ROOT(155, 41),
    FSOPEN(430, 430),
    FSCONFIG(431, 431),
    FSMOUNT(432, 432),
    MOVE_MOUNT(429, 429),
    OPEN_TREE(428, 428),
    MOUNT_SETATTR(442, 442),
    UNSHARE(272, 97),
    SETNS(308, 268),
    SETHOSTNAME(170, 161),
    SOCKET(41, 198),
    BIND(49, 200),
    CONNECT(42, 203),
    LISTEN(50, 201),
    ACCEPT4(288, 242),
    SENDTO(44, 206),
    SENDMSG(46, 211),
    RECVMSG(47, 212),
    RECVFROM(45, 207),
    SETSOCKOPT(54, 208),
    GETSOCKOPT(55, 209),
    SOCKETPAIR(53, 199),
    SHUTDOWN(48, 210),
    EPOLL_CREATE1(291, 20),
    EPOLL_CTL(233, 21),
    EPOLL_PWAIT(281, 22),
    EVENTFD2(290, 19),
    PPOLL(271, 73),
    PIDFD_OPEN(434, 434),
    PIDFD_SEND_SIGNAL(424, 424),
    PIDFD_GETFD(438, 438),
    WAITID(247, 95),
    KILL(62, 129),
    GETPID(39, 172),
    GETTID(186, 178),
    PRCTL(157, 167),
    MEMFD_CREATE(319, 279),
    FSYNC(74, 82),
    FDATASYNC(75, 83),
    SETXATTR(188, 5),
    GETXATTR(191, 8),
    LISTXATTR(194, 11),
    REMOVEXATTR(197, 14),
    SYNCFS(306, 267),
    BPF(321, 280),
    CAPGET(125, 90),
    CAPSET(126, 91),
    SETRESUID(117, 147),
    GETEUID(107, 175),
    NAME_TO_HANDLE_AT(303, 264),
    INOTIFY_INIT1(294, 26),
    INOTIFY_ADD_WATCH(254, 27),
    PREAD64(17, 67),
    PWRITE64(18, 68),
    GETDENTS64(217, 61),
    SENDFILE(40, 71),
    COPY_FILE_RANGE(326, 285),
    UTIMENSAT(280, 88),
    TIMERFD_CREATE(283, 85),
    TIMERFD_SETTIME(286, 86),
    SIGNALFD4(289, 74),
    KEYCTL(250, 219),
    SECCOMP(317, 277),
    SETFSUID(122, 151),
    SETFSGID(123, 152),
    CLOSE_RANGE(436, 436),
    PRLIMIT64(302, 261);

    static final boolean ARM64 = System.getProperty("os.arch").toLowerCase(Locale.ROOT).equals("aarch64");

    private final int x86;
    private final int arm;

    SyscallNumber(int x86, int arm) {
        this.x86 = x86;
        this.arm = arm;
    }

    /** The number on the machine this runs on. */
    int number() {
        return ARM64 ? arm : x86;
    }
}
