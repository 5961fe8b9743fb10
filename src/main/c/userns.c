/* User namespaces: --userns, which makes one for the daemon, and what pid 1 and entered commands do in it. */
#include "reaper.h"
#include <grp.h>
#include <sched.h>

int mapped_ids(const struct packet *p, uint64_t *start, uint64_t *count) {
    int bad = 0;
    *start = packet_number(p, "idstart=", 10, 0, &bad);
    *count = packet_number(p, "idcount=", 10, 0, &bad);
    if (bad || !*start != !*count || *start + *count > 0xffffffff)
        return -1;
    return *start > 0;
}

int become_root(void) {
    return setgroups(0, NULL) || setresgid(0, 0, 0) || setresuid(0, 0, 0) ? -1 : 0;
}

/* No process of more than one thread, as the daemon is, can make a user namespace. It is made here, with a network namespace that belongs to
 * it; the daemon writes the maps, takes both by /proc/PID/ns, and closes the socket, which ends this process. The daemon's death does, too. */
int userns_main(void) {
    struct packet p;
    signals_block();
    fds_occupy();
    fcntl(CONTROL, F_SETFD, FD_CLOEXEC);
    if (chdir("/"))
        return report_failure("chdir", errno);
    if (unshare(CLONE_NEWUSER))
        return report_failure("unshare-user", errno);
    if (unshare(CLONE_NEWNET))
        return report_failure("unshare-net", errno);
    say(text("MADE|"), NULL, 0);
    while (packet_receive(CONTROL, &p) > 0)
        packet_drop(&p);
    return 0;
}
