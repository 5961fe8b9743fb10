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

void reap_group(pid_t group);   /* reap.c: what was killed of a group, at most for two seconds */
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

/* The subhost's /dev/null below the working directory, looked at before it is opened, by a descriptor of the /proc we are in. -1 (errno set) */
int open_null(int proc);

/* What of the caller's three descriptors goes into the subhost, and what takes the place of the others; a pipe's end in between is ours. */
#define RELAY_POLLS 3
int relay_choose(int standard[3], int terminals, int proc);  /* terminals: hand them in, too. -1 (errno set) */
void relay_started(void);                           /* the command has its ends now */
int relay_polls(struct pollfd q[RELAY_POLLS]);      /* what to wait for; 0 when nobody can write any more */
void relay_turn(const struct pollfd q[RELAY_POLLS]);
void relay_settle(void);                            /* the command has ended */
int relay_lost(void);                               /* errno of output that could not be written, 0 */

/* What the kernel says of us, through a descriptor of /proc: whether we have left the namespaces that were remembered, or joined them all;
 * whether we are confined as the packet says; and for pid 1 everything of its plan, too. 0, or -1 with EPERM */
enum known { LEFT, JOINED };
void namespaces_remember(int proc, const char *who);
int check_confined(int proc, const struct packet *p, enum known which);
int check_init(const struct packet *plan);

#endif
