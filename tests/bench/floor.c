/* The physical floor: a subhost made by nothing but the system calls, as three commands.
 *
 *   floor start DIR NAME LOWER BRIDGE    overlay of LOWER and DIR/upper, namespaces, a cable to BRIDGE, /dev, /proc, /sys, /run;
 *                                        its pid 1 is /bench/mark; returns when that runs. BRIDGE "-": no cable.
 *   floor enter DIR COMMAND...           runs COMMAND in it
 *   floor stop DIR                       ends it, and returns when processes and mounts are gone
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static char **arguments;
static int ready[2], gate[2];

static void need(int result, const char *what)
{
    if (result < 0) {
        fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
        _exit(1);
    }
}

static void up(const char *name)
{
    struct ifreq request = { .ifr_flags = IFF_UP };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    strcpy(request.ifr_name, name);
    need(ioctl(fd, SIOCSIFFLAGS, &request), name);
    close(fd);
}

/* In the child, while the parent plugs the cable. */
static int child(void *unused)
{
    char options[4096], live[1024], byte;
    static const struct { const char *name; int minor; } nodes[] = {
        { "dev/null", 3 }, { "dev/zero", 5 }, { "dev/full", 7 }, { "dev/random", 8 }, { "dev/urandom", 9 } };
    (void)unused;
    need(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private");
    snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s/upper,workdir=%s/work", arguments[4], arguments[2], arguments[2]);
    snprintf(live, sizeof live, "%s/live", arguments[2]);
    need(mount("overlay", live, "overlay", MS_NODEV, options), "overlay");
    need(chdir(live), "chdir");
    umask(0);
    need(mount("tmpfs", "dev", "tmpfs", MS_NOSUID, "mode=755"), "dev");
    for (unsigned i = 0; i < sizeof nodes / sizeof *nodes; i++)
        need(mknod(nodes[i].name, S_IFCHR | 0666, makedev(1, nodes[i].minor)), nodes[i].name);
    need(mkdir("dev/pts", 0755), "pts");
    need(mount("devpts", "dev/pts", "devpts", 0, "newinstance,ptmxmode=666"), "devpts");
    need(mount("sysfs", "sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), "sys");
    need(mount("tmpfs", "run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=50M"), "run");
    need(mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), "proc");
    need(sethostname(arguments[3], strlen(arguments[3])), "hostname");
    up("lo");
    need(syscall(SYS_pivot_root, ".", "."), "pivot_root");
    need(umount2(".", MNT_DETACH), "umount");
    need(chdir("/"), "chdir /");
    setsid();
    close(gate[1]);
    need(read(gate[0], &byte, 1) == 1 ? 0 : -1, "cable"); /* plugged */
    if (strcmp(arguments[5], "-"))
        up("eth0");
    need(dup2(ready[1], 3), "ready");
    close_range(4, ~0U, 0);
    char *argv[] = { "mark", arguments[3], NULL }, *envp[] = { NULL };
    execve("/bench/mark", argv, envp);
    need(-1, "/bench/mark");
    return 1;
}

static struct rtattr *attribute(struct nlmsghdr *message, int type, const void *value, unsigned length)
{
    struct rtattr *at = (void *)((char *)message + NLMSG_ALIGN(message->nlmsg_len));
    at->rta_type = (unsigned short)type;
    at->rta_len = (unsigned short)RTA_LENGTH(length);
    memcpy(RTA_DATA(at), value, length);
    message->nlmsg_len = NLMSG_ALIGN(message->nlmsg_len) + RTA_ALIGN(at->rta_len);
    return at;
}

static void end(struct nlmsghdr *message, struct rtattr *nest)
{
    nest->rta_len = (unsigned short)((char *)message + message->nlmsg_len - (char *)nest);
}

/* One message: both ends, the inner one in the namespace of `pid`, the host's in the bridge and up. */
static void cable(const char *name, const char *bridge, int pid)
{
    static char buffer[1024] __attribute__((aligned(8)));
    struct nlmsghdr *message = (void *)buffer;
    struct ifinfomsg info = { .ifi_flags = IFF_UP, .ifi_change = IFF_UP }, inner = { 0 }; /* up from inside: veth_open wants both ends */
    char host[IFNAMSIZ];
    unsigned master = if_nametoindex(bridge);
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    snprintf(host, sizeof host, "%s0", name);
    message->nlmsg_len = NLMSG_LENGTH(sizeof info);
    message->nlmsg_type = RTM_NEWLINK;
    message->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK;
    memcpy(NLMSG_DATA(message), &info, sizeof info);
    attribute(message, IFLA_IFNAME, host, (unsigned)strlen(host) + 1);
    attribute(message, IFLA_MASTER, &master, sizeof master);
    struct rtattr *link = attribute(message, IFLA_LINKINFO, "", 0);
    attribute(message, IFLA_INFO_KIND, "veth", 4);
    struct rtattr *data = attribute(message, IFLA_INFO_DATA, "", 0);
    struct rtattr *peer = attribute(message, VETH_INFO_PEER, &inner, sizeof inner);
    attribute(message, IFLA_IFNAME, "eth0", 5);
    attribute(message, IFLA_NET_NS_PID, &pid, sizeof pid);
    end(message, peer);
    end(message, data);
    end(message, link);
    need((int)send(fd, buffer, message->nlmsg_len, 0), "cable");
    struct { struct nlmsghdr header; struct nlmsgerr error; char rest[512]; } answer;
    need((int)recv(fd, &answer, sizeof answer, 0), "cable");
    errno = -answer.error.error;
    need(errno ? -1 : 0, "cable");
    close(fd);
}

static int start(void)
{
    static char stack[65536] __attribute__((aligned(16)));
    char byte, path[1024];
    need(pipe2(ready, O_CLOEXEC), "pipe");
    need(pipe2(gate, O_CLOEXEC), "pipe");
    int pid = clone(child, stack + sizeof stack, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | SIGCHLD, NULL);
    need(pid, "clone");
    close(ready[1]);
    if (strcmp(arguments[5], "-"))
        cable(arguments[3], arguments[5], pid);
    need((int)write(gate[1], "", 1), "gate");
    snprintf(path, sizeof path, "%s/pid", arguments[2]);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    dprintf(fd, "%d\n", pid);
    close(fd);
    return read(ready[0], &byte, 1) == 1 ? 0 : 1;
}

static int pid_of(void)
{
    char path[1024];
    int pid = 0;
    snprintf(path, sizeof path, "%s/pid", arguments[2]);
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "%d", &pid) != 1)
        need(-1, path);
    fclose(file);
    return pid;
}

static int enter(void)
{
    int pidfd = (int)syscall(SYS_pidfd_open, pid_of(), 0), status;
    need(pidfd, "pidfd_open");
    need(setns(pidfd, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC), "setns");
    int pid = vfork();
    if (!pid) {
        execv(arguments[3], arguments + 3);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
}

static int stop(void)
{
    int pidfd = (int)syscall(SYS_pidfd_open, pid_of(), 0);
    need(pidfd, "pidfd_open");
    struct pollfd end = { pidfd, POLLIN, 0 };
    need((int)syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0), "kill");
    poll(&end, 1, 10000);
    return 0;
}

int main(int argc, char **argv)
{
    arguments = argv;
    if (argc == 6 && !strcmp(argv[1], "start"))
        return start();
    if (argc > 3 && !strcmp(argv[1], "enter"))
        return enter();
    if (argc == 3 && !strcmp(argv[1], "stop"))
        return stop();
    return 64;
}
