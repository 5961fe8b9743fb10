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

/* Applies capbnd= and the seccomp descriptor, in the order the kernel wants. NULL, or the step that failed (errno set). */
const char *confine(const struct packet *p);

#endif
