/* System calls and capabilities by which a root reaches the whole host. Arguments are such that nothing is changed where a
 * call is allowed: it then fails for another reason, which counts as open. */
#define _GNU_SOURCE
#include "probe.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/xattr.h>
#include <unistd.h>

#define CALL(name, ...) static void name(void) { EXPECT(__VA_ARGS__); }

CALL(kexec_load_, syscall(SYS_kexec_load, 0, 1, NULL, ~0UL), EPERM, ENOSYS)
CALL(kexec_file_load_, syscall(SYS_kexec_file_load, -1, -1, 0, NULL, ~0UL), EPERM, ENOSYS)
CALL(init_module_, syscall(SYS_init_module, NULL, 0, NULL), EPERM, ENOSYS)
CALL(finit_module_, syscall(SYS_finit_module, -1, "", 0), EPERM, ENOSYS)
CALL(delete_module_, syscall(SYS_delete_module, "overlayd-no-such", O_NONBLOCK), EPERM, ENOSYS)
CALL(swapon_, syscall(SYS_swapon, "/overlayd-no-such", 0), EPERM, ENOSYS)
CALL(swapoff_, syscall(SYS_swapoff, "/overlayd-no-such"), EPERM, ENOSYS)
CALL(acct_, syscall(SYS_acct, "/overlayd-no-such"), EPERM, ENOSYS)
CALL(quotactl_, syscall(SYS_quotactl, 0x800007 << 8, "/overlayd-no-such", 0, NULL), EPERM, ENOSYS)
CALL(bpf_, syscall(SYS_bpf, 0, NULL, 0), EPERM, ENOSYS)
CALL(perf_event_open_, syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0), EPERM, ENOSYS)
CALL(userfaultfd_, syscall(SYS_userfaultfd, 0), EPERM, ENOSYS)
CALL(io_uring_, syscall(425, 1, NULL), EPERM, ENOSYS)
CALL(fanotify_, syscall(SYS_fanotify_init, 0, 0), EPERM, ENOSYS)
CALL(keyctl_, syscall(SYS_keyctl, 0 /* GET_KEYRING_ID */, -4 /* user */, 0), ENOSYS, EPERM)
CALL(add_key_, syscall(SYS_add_key, "user", "overlayd-probe", "x", 1, -2 /* process */), ENOSYS, EPERM)
CALL(request_key_, syscall(SYS_request_key, "user", "overlayd-no-such", NULL, 0), ENOSYS, EPERM)
CALL(syslog_, syscall(SYS_syslog, 10 /* SIZE_BUFFER */, NULL, 0), EPERM, ENOSYS)
CALL(iopl_, iopl(3), EPERM, ENOSYS)
CALL(ioperm_, ioperm(0x80, 1, 1), EPERM, ENOSYS)
CALL(lookup_dcookie_, syscall(SYS_lookup_dcookie, 0, NULL, 0), EPERM, ENOSYS)
CALL(clock_settime_, syscall(SYS_clock_settime, 0, (long[]){ 0, -1 }), EPERM)
CALL(settimeofday_, syscall(SYS_settimeofday, (long[]){ 0, -1 }, NULL), EPERM)
CALL(sysfs_write_mount, mount("sysfs", "/mnt", "sysfs", 0, NULL), EPERM)
CALL(mount_tmpfs, mount("none", "/mnt", "tmpfs", 0, NULL), EPERM)
CALL(mount_proc, mount("proc", "/mnt", "proc", 0, NULL), EPERM)
CALL(mount_cgroup, mount("cgroup2", "/mnt", "cgroup2", 0, NULL), EPERM)
CALL(mount_bind, mount("/etc", "/mnt", NULL, MS_BIND, NULL), EPERM)
CALL(remount_proc_sys, mount(NULL, "/proc/sys", NULL, MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, NULL), EPERM)
CALL(remount_root, mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_NODEV, NULL), EPERM)
CALL(umount_, umount2("/etc", 0), EPERM)
CALL(pivot_root_, syscall(SYS_pivot_root, "/", "/"), EPERM)
CALL(fsopen_, syscall(430, "tmpfs", 0), EPERM)
CALL(open_tree_, syscall(428, AT_FDCWD, "/etc", 1 /* CLONE */), EPERM)
CALL(fspick_, syscall(433, AT_FDCWD, "/", 0), EPERM)
CALL(mount_setattr_, syscall(442, AT_FDCWD, "/etc", 0, (uint64_t[4]){ 1 }, 32), EPERM)
CALL(unshare_user, unshare(CLONE_NEWUSER), EPERM)
CALL(unshare_mnt, unshare(CLONE_NEWNS), EPERM)
CALL(unshare_pid, unshare(CLONE_NEWPID), EPERM)
CALL(unshare_net, unshare(CLONE_NEWNET), EPERM)
CALL(unshare_uts, unshare(CLONE_NEWUTS), EPERM)
CALL(unshare_ipc, unshare(CLONE_NEWIPC), EPERM)
CALL(unshare_cgroup, unshare(CLONE_NEWCGROUP), EPERM)
CALL(clone3_, syscall(435, NULL, 0), ENOSYS)
CALL(setns_mnt, setns(open("/proc/1/ns/mnt", O_RDONLY), 0), EPERM)
CALL(setns_net, setns(open("/proc/1/ns/net", O_RDONLY), 0), EPERM)
CALL(setns_pid, setns(open("/proc/1/ns/pid", O_RDONLY), 0), EPERM)
/* A node that cannot be opened is nothing: nodev answers EACCES, a control group EPERM, and every other errno comes from a driver. */
static _Noreturn void node(const char *path, unsigned type, unsigned device)
{
    unlink(path);
    if (mknod(path, type | 0600, device)) {
        if (errno == EPERM)
            closed("no node: %s", strerror(errno));
        opened("no node, but not forbidden: %s", strerror(errno));
    }
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), error = errno;
    unlink(path);
    if (fd < 0 && (error == EPERM || error == EACCES))
        closed("a node, but to open it: %s", strerror(error));
    opened(fd < 0 ? "the driver was asked: %s" : "opened", strerror(error));
}

static void mknod_disk(void) { node("/dev/probe-disk", S_IFBLK, makedev(7, 0)); }
static void mknod_disk_root(void) { node("/tmp/probe-disk", S_IFBLK, makedev(7, 0)); }
static void mknod_mem(void) { node("/dev/probe-mem", S_IFCHR, makedev(1, 1)); }
static void mknod_kmsg(void) { node("/dev/probe-kmsg", S_IFCHR, makedev(1, 11)); }
static void mknod_fuse(void) { node("/dev/probe-fuse", S_IFCHR, makedev(10, 229)); }
static void mknod_loop(void) { node("/dev/probe-loop", S_IFCHR, makedev(10, 237)); }
CALL(vsock, socket(40, SOCK_STREAM, 0), EAFNOSUPPORT)
CALL(nice_, setpriority(PRIO_PROCESS, 0, -5), EPERM, EACCES)
CALL(trusted_xattr, setxattr("/tmp", "trusted.overlay.opaque", "y", 1, 0), EPERM)
CALL(sysfs_call, syscall(139, 3), ENOSYS, EPERM)
CALL(uselib_, syscall(134, "/overlayd-no-such"), ENOSYS, EPERM)

static void realtime(void)
{
    struct sched_param p = { .sched_priority = 1 };
    EXPECT(syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &p), EPERM);
}

static void adjtimex_(void)
{
    struct timex t = { 0 };
    adjtimex(&t);
    t.modes = ADJ_TICK;         /* as it is */
    EXPECT(adjtimex(&t), EPERM);
}

static long clone_with(unsigned long flags)
{
    long pid = syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, 0);
    if (pid == 0)
        _exit(0);
    return pid;
}

CALL(clone_user, clone_with(CLONE_NEWUSER), EPERM)
CALL(clone_pid, clone_with(CLONE_NEWPID), EPERM)

static void handle(void)
{
    struct { unsigned bytes; int type; unsigned char f[64]; } h = { 8, 1, { 0 } };
    EXPECT(syscall(SYS_open_by_handle_at, open("/", O_RDONLY), &h, O_RDONLY), EPERM);
}

/* CVE-2026-43391: the handle of a namespace needs no file of it (struct nsfs_file_handle: id, type, inode) */
static void handle_nsfs(void)
{
    struct { unsigned bytes; int type; uint64_t id; uint32_t ns_type, inode; } h = { 16, 0xf1, 0, CLONE_NEWNS, 0xf0000000U - 1 };
    EXPECT(syscall(SYS_open_by_handle_at, open("/proc/self/ns/mnt", O_RDONLY), &h, O_RDONLY), EPERM);
}

static void tty_input(void)
{
    int unlocked = 0, master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
    if (master < 0 || ioctl(master, TIOCSPTLCK, &unlocked))
        opened("no terminal to try it on: %s", strerror(errno));
    int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
    EXPECT(ioctl(slave, TIOCSTI, "x"), EPERM);
}

CALL(tty_linux, ioctl(open("/dev/null", O_RDWR), TIOCLINUX, "\2"), EPERM)
/* the kernel looks at the lower half only; a filter that compares all of it is gone round */
CALL(tty_high_bits, syscall(SYS_ioctl, open("/dev/null", O_RDWR), 0x100005412UL, "x"), EPERM)

static void other_machine(void)
{
#ifdef __x86_64__
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory", "r8", "r9", "r10", "r11");
    if (result != -ENOSYS && result != -EPERM)
        opened("a 32-bit getpid answers %ld", result);
    closed("a 32-bit call is answered %s", strerror((int)-result));
#else
    closed("none on this machine");
#endif
}

static void x32(void)
{
    EXPECT(syscall(0x40000000L | 39), ENOSYS, EPERM);
}

static unsigned long long status_field(const char *field)
{
    char line[256];
    unsigned long long value = ~0ULL;
    FILE *f = fopen("/proc/self/status", "re");
    while (f && fgets(line, sizeof line, f))
        if (!strncmp(line, field, strlen(field)))
            value = strtoull(line + strlen(field), NULL, 16);
    return value;
}

static void capability(int number)
{
    unsigned long long bounding = status_field("CapBnd:"), held = status_field("CapPrm:");
    if ((bounding | held) >> number & 1)
        opened("CapBnd %llx, CapPrm %llx", bounding, held);
    closed("CapBnd %llx", bounding);
}

#define CAP(name, number) static void name(void) { capability(number); }
CAP(cap_dac_read_search, 2)
CAP(cap_linux_immutable, 9)

/* In a user namespace of its own it counts in the network namespace that belongs to that, and nowhere else; the probe of the peer is the proof. */
static void cap_net_admin(void)
{
    char map[128];
    FILE *f = fopen("/proc/self/uid_map", "r");
    if (f && fgets(map, sizeof map, f) && !strstr(map, "4294967295")) {
        fclose(f);
        closed("it counts in the own user namespace only:%.60s", map);
        return;
    }
    if (f)
        fclose(f);
    capability(12);
}
CAP(cap_sys_module, 16)
CAP(cap_sys_rawio, 17)
CAP(cap_sys_pacct, 20)
CAP(cap_sys_admin, 21)
CAP(cap_sys_nice, 23)
CAP(cap_sys_time, 25)
CAP(cap_mknod, 27)
CAP(cap_audit_control, 30)
CAP(cap_mac_override, 32)
CAP(cap_mac_admin, 33)
CAP(cap_syslog, 34)
CAP(cap_wake_alarm, 35)
CAP(cap_block_suspend, 36)
CAP(cap_audit_read, 37)
CAP(cap_perfmon, 38)
CAP(cap_bpf, 39)
CAP(cap_checkpoint_restore, 40)

static void cap_inherited(void)
{
    unsigned long long inherited = status_field("CapInh:"), ambient = status_field("CapAmb:");
    if (inherited | ambient)
        opened("CapInh %llx, CapAmb %llx", inherited, ambient);
    closed("none");
}

static void filter(void)
{
    if (status_field("Seccomp:") != 2)
        opened("Seccomp: %llu", status_field("Seccomp:"));
    closed("Seccomp: 2");
}

#define P(n) { #n, n }
const struct probe call_probes[] = {
    P(kexec_load_), P(kexec_file_load_), P(init_module_), P(finit_module_), P(delete_module_), P(swapon_), P(swapoff_), P(acct_),
    P(quotactl_), P(bpf_), P(perf_event_open_), P(userfaultfd_), P(io_uring_), P(fanotify_), P(keyctl_), P(add_key_), P(request_key_),
    P(syslog_), P(iopl_), P(ioperm_), P(lookup_dcookie_), P(clock_settime_), P(settimeofday_), P(adjtimex_), P(sysfs_write_mount),
    P(mount_tmpfs), P(mount_proc), P(mount_cgroup), P(mount_bind), P(remount_proc_sys), P(umount_), P(pivot_root_),
    P(fsopen_), P(open_tree_), P(fspick_), P(mount_setattr_), P(unshare_user), P(unshare_mnt), P(unshare_pid), P(unshare_net),
    P(unshare_uts), P(unshare_ipc), P(unshare_cgroup), P(clone_user), P(clone_pid), P(clone3_), P(setns_mnt), P(setns_net), P(setns_pid),
    P(mknod_disk), P(mknod_disk_root), P(mknod_mem), P(mknod_kmsg), P(mknod_fuse), P(mknod_loop), P(vsock), P(nice_), P(realtime), P(trusted_xattr), P(sysfs_call), P(uselib_), P(handle),
    P(handle_nsfs), P(tty_input), P(tty_linux), P(tty_high_bits), P(other_machine), P(x32), P(cap_dac_read_search),
    P(cap_linux_immutable), P(cap_net_admin), P(cap_sys_module), P(cap_sys_rawio), P(cap_sys_pacct), P(cap_sys_admin), P(cap_sys_nice), P(cap_sys_time),
    P(cap_mknod), P(cap_audit_control), P(cap_mac_override), P(cap_mac_admin), P(cap_syslog), P(cap_wake_alarm), P(cap_block_suspend),
    P(cap_audit_read), P(cap_perfmon), P(cap_bpf), P(cap_checkpoint_restore), P(cap_inherited), P(filter), P(remount_root) /* where it succeeds it changes what others look at */, { 0 }
};
