/* What the tests of the C programs share: a daemon's part played in C, and a root to boot. */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdarg.h>
#include <stddef.h>
#include <sys/types.h>

extern char programs[256];      /* directory of the built reaper and overlay */
extern char scratch[256];       /* a directory for this run, removed by ./run */
extern char self[256];          /* this very program */

/* ---- results */
void test(const char *sentence, void (*body)(void));
int results(void);
#define CHECK(what) check_that(!!(what), #what, __FILE__, __LINE__)
void check_that(int good, const char *what, const char *file, int line);
void note(const char *format, ...);

/* ---- packets: a text is a NUL-separated list that ends with an empty string */
struct message { char text[8192]; ssize_t size; int fds[16]; int count; };
void message_send(int socket, const int *fds, int count, const char *first, ...);   /* strings until NULL */
int message_receive(int socket, struct message *m, int seconds);    /* 1, 0 = end, -1 = time over */
const char *message_value(const struct message *m, const char *key);
int says(const struct message *m, const char *verb);

/* ---- a subhost's namespaces with an overlay over /, as the daemon's worker prepares them */
struct root { int mnt, net, live, user; };
struct root root_make(void);
#define IDS_START 7000000
#define IDS_COUNT 65536
void root_map(struct root *r);  /* gives it a user namespace with those ids, and a network of that one */
void root_close(struct root *r);

/* ---- a monitor and what the daemon keeps of it */
struct boot {
    int control, pidfd, ready, console, monitor, pid, rundir, logdir, lock;
    char dir[300];
    struct message answer;
};
struct boot boot_spawn(void);   /* only the monitor */
/* PLAN with `sh -c script`; further strings until NULL; waits for STARTED or FAILED */
void boot_plan(struct boot *b, const char *script, ...);
void boot_go(struct boot *b);
struct boot boot_run(const char *script);       /* all of it, until ready or the end of the ready pipe */
void boot_end(struct boot *b);                  /* kills what is left, forgets it */
char *boot_file(struct boot *b, const char *name);  /* a file of the runtime directory, or the log; "" when absent */
/* opens and closes a file of the subhost's root with these flags, removes it when they are 0 */
int boot_file_inside(struct boot *b, const char *name, int flags);
char *boot_ready(struct boot *b, int seconds);  /* what comes through the ready pipe up to "ready", "fail" or its end */
int boot_ended(struct boot *b, int seconds);    /* waits for the monitor's own end; its exit status, -1 = time over */

/* ---- cgroups of the tests: tasks file of a v1 hierarchy and v2 directory, -1 where there is none */
struct places { int tasks, cgroup2; char v1[100], v2[100]; };
struct places places_make(void);
void places_remove(struct places *p);
int places_add(const struct places *p, int *fds, int count, char *names);
int is_placed(const struct places *p, const char *lines, const char *where);    /* lines of /proc/PID/cgroup */
struct boot boot_placed(const struct places *p);

/* ---- every protection */
int filter_make(size_t cut);    /* a seccomp program, its last bytes missing; forbids mkdir */
struct boot boot_mapped(const char *script, int start);    /* in a user namespace of ids IDS_START, of which it is said that they are `start` */

/* ---- small things */
char *slurp(int dir, const char *path);         /* static buffer, NUL-terminated; "" when absent */
pid_t spawn(char *const argv[], const int fds[], int count);    /* the given descriptors become 0.. */
int wait_exit(pid_t pid, int seconds);          /* status as $? has it, -1 = time over (then killed) */
int wait_until(int (*true_now)(void *), void *with, int seconds);
int alive(pid_t pid);
int fds_above_two(pid_t pid);                   /* open descriptors beyond 0-2 */
pid_t host_pid(struct boot *b, const char *word);   /* host's pid of the process with this word as an argument; waits a second */
char *in_subhost(struct boot *b, const char *script);   /* output of sh -c script run by nsenter */
long long now_ms(void);

void monitor_tests(void);
void confinement_tests(void);
void reaper_tests(void);
void drain_tests(void);
void enter_tests(void);
void client_tests(void);
int serve_once(void);           /* a daemon that answers one client with status 5 */

#endif
