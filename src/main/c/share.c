/* --share: attaches a mount that the daemon made, and that hangs nowhere yet, in the mount namespace of a running subhost. A JVM
 * thread cannot go there: it could not come back to its own classes. */
#include "reaper.h"
#include <limits.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <sys/mount.h>

#define MOVE_MOUNT_HERE (4 | 64)    /* F_EMPTY_PATH | T_EMPTY_PATH */

/* Makes what is missing of the path, a directory or an empty file at its end; no link is followed. Changes `path` meanwhile. */
static int make_place(char *path, int directory) {
    for (char *end = strchr(path, '/');; end = strchr(end + 1, '/')) {
        char *name = path;
        if (end)
            *end = 0;
        char *slash = strrchr(path, '/');
        if (slash) {
            *slash = 0;
            name = slash + 1;
        }
        int parent = open_below(AT_FDCWD, slash ? path : ".", O_PATH | O_DIRECTORY);
        int made = parent < 0 ? -1 : end || directory ? mkdirat(parent, name, 0755)
            : openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
        int error = errno;
        close(parent);
        if (slash)
            *slash = '/';
        if (end)
            *end = '/';
        if (made < 0 && error != EEXIST) {
            errno = error;
            return -1;
        }
        if (!end)
            return 0;
    }
}

/* Takes mounts off in the order given, never a busy one. A link that has come into a path leads to another mount of the subhost's own. */
static int unshare_all(const struct packet *p) {
    if (setns(packet_fd(p, "pidfd", 0), CLONE_NEWNS))
        return report_failure("setns", errno);
    for (const char *s = packet_next(p, p->text); s; s = packet_next(p, s))
        if (!strncmp(s, "path=", 5) && umount2(s + 5, UMOUNT_NOFOLLOW))
            return report_failure("umount", errno);
    say(text("DONE|"), NULL, 0);
    return 0;
}

int share_main(void) {
    struct packet p;
    uint64_t start, count;
    char path[PATH_MAX];
    signals_block();
    fds_occupy();
    fcntl(CONTROL, F_SETFD, FD_CLOEXEC);
    int got = packet_receive(CONTROL, &p);
    if (got == 0)
        return 0;
    limits_ordinary();
    if (got > 0 && packet_is(&p, "UNSHARE", "path=", "pidfd"))
        return unshare_all(&p);
    const char *wanted = got < 0 || !packet_is(&p, "SHARE", "path= directory= idstart= idcount=", "pidfd tree") ? NULL : packet_value(&p, "path=");
    if (!wanted || !*wanted || *wanted == '/' || strlen(wanted) >= sizeof path || packet_fd(&p, "tree", 0) < 0)
        return report_failure("protocol", EINVAL);
    memcpy(path, wanted, strlen(wanted) + 1);
    if (setns(packet_fd(&p, "pidfd", 0), CLONE_NEWNS))
        return report_failure("setns", errno);
    int place = open_below(AT_FDCWD, path, O_PATH), absent = place < 0 && errno == ENOENT;
    /* in a user namespace the host's root is nobody, and could not make anything */
    if (absent && mapped_ids(&p, &start, &count) > 0) {
        setfsgid((gid_t)start);
        setfsuid((uid_t)start);
    }
    if (absent && !make_place(path, packet_value(&p, "directory=") != NULL))
        place = open_below(AT_FDCWD, path, O_PATH);
    if (place < 0)
        return report_failure("place", errno);
    if (syscall(NR_MOVE_MOUNT, packet_fd(&p, "tree", 0), "", place, "", MOVE_MOUNT_HERE))
        return report_failure("attach", errno);
    say(text("DONE|"), NULL, 0);
    return 0;
}
