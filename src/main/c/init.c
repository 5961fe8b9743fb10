/* pid 1 of a subhost, from the clone to the exec of its init. Everything up to the gate concerns only its own new
 * namespaces, so a monitor that dies there leaves nothing; everything after it changes the subhost's root. */
#include "reaper.h"
#include <sched.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>

#define FSCONFIG_SET_STRING 1
#define FSCONFIG_CMD_CREATE 6
#define OPEN_TREE_CLONE 1
#define MOVE_MOUNT_HERE (4 | 64)    /* F_EMPTY_PATH | T_EMPTY_PATH */
#define ATTR_RDONLY 1
#define ATTR_NOSUID 2
#define ATTR_NODEV 4
#define ATTR_NOEXEC 8

static int ready_pipe;

/* The only words a failing pid 1 has: "fail STEP ERRNO". The daemon does the wording. */
static _Noreturn void fail(const char *step, int status) {
    struct text t = text("fail %s %n\n", step, (uint64_t)errno);
    _exit(write(ready_pipe, t.at, t.size) < 0 ? 1 : status);
}

static void must(const char *step, long result) {
    if (result < 0)
        fail(step, 1);
}

static int new_mount(const char *type, uint64_t attributes) {
    int context = (int)syscall(NR_FSOPEN, type, 1 /* CLOEXEC */);
    if (context < 0)
        return -1;
    int mount = -1;
    if (!syscall(NR_FSCONFIG, context, FSCONFIG_SET_STRING, "source", type, 0)
        && !syscall(NR_FSCONFIG, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
        mount = (int)syscall(NR_FSMOUNT, context, 1 /* CLOEXEC */, attributes);
    int error = errno;
    close(context);
    errno = error;
    return mount;
}

static int attach(int mount, int target) {
    return (int)syscall(NR_MOVE_MOUNT, mount, "", target, "", MOVE_MOUNT_HERE);
}

/* proc shows the pid namespace of whoever mounts it, hence here. The directory is found without following a link that
 * the subhost may have put there. */
static int mount_proc(void) {
    int mount = new_mount("proc", ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC);
    int target = open_below(AT_FDCWD, "proc", O_PATH | O_DIRECTORY);
    return mount < 0 || target < 0 || attach(mount, target) ? -1 : 0;
}

/* What a full init needs beside its root: its control groups where it looks for them, the namespace's own part of the one
 * hierarchy (above it lies nothing that could be reached); mounts that spread to the namespaces it makes for its services;
 * and its descriptor 3 closed by the exec, which is all that it will say through it. */
static int suit_full_init(const struct packet *plan) {
    if (packet_fd(plan, "cgroup2", 0) >= 0 && !strcmp(packet_value(plan, "full="), "groups")) {
        int mount = new_mount("cgroup2", ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC);
        int target = open_below(AT_FDCWD, "sys/fs/cgroup", O_PATH | O_DIRECTORY);
        if (mount < 0 || target < 0 || attach(mount, target))
            return -1;
    }
    return mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) || fcntl(ready_pipe, F_SETFD, FD_CLOEXEC) ? -1 : 0;
}

/* Of the copied mounts, which came from a more powerful namespace, none can be moved or left by itself (mount_namespaces(7)); only what
 * is bound anew can be pivoted to. What lies below stays locked. */
static int rebind_root(void) {
    int tree = (int)syscall(NR_OPEN_TREE, AT_FDCWD, ".", OPEN_TREE_CLONE | O_CLOEXEC | AT_RECURSIVE);
    if (tree < 0 || syscall(NR_MOVE_MOUNT, tree, "", AT_FDCWD, ".", 4 /* F_EMPTY_PATH */) || fchdir(tree))
        return -1;
    return close(tree);
}

/* With a user namespace pid 1 was born in all of its namespaces, and stands in the copy of its root. */
static void join_namespaces(const struct packet *plan) {
    const char *hostname = packet_value(plan, "hostname=");
    int fd, inside = packet_fd(plan, "user", 0) >= 0;
    /* "0" written to tasks by a process of one thread moves it without the RCU wait that a pid costs */
    for (int i = 0; (fd = packet_fd(plan, "tasks", i)) >= 0; i++)
        must("cgroup", write(fd, "0", 1));
    if (inside) {
        must("ids", become_root());
    } else {
        must("setns-net", setns(packet_fd(plan, "net", 0), CLONE_NEWNET));
        must("setns-mnt", setns(packet_fd(plan, "mnt", 0), CLONE_NEWNS));
    }
    if (hostname)
        must("hostname", sethostname(hostname, strlen(hostname)));
    must("unshare-cgroup", unshare(CLONE_NEWCGROUP));
    must("chdir-live", inside ? rebind_root() : fchdir(packet_fd(plan, "live", 0)));
    must("proc", mount_proc());
    must("pivot_root", syscall(SYS_pivot_root, ".", "."));
    must("umount-old", umount2(".", MNT_DETACH));   /* the old root lies on top of the new one now */
    must("chdir-root", chdir("/"));
    setsid();
}

/* stdin is the subhost's own /dev/null, never a descriptor of the host's. It is looked at before it is opened: a device
 * that somebody put in its place may do things when opened. */
int open_null(int proc) {
    struct stat s;
    int path = open_below(AT_FDCWD, "dev/null", O_PATH);
    if (path < 0 || fstat(path, &s))
        return -1;
    if (!S_ISCHR(s.st_mode) || s.st_rdev != makedev(1, 3)) {
        errno = ENODEV;
        return -1;
    }
    int null = openat(proc, text("self/fd/%n", (uint64_t)path).at, O_RDWR | O_CLOEXEC);
    close(path);
    return null;
}

static int attach_standard(int console, int ready) {
    int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC), null = open_null(proc);
    close(proc);
    if (null < 0 || dup2(null, 0) < 0 || dup2(console, 1) < 0 || dup2(console, 2) < 0)
        return -1;
    if (ready != 3 && dup2(ready, 3) < 0)
        return -1;
    ready_pipe = 3;
    return 0;
}

/* A directory that is to be masked; -1 when there is none. */
static int masked_directory(const struct packet *plan) {
    int target = -1;
    for (const char *s = packet_next(plan, plan->text); s && target < 0; s = packet_next(plan, s))
        if (!strncmp(s, "mask=", 5))
            target = open_below(AT_FDCWD, s + 5, O_PATH | O_DIRECTORY);
    return target;
}

/* One small tmpfs with an empty directory and a null device of our own; in a user namespace, where nobody can make one, an empty file,
 * read-only as the device is. A mount that is attached nowhere cannot be copied
 * from before Linux 6.15. So it goes on a directory that is masked itself, under whose mask it then lies for ever: to take
 * it off again would wait for RCU, a millisecond or more. Only where no directory is masked it is put over / meanwhile. */
static int make_masks(int place, int inside) {
    int masks = new_mount("tmpfs", ATTR_NOSUID | ATTR_NOEXEC);
    mode_t kind = inside ? S_IFREG | 0400 : S_IFCHR | 0600;
    if (masks < 0 || mkdirat(masks, "d", 0555) || mknodat(masks, "f", kind, inside ? 0 : makedev(1, 3)))
        return -1;
    if (place >= 0)
        return attach(masks, place) ? -1 : masks;
    return syscall(NR_MOVE_MOUNT, masks, "", AT_FDCWD, "/", 4 /* F_EMPTY_PATH */) ? -1 : masks;
}

/* Lays over the path what is there itself, or of `masks` what fits, with the read-only flag set or cleared. A path that
 * is not there needs no protection. */
static int cover(const char *path, int masks, uint64_t set, uint64_t clear) {
    uint64_t attributes[4] = { set, clear };
    struct stat s;
    int target = open_below(AT_FDCWD, path, O_PATH);
    if (target < 0)
        return errno == ENOENT ? 0 : -1;
    if (fstat(target, &s))
        return -1;
    const char *what = masks < 0 ? "" : S_ISDIR(s.st_mode) ? "d" : "f";
    int tree = (int)syscall(NR_OPEN_TREE, masks < 0 ? target : masks, what, OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH);
    if (tree < 0 || syscall(NR_MOUNT_SETATTR, tree, "", AT_EMPTY_PATH, attributes, sizeof attributes) || attach(tree, target))
        return -1;
    close(tree);
    return close(target);
}

/* ro= and rw= in the order they came, so that a part of a read-only tree can be opened again. */
static int protect(const struct packet *plan) {
    for (const char *s = packet_next(plan, plan->text); s; s = packet_next(plan, s))
        if ((!strncmp(s, "ro=", 3) && cover(s + 3, -1, ATTR_RDONLY, 0)) || (!strncmp(s, "rw=", 3) && cover(s + 3, -1, 0, ATTR_RDONLY)))
            return -1;
    return 0;
}

static int mask(const struct packet *plan) {
    if (!packet_value(plan, "mask="))
        return 0;
    int place = masked_directory(plan), masks = make_masks(place, packet_fd(plan, "user", 0) >= 0);
    if (masks < 0)
        return -1;
    for (const char *s = packet_next(plan, plan->text); s; s = packet_next(plan, s))
        if (!strncmp(s, "mask=", 5) && cover(s + 5, masks, ATTR_RDONLY, 0))
            return -1;
    if (place >= 0)
        return close(place) | close(masks);
    return fchdir(masks) || umount2(".", MNT_DETACH) || chdir("/") ? -1 : close(masks);
}

_Noreturn void init_run(const struct packet *plan, int console, int ready, int gate) {
    char go;
    ready_pipe = ready;
    limits_ordinary();
    must("keyring", leave_keyring());
    join_namespaces(plan);
    if (read(gate, &go, 1) != 1)
        _exit(1);               /* the monitor is gone: this subhost was never committed */
    must("console", attach_standard(console, ready));
    must("ro", protect(plan));
    must("mask", mask(plan));
    if (packet_value(plan, "full="))
        must("cgroup2", suit_full_init(plan));
    const char *step = confine(plan);
    if (step)
        fail(step, 1);
    must("check", check_init(plan));
    char **argv = packet_list(plan, "arg="), **env = packet_list(plan, "env=");
    if (!argv || !env)
        fail("exec", 1);
    environ = env;
    signals_default();
    must("close", syscall(NR_CLOSE_RANGE, 4, ~0U, 0));
    execvp(argv[0], argv);
    fail("exec", errno == ENOENT ? 127 : 126);
}
