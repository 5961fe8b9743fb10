/* Where we are: namespaces, descriptors, processes, mapped files. HOST_NS in the environment holds the host's namespaces
 * ("mnt:[1] pid:[2] ..."). */
#define _GNU_SOURCE
#include "probe.h"

#include <dirent.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static void namespace(const char *kind)
{
    char path[64], ours[64] = "";
    const char *host = getenv("HOST_NS");
    snprintf(path, sizeof path, "/proc/self/ns/%s", kind);
    if (!host || readlink(path, ours, sizeof ours - 1) < 0)
        opened("cannot be compared with the host's");
    if (strstr(host, ours))
        opened("%s is the host's", ours);
    closed("%s is our own", ours);
}

#define NAMESPACE(n) static void n(void) { namespace(#n + 3); }
NAMESPACE(ns_mnt)
NAMESPACE(ns_pid)
NAMESPACE(ns_net)
NAMESPACE(ns_uts)
NAMESPACE(ns_ipc)
NAMESPACE(ns_cgroup)

/* The classic way out of a chroot leads to the root of the mount namespace: that must be ours. */
static void chroot_twice(void)
{
    struct stat before, after;
    stat("/", &before);
    mkdir("/tmp/probe-chroot", 0700);
    if (chroot("/tmp/probe-chroot")) {
        if (errno == EPERM)
            closed("%s", strerror(errno));
        opened("not forbidden: %s", strerror(errno));
    }
    for (int i = 0; i < 64; i++)
        if (chdir(".."))
            opened("not forbidden: %s", strerror(errno));
    if (chroot(".") || stat("/", &after))
        opened("not forbidden: %s", strerror(errno));
    if (before.st_ino != after.st_ino || before.st_dev != after.st_dev)
        opened("another root was reached");
    closed("it is the subhost's root");
}

static void root_of_pid_1(void)
{
    struct stat own, its;
    if (stat("/", &own) || stat("/proc/1/root/", &its))
        absent_or_forbidden();
    if (own.st_ino != its.st_ino || own.st_dev != its.st_dev)
        opened("is another one");
    closed("is ours");
}

/* Descriptors that lead to anything but pipes, sockets and files of our own root. */
static void descriptors(const char *of, int first)
{
    char path[300], target[300];
    DIR *d = opendir(of);
    for (struct dirent *e; d && (e = readdir(d));) {
        if (e->d_name[0] == '.' || atoi(e->d_name) < first || (!strcmp(of, "/proc/self/fd") && atoi(e->d_name) == dirfd(d)))
            continue;
        snprintf(path, sizeof path, "%s/%s", of, e->d_name);
        ssize_t n = readlink(path, target, sizeof target - 1);
        if (n < 0)
            continue;
        target[n] = 0;
        if (strncmp(target, "pipe:", 5) && strcmp(target, "/dev/null"))
            opened("%s leads to %s", path, target);
    }
    closed("none");
}

static void own_descriptors(void) { descriptors("/proc/self/fd", 3); }
static void descriptors_of_pid_1(void) { descriptors("/proc/1/fd", 0); }

static int process(const struct dirent *e)
{
    return e->d_name[0] >= '1' && e->d_name[0] <= '9';
}

/* Files mapped by any process of ours must be those our root has at that path: what is the host's could be written
 * through /proc/PID/map_files (upstream's dummy service) or /proc/PID/exe (CVE-2019-5736). */
static void mapped_files(void)
{
    char path[300], line[1024], file[600];
    struct stat s;
    int seen = 0;
    DIR *d = opendir("/proc");
    for (struct dirent *e; d && (e = readdir(d));) {
        if (!process(e))
            continue;
        snprintf(path, sizeof path, "/proc/%s/maps", e->d_name);
        FILE *f = fopen(path, "re");
        while (f && fgets(line, sizeof line, f)) {
            unsigned a, b;
            unsigned long inode;
            if (sscanf(line, "%*s %*s %*s %x:%x %lu %599s", &a, &b, &inode, file) != 4 || file[0] != '/')
                continue;
            seen++;
            if (stat(file, &s) || s.st_ino != inode)
                opened("process %s maps %s, inode %lu, which is not in our root", e->d_name, file, inode);
        }
        if (f)
            fclose(f);
    }
    closed("%d mappings, all of our root", seen);
}

/* What runs here must be a file of our root, or who can write to it when it ends has a program of the host's (CVE-2019-5736). */
static void executables(void)
{
    char path[300], target[600];
    struct stat runs, there;
    int seen = 0;
    DIR *d = opendir("/proc");
    for (struct dirent *e; d && (e = readdir(d));) {
        if (!process(e))
            continue;
        snprintf(path, sizeof path, "/proc/%s/exe", e->d_name);
        ssize_t n = readlink(path, target, sizeof target - 1);
        if (n <= 0 || stat(path, &runs))
            continue;
        target[n] = 0;
        seen++;
        if (stat(target, &there) || there.st_dev != runs.st_dev || there.st_ino != runs.st_ino)
            opened("process %s runs %s, which is not in our root", e->d_name, target);
        if (open(path, O_RDWR | O_CLOEXEC) >= 0)
            opened("%s can be opened for writing", path);
    }
    closed("%d processes run what is in our root, and none can be written", seen);
}

static void foreign_processes(void)
{
    char name[64] = "";
    FILE *f = fopen("/proc/2/comm", "re");
    if (f && fgets(name, sizeof name, f) && !strncmp(name, "kthreadd", 8))
        opened("the host's kthreadd is there");
    f = fopen("/proc/self/status", "re");
    char line[256];
    while (f && fgets(line, sizeof line, f))
        if (!strncmp(line, "NSpid:", 6) && strchr(strchr(line, '\t') + 1, '\t'))
            opened("/proc is of an outer pid namespace: %s", line);
    closed("only our own");
}

static void cgroup_path(void)
{
    char line[512];
    FILE *f = fopen("/proc/self/cgroup", "re");
    while (f && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = 0;
        if (strcmp(strrchr(line, ':') + 1, "/"))
            opened("%s", line);
    }
    closed("/ in every hierarchy");
}

static void interfaces_in_sys(void)
{
    DIR *d = opendir("/sys/class/net");
    for (struct dirent *e; d && (e = readdir(d));)
        if (e->d_name[0] != '.' && strcmp(e->d_name, "bonding_masters") && !if_nametoindex(e->d_name))
            opened("/sys shows %s of another netns", e->d_name);
    closed("only our own");
}

/* HOST_NS also tells, as " shared:N ", through which mounts of the host changes spread. */
static int spreads_to_host(const char *line)
{
    char group[64];
    const char *known = getenv("HOST_NS"), *shared = strstr(line, " shared:");
    if (!shared)
        return 0;
    snprintf(group, sizeof group, "%.*s ", (int)(1 + strcspn(shared + 1, " ")), shared);
    return !known || !strstr(known, "session:[") || strstr(known, group) != NULL;
}

/* A message queue file system belongs to an IPC namespace, which has its own probe. */
static void mounts(void)
{
    char line[2048], type[64];
    FILE *f = fopen("/proc/self/mountinfo", "re");
    while (f && fgets(line, sizeof line, f)) {
        char *dash = strstr(line, " - ");
        if (!dash || sscanf(dash + 3, "%63s", type) != 1)
            continue;
        if (strcmp(type, "overlay") && strcmp(type, "tmpfs") && strcmp(type, "proc") && strcmp(type, "sysfs") && strcmp(type, "devpts")
            && strcmp(type, "mqueue"))
            opened("a mount of %s: %.200s", type, line);
        if (spreads_to_host(line) || strstr(line, " master:"))
            opened("a mount propagates: %.200s", line);
    }
    closed("only our own, private ones");
}

/* HOST_NS also tells the host's session keyring, as session:[SERIAL] */
static void session_keyring(void)
{
    char host[32];
    const char *known = getenv("HOST_NS");
    long serial = syscall(SYS_keyctl, 0 /* GET_KEYRING_ID */, -3 /* session */, 0);
    if (serial < 0) {
        if (errno == ENOSYS || errno == EPERM)
            closed("%s", strerror(errno));
        opened("not forbidden: %s", strerror(errno));
    }
    snprintf(host, sizeof host, "session:[%ld]", serial);
    if (!known || !strstr(known, "session:["))
        opened("%s cannot be compared with the host's", host);
    if (strstr(known, host))
        opened("%s is the host's", host);
    closed("%s is our own", host);
}

/* The other end of a cable lies in the host's network namespace, which has a number here; who has CAP_NET_ADMIN by right of the host's
 * user namespace changes it by that number. Constants: linux/rtnetlink.h, linux/if_link.h, which musl has not. */
static long ask(int fd, unsigned type, unsigned flags, unsigned attribute, int value, char *answer, size_t size)
{
    struct { unsigned length; unsigned short type, flags; unsigned sequence, port; char info[16]; unsigned short alength, atype; int value; } q = {
        attribute ? sizeof q : sizeof q - 8, (unsigned short)type, (unsigned short)(1 | flags), 1, 0, { 0 }, 8, (unsigned short)attribute, value };
    send(fd, &q, q.length, 0);
    return recv(fd, answer, size, 0);
}

static void host_network(void)
{
    static char answer[65536] __attribute__((aligned(8)));
    int fd = socket(16 /* AF_NETLINK */, SOCK_RAW, 0), peer = -1, error = 0;
    long n = ask(fd, 18 /* GETLINK */, 0x300 /* DUMP */, 0, 0, answer, sizeof answer);
    for (char *m = answer; n >= 32 && m < answer + n && *(unsigned *)m >= 16; m += (*(unsigned *)m + 3) & ~3U)
        for (char *a = m + 32; a + 4 <= m + *(unsigned *)m && *(unsigned short *)a >= 4; a += (*(unsigned short *)a + 3) & ~3)
            if (*(unsigned short *)(a + 2) == 37 /* LINK_NETNSID */)
                peer = *(int *)(a + 4);
    if (n < 32)
        opened("own interfaces cannot be listed: %s", strerror(errno));
    if (peer < 0)
        closed("no interface leads out");
    while (recv(fd, answer, sizeof answer, MSG_DONTWAIT) > 0)
        ;
    n = ask(fd, 18, 0x300, 46 /* TARGET_NETNSID */, peer, answer, sizeof answer);
    if (n >= 20 && (*(unsigned short *)(answer + 4) == 2 /* ERROR */ || *(unsigned short *)(answer + 4) == 3 /* DONE */))
        error = -*(int *)(answer + 16);
    if (error == EACCES || error == EPERM)
        closed("the netns that eth0 leads to: %s", strerror(error));
    opened(error ? "not forbidden: %s" : "the host's interfaces are listed%s", error ? strerror(error) : "");
}

/* HOST_NS also tells the host's devpts, as pts:[DEVICE] */
static void host_ptys(void)
{
    struct stat s;
    char own[64];
    const char *known = getenv("HOST_NS");
    if (stat("/dev/pts", &s) || access("/dev/pts/ptmx", F_OK))
        opened("no devpts: %s", strerror(errno));
    snprintf(own, sizeof own, "pts:[%lu]", (unsigned long)s.st_dev);
    if (!known || !strstr(known, "pts:["))
        opened("%s cannot be compared with the host's", own);
    if (strstr(known, own))
        opened("%s is the host's", own);
    closed("%s is our own", own);
}

#define P(n) { #n, n }
const struct probe place_probes[] = {
    P(ns_mnt), P(ns_pid), P(ns_net), P(ns_uts), P(ns_ipc), P(ns_cgroup), P(chroot_twice), P(root_of_pid_1), P(own_descriptors),
    P(descriptors_of_pid_1), P(mapped_files), P(executables), P(foreign_processes), P(cgroup_path), P(interfaces_in_sys), P(mounts),
    P(session_keyring), P(host_network), P(host_ptys), { 0 }
};
