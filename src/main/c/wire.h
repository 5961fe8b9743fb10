/* What both programs share: packets with descriptors, small texts without stdio, and the kernel calls musl has no
 * wrapper for. The numbers from 424 on are the same on x86-64 and arm64; the rest comes from <sys/syscall.h>. */
#ifndef WIRE_H
#define WIRE_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONTROL 3               /* the SEQPACKET socket the daemon left us */
#define PACKET_MAX (192 * 1024)
#define FDS_MAX 64

enum { NR_PIDFD_SEND_SIGNAL = 424, NR_OPEN_TREE = 428, NR_MOVE_MOUNT = 429, NR_FSOPEN = 430, NR_FSCONFIG = 431, NR_FSMOUNT = 432,
       NR_CLONE3 = 435, NR_CLOSE_RANGE = 436, NR_OPENAT2 = 437, NR_MOUNT_SETATTR = 442 };

/* openat2(2): how a path that a subhost controls is walked */
enum { RESOLVE_NO_MAGICLINKS = 2, RESOLVE_NO_SYMLINKS = 4, RESOLVE_IN_ROOT = 16 };

/* One packet: NUL-terminated strings, the first one the verb, the others key=value; fds= names the descriptors in order. */
struct packet {
    char *text;
    size_t size;
    int fds[FDS_MAX];
    int count;
};

int packet_receive(int socket, struct packet *p);   /* 1 a packet, 0 end of the peer, -1 errno (EINVAL: malformed) */
int packet_send(int socket, const void *text, size_t size, const int *fds, int count);
void packet_drop(struct packet *p);                 /* closes what was not taken, frees the text */
/* 1 when it is `verb` with none but these keys ("key=", blank separated) and these descriptor names */
int packet_is(const struct packet *p, const char *verb, const char *keys, const char *names);
const char *packet_next(const struct packet *p, const char *at);
const char *packet_value(const struct packet *p, const char *key);
/* the value as a number, `absent` when not there; sets *bad when it is none */
uint64_t packet_number(const struct packet *p, const char *key, int base, uint64_t absent, int *bad);
char **packet_list(const struct packet *p, const char *key);    /* every value, NULL-terminated; never freed */
int packet_fd(const struct packet *p, const char *name, int nth);  /* -1 when there is none */

/* A short text: %s a string, %n a uint64_t, | a NUL. One that does not fit is empty, which no call takes for a path. */
struct text {
    char at[1024];
    size_t size;
};

struct text text(const char *format, ...);
void say(struct text packet, const int *fds, int count);        /* to the daemon, by CONTROL */
/* FAILED, step=, errno= to the daemon; returns 1, the exit status that goes with it */
int report_failure(const char *step, int error);

int64_t milliseconds(void);                    /* of a clock that only goes on (CLOCK_MONOTONIC) */
sigset_t signals_of(const char *numbers);    /* a string of signal numbers */
void signals_block(void);       /* every one, with those musl keeps to itself */
void signals_default(void);     /* dispositions and mask as a fresh program expects them */
/* takes back what the daemon has for itself: OOM protection, the JVM's raised soft limit of descriptors, umask */
void limits_ordinary(void);
void fds_occupy(void);          /* 0-2 open, so that no descriptor of ours lands there */
ssize_t read_file(const char *path, char *buffer, size_t size);     /* ends it with a NUL; <= 0 when there is nothing */
int open_below(int dir, const char *path, int flags);   /* path inside the root `dir`, no symlink anywhere */
int clone_process(uint64_t flags, int *pidfd, int cgroup);  /* like fork(); cgroup -1 = inherit; with CLONE_PARENT a sibling */

#endif
