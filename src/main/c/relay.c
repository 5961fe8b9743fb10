/* What a command that enters must not be handed: a file of the host's could be opened again by /proc/self/fd for writing, a directory leads
 * to the host's root, of a device the mode could be changed. Only pipes and sockets go in as they are; for /dev/null there is the subhost's
 * own, and everything else stays outside and is relayed through a pipe by whoever waits for the command. */
#include "reaper.h"
#include <sys/ioctl.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <termios.h>

#define PIPEFS_MAGIC 0x50495045

/* Outside is the caller's file, inside the command's end of the pipe (of the input kept open, to see what was not read), ours the other one. */
static struct relay {
    int outside, inside, ours;  /* -1: none; ours: until its end */
    int regular;
    size_t waiting, written;    /* of the buffer: still to be written, behind what was */
    char buffer[65536];
} relays[3];
static int lost;

static int is_pipe_or_socket(int fd, const struct stat *s) {
    struct statfs fs;
    return S_ISSOCK(s->st_mode) || (S_ISFIFO(s->st_mode) && !fstatfs(fd, &fs) && fs.f_type == PIPEFS_MAGIC);
}

/* The command's end of a new pipe; ours never blocks. */
static int open_relay(struct relay *r, int fd, int input, int regular) {
    int p[2];
    if (pipe2(p, O_CLOEXEC) || fcntl(p[input], F_SETFL, O_NONBLOCK))
        return -1;
    r->ours = p[input];
    r->inside = p[!input];
    r->regular = regular;
    return (r->outside = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0 ? -1 : r->inside;
}

static int replacement(int i, int fd, int terminals, int proc) {
    struct stat s;
    struct termios t;
    if (fstat(fd, &s))
        return -1;
    int terminal = !tcgetattr(fd, &t), null = S_ISCHR(s.st_mode) && s.st_rdev == makedev(1, 3);
    if (is_pipe_or_socket(fd, &s) || (terminal && terminals))
        return fd;
    /* whoever reads a terminal for a command that may not want it takes keystrokes from a shell */
    int own = null || (terminal && i == 0) ? open_null(proc) : -1;
    return own >= 0 ? own : open_relay(&relays[i], fd, i == 0, S_ISREG(s.st_mode));
}

int relay_choose(int standard[3], int terminals, int proc) {
    int wanted[3] = { -1, -1, -1 };
    struct stat out, err;
    for (int i = 0; i < 3; i++)
        relays[i].outside = relays[i].inside = relays[i].ours = -1;
    for (int i = 0; i < 3; i++) {
        /* one pipe for one file, or lines of both would change their order */
        int same = i == 2 && relays[1].ours >= 0 && !fstat(standard[1], &out) && !fstat(standard[2], &err)
            && out.st_dev == err.st_dev && out.st_ino == err.st_ino;
        if ((wanted[i] = same ? wanted[1] : replacement(i, standard[i], terminals, proc)) < 0)
            return -1;
    }
    memcpy(standard, wanted, sizeof wanted);
    return 0;
}

void relay_started(void) {
    for (int i = 1; i < 3; i++)
        if (relays[i].ours >= 0)
            close(relays[i].inside);
}

/* The command reads an end, or is told by SIGPIPE that nobody reads. */
static void finish(struct relay *r) {
    close(r->ours);
    r->ours = -1;
    r->waiting = 0;
}

static void fill(struct relay *r, int from) {
    ssize_t n = read(from, r->buffer, r->regular || r == relays ? sizeof r->buffer : 4096 /* what a terminal or a fifo takes at once */);
    r->written = 0;
    r->waiting = n > 0 ? (size_t)n : 0;
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        finish(r);
}

static void empty(struct relay *r, int to) {
    ssize_t n = write(to, r->buffer + r->written, r->waiting);
    if (n > 0) {
        r->written += (size_t)n;
        r->waiting -= (size_t)n;
    } else if (errno != EAGAIN && errno != EINTR) {
        if (r != relays && errno != EPIPE)
            lost = errno;
        finish(r);
    }
}

int relay_polls(struct pollfd q[RELAY_POLLS]) {
    int writers = 0;
    for (int i = 0; i < RELAY_POLLS; i++) {
        struct relay *r = &relays[i];
        int from = i ? r->ours : r->outside, to = i ? r->outside : r->ours;
        q[i] = (struct pollfd){ r->ours < 0 ? -1 : r->waiting ? to : from, r->waiting ? POLLOUT : POLLIN, 0 };
        writers |= i && r->ours >= 0;
    }
    return writers;
}

void relay_turn(const struct pollfd q[RELAY_POLLS]) {
    for (int i = 0; i < RELAY_POLLS; i++)
        if (relays[i].ours >= 0 && q[i].revents) {
            if (q[i].events == POLLOUT)
                empty(&relays[i], q[i].fd);
            else
                fill(&relays[i], q[i].fd);
        }
}

int relay_lost(void) {
    return lost;
}

/* What the command has written is where it belongs before its end is told, and what it has not read of a file is there for the next one. */
void relay_settle(void) {
    struct relay *in = relays;
    int left = 0;
    if (in->outside >= 0 && in->regular && !ioctl(in->inside, FIONREAD, &left))
        lseek(in->outside, -(off_t)((size_t)left + in->waiting), SEEK_CUR);
    if (in->ours >= 0)
        finish(in);
    for (struct relay *r = relays + 1; r < relays + 3; r++) {
        struct pollfd to = { r->outside, POLLOUT, 0 };
        if (r->ours < 0 || ioctl(r->ours, FIONREAD, &left))
            continue;
        while (r->ours >= 0 && (left > 0 || r->waiting > 0)) {
            if (r->waiting == 0) {
                fill(r, r->ours);
                left = r->waiting > 0 ? left - (int)r->waiting : 0;
            } else if (poll(&to, 1, -1) > 0) {
                empty(r, r->outside);
            }
        }
    }
}
