/* The roles of the reaper and what they share. */
#ifndef REAPER_H
#define REAPER_H

#include "wire.h"

int monitor_main(void);
int drain_main(void);
int enter_main(void);
int netns_main(void);
int share_main(void);
int service_main(int argc, char **argv);
int stop_main(int argc, char **argv);
int await_main(int argc, char **argv);
int userns_main(void);
_Noreturn void init_run(const struct packet *plan, int console, int ready, int gate);

/* root of the user namespace we are in, with no other groups; everything else of the credentials is given up */
int become_root(void);
/* idstart= and idcount=: the host's ids that the subhost's stand for. 0 when there is no user namespace, -1 when malformed. */
int mapped_ids(const struct packet *p, uint64_t *start, uint64_t *count);

/* Applies capbnd= and the seccomp descriptor, in the order the kernel wants. NULL, or the step that failed (errno set). leave_keyring
 * was called before. */
const char *confine(const struct packet *p);
/* A session keyring of our own, of the host's root, whose share of keys a subhost cannot use up. 0, or -1 (errno set) */
int leave_keyring(void);

/* What the kernel says of us, through a descriptor of /proc: whether we have left the namespaces that were remembered, or joined them all;
 * whether we are confined as the packet says; and for pid 1 everything of its plan, too. 0, or -1 with EPERM */
enum known { LEFT, JOINED };
void namespaces_remember(int proc, const char *who);
int check_confined(int proc, const struct packet *p, enum known which);
int check_init(const struct packet *plan);

#endif
