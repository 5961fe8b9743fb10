/* --netns: makes a network namespace that belongs to a user namespace of its own, and sends it. Root of a subhost has no CAP_NET_ADMIN;
 * as the owner of that user namespace (user_namespaces(7)) it has it over this network namespace, and over no other. With the
 * capability itself it would reach the host's interfaces through the other ends of its cables (IFLA_TARGET_NETNSID). A JVM has
 * threads, and those may not make user namespaces. */
#include "reaper.h"
#include <sched.h>

int netns_main(void) {
    signals_block();
    if (unshare(CLONE_NEWUSER))
        return report_failure("user namespace", errno);
    int net = unshare(CLONE_NEWNET) ? -1 : open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (net < 0)
        return report_failure("network namespace", errno);
    say(text("NETNS|"), &net, 1);
    return 0;
}
