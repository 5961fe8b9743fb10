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
_Noreturn void init_run(const struct packet *plan, int console, int ready, int gate);

/* Applies capbnd= and the seccomp descriptor, in the order the kernel wants. NULL, or the step that failed (errno set). */
const char *confine(const struct packet *p);

#endif
