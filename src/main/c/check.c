/* Reads back from the kernel what pid 1, or an entered command, believes to have done: whoever is less confined than was asked for does
 * not go on. No return value of an earlier step is trusted here. */
#include "reaper.h"
#include <sys/statfs.h>
#include <sys/sysmacros.h>

#define PROC_MAGIC 0x9fa0
#define TMPFS_MAGIC 0x01021994
#define KINDS 6

static const char *const kinds[KINDS] = { "mnt", "net", "uts", "ipc", "pid_for_children", "cgroup" };
static struct stat known[KINDS];

static int namespace_of(int proc, const char *who, int kind, struct stat *s) {
    return fstatat(proc, text("%s/ns/%s", who, kinds[kind]).at, s, 0);
}

void namespaces_remember(int proc, const char *who) {
    for (int i = 0; i < KINDS; i++)
        namespace_of(proc, who, i, &known[i]);
}

/* One that could not be looked at is none that we are in, nor one that we have left. */
static int namespaces_are(int proc, enum known which) {
    struct stat s;
    int good = 1;
    for (int i = 0; i < KINDS && good; i++)
        good = known[i].st_ino && !namespace_of(proc, "self", i, &s) && (s.st_ino == known[i].st_ino) == (which == JOINED);
    return good;
}

/* A field that is not there has every bit set: no check passes by its absence. */
static uint64_t status_field(const char *status, const char *name) {
    const char *at = strstr(status, name);
    return at ? strtoull(at + strlen(name), NULL, 16) : ~0ULL;
}

/* uid_map or gid_map: one line, and it says that ids from 0 on are those of the plan. */
static int map_is(int proc, const char *file, uint64_t start, uint64_t count) {
    char text[256], *at = text;
    uint64_t wanted[] = { 0, start, count };
    int fd = openat(proc, file, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    int good = n > 0;
    close(fd);
    text[good ? n : 0] = 0;
    for (int i = 0; i < 3 && good; i++)
        good = strtoull(at, &at, 10) == wanted[i];
    return good && at[strspn(at, " \n")] == 0;
}

/* In a user namespace nothing may be anybody of the host: neither by the maps nor by an id that was kept. */
static int ids_are_mapped(int proc, const struct packet *p) {
    uint64_t start, count;
    uid_t u[3];
    gid_t g[3];
    int mapped = mapped_ids(p, &start, &count);
    return mapped == 0 || (mapped > 0 && map_is(proc, "self/uid_map", start, count) && map_is(proc, "self/gid_map", start, count)
        && !getresuid(&u[0], &u[1], &u[2]) && !getresgid(&g[0], &g[1], &g[2]) && !(u[0] | u[1] | u[2] | g[0] | g[1] | g[2])
        && getgroups(0, NULL) == 0);
}

int check_confined(int proc, const struct packet *p, enum known which) {
    char status[4096];
    int bad = 0, fd = openat(proc, "self/status", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, status, sizeof status - 1);
    close(fd);
    status[n < 0 ? 0 : n] = 0;
    uint64_t keep = packet_number(p, "capbnd=", 16, ~0ULL, &bad);
    for (const char *sets[] = { "CapBnd:", "CapPrm:", "CapEff:", NULL }, **set = sets; *set; set++)
        bad |= (status_field(status, *set) & ~keep) != 0;
    bad |= n <= 0 || (packet_value(p, "capbnd=") && status_field(status, "CapInh:") | status_field(status, "CapAmb:"))
        || (packet_fd(p, "seccomp", 0) >= 0 && status_field(status, "\nSeccomp:") != 2);
    bad |= !namespaces_are(proc, which) || !ids_are_mapped(proc, p);
    errno = EPERM;
    return bad ? -1 : 0;
}

/* Is what lies at the path now what was asked for? A path that is not there shows nothing. */
static int shows(const char *path, unsigned long flags, int masked, int inside) {
    struct statfs fs;
    struct stat s;
    int fd = open_below(AT_FDCWD, path, O_PATH);
    if (fd < 0)
        return errno == ENOENT;
    int good = !fstatfs(fd, &fs) && !fstat(fd, &s) && ((unsigned long)fs.f_flags & flags) == flags;
    if (masked)
        good = good && fs.f_type == TMPFS_MAGIC && (S_ISDIR(s.st_mode)
            || (inside ? S_ISREG(s.st_mode) && !s.st_size : S_ISCHR(s.st_mode) && s.st_rdev == makedev(1, 3)));
    close(fd);
    return good;
}

/* Its root is the one of the plan, with nothing on top: the old root would be met by /.. ; its network is the one of the plan; its proc is
 * one of its own processes. */
static int place_is(const struct packet *plan) {
    struct stat wanted, root, above, net;
    struct statfs proc;
    const unsigned long quiet = ST_NOSUID | ST_NODEV | ST_NOEXEC;
    if (fstat(packet_fd(plan, "live", 0), &wanted) || stat("/", &root) || stat("/..", &above)
        || root.st_dev != wanted.st_dev || root.st_ino != wanted.st_ino || root.st_dev != above.st_dev || root.st_ino != above.st_ino)
        return 0;
    return !fstat(packet_fd(plan, "net", 0), &wanted) && !stat("/proc/self/ns/net", &net) && net.st_ino == wanted.st_ino
        && !statfs("/proc", &proc) && proc.f_type == PROC_MAGIC && ((unsigned long)proc.f_flags & quiet) == quiet
        && getpid() == 1 && getsid(0) == 1;
}

int check_init(const struct packet *plan) {
    int inside = packet_fd(plan, "user", 0) >= 0, proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int bad = check_confined(proc, plan, LEFT) != 0 || !place_is(plan);
    close(proc);
    for (const char *s = packet_next(plan, plan->text); s && !bad; s = packet_next(plan, s))
        bad |= (!strncmp(s, "ro=", 3) && !shows(s + 3, ST_RDONLY, 0, inside)) || (!strncmp(s, "mask=", 5) && !shows(s + 5, ST_RDONLY, 1, inside))
            || (!strncmp(s, "nodev=", 6) && !shows(s + 6, ST_NODEV, 0, inside));
    errno = EPERM;
    return bad ? -1 : 0;
}
