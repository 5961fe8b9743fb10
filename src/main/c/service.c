/* --service and --stop: what a unit's server that does not daemonise itself needs of whoever starts it. Both run inside the
 * subhost, from a script that the daemon made of the unit file. */
#include "reaper.h"
#include <stdio.h>          /* rename */
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#define NR_PIDFD_OPEN 434
#define GRACE 2000          /* ms between TERM and KILL of a server that did not become ready */

/* poll(2) until `deadline` (-1: for ever); 0 when it has passed. */
static int wait_until(struct pollfd *q, nfds_t count, int64_t deadline) {
    for (;;) {
        int64_t left = deadline < 0 ? -1 : deadline - milliseconds();
        if (deadline >= 0 && left <= 0)
            return 0;
        if (poll(q, count, left > 60000 ? 60000 : (int)left) > 0)
            return 1;
    }
}

/* A datagram socket, in the environment of the server: beside `pidfile`, for anybody to write to as systemd's is. (An abstract name OpenSSH 10
 * pads with zeros, and finds nobody.) Where that is too long, an abstract name that the kernel chooses (unix(7), autobind). */
static int open_notices(struct sockaddr_un *a, const char *pidfile) {
    socklen_t size = sizeof a->sun_family;
    int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    *a = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if (strlen(pidfile) + sizeof ".notify" <= sizeof a->sun_path) {
        stpcpy(stpcpy(a->sun_path, pidfile), ".notify");
        unlink(a->sun_path);
        size = sizeof *a;
    }
    mode_t mask = umask(0);
    int refused = s < 0 || bind(s, (struct sockaddr *)a, size);
    umask(mask);
    if (!refused && a->sun_path[0] != '/') {
        size = sizeof *a;
        refused = getsockname(s, (struct sockaddr *)a, &size);
        size -= (socklen_t)offsetof(struct sockaddr_un, sun_path);
        a->sun_path[0] = '@';
        a->sun_path[size < sizeof a->sun_path ? size : sizeof a->sun_path - 1] = 0;
    }
    return refused || setenv("NOTIFY_SOCKET", a->sun_path, 1) ? -1 : s;
}

static int put_number(const char *path, int number) {
    struct text draft = text("%s.new", path), t = text("%n\n", (uint64_t)number);
    int fd = open(draft.at, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, t.at, t.size) != (ssize_t)t.size)
        return -1;
    close(fd);
    return rename(draft.at, path);
}

/* The words of one datagram (sd_notify(3)): MAINPID= is noted, 1 for READY=1. */
static int heard(int notices, const char *pidfile) {
    char lines[4096];
    ssize_t n = recv(notices, lines, sizeof lines - 1, 0);
    int ready = 0;
    lines[n > 0 ? n : 0] = 0;
    for (char *at = lines, *end; at; at = end ? end + 1 : NULL) {
        if ((end = strchr(at, '\n')))
            *end = 0;
        if (!strncmp(at, "MAINPID=", 8) && atoi(at + 8) > 0)
            put_number(pidfile, atoi(at + 8));
        ready |= !strcmp(at, "READY=1");
    }
    return ready;
}

static int status_of(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int give_up(pid_t child, int pidfd) {
    struct pollfd q = { pidfd, POLLIN, 0 };
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    kill(-child, SIGTERM);
    wait_until(&q, 1, milliseconds() + GRACE);
    kill(-child, SIGKILL);
    reap_group(child);
    return 124;
}

/* Until the server says READY=1, or ends: a status of 0 without a word is no success either. */
static int await_notice(pid_t child, int notices, const char *pidfile, int64_t deadline) {
    struct pollfd q[] = { { notices, POLLIN, 0 }, { (int)syscall(NR_PIDFD_OPEN, child, 0), POLLIN, 0 } };
    for (;;) {
        if (!wait_until(q, 2, deadline))
            return give_up(child, q[1].fd);
        if (q[0].revents && heard(notices, pidfile))
            return 0;
        if (q[1].revents) {
            int status = status_of(child);
            return status ? status : 1;
        }
    }
}

static _Noreturn void run_server(char **argv, int trouble) {
    setsid();
    signals_default();
    execvp(argv[0], argv);
    int error = errno;
    _exit(write(trouble, &error, sizeof error) > 0 && error == ENOENT ? 127 : 126);
}

static int seconds_of(const char *word, int64_t *deadline) {
    char *end;
    unsigned long seconds = strtoul(word, &end, 10);
    *deadline = seconds ? milliseconds() + (int64_t)seconds * 1000 : -1;
    return *end || end == word || seconds > 1000000 ? -1 : 0;
}

/* Starts a server, and returns what --service ends with. */
static int start(char **argv, int notices, int64_t deadline) {
    int trouble[2], error;
    pid_t child = pipe2(trouble, O_CLOEXEC) ? -1 : fork();
    if (child < 0)
        return 71;
    if (child == 0)
        run_server(argv + 5, trouble[1]);
    close(trouble[1]);
    if (put_number(argv[4], child))
        return give_up(child, -1);
    if (read(trouble[0], &error, sizeof error) > 0)
        return status_of(child);
    return notices < 0 ? 0 : await_notice(child, notices, argv[4], deadline);
}

/* --service exec|notify SECONDS PIDFILE CMD ARG...: starts a server in a session of its own and returns when it has been
 * executed, or has said that it is ready; its process id is in PIDFILE. */
int service_main(int argc, char **argv) {
    int64_t deadline;
    struct sockaddr_un a = { 0 };
    if (argc < 6 || seconds_of(argv[3], &deadline) || (strcmp(argv[2], "exec") && strcmp(argv[2], "notify")))
        return 64;
    int notify = !strcmp(argv[2], "notify");
    signals_block();
    syscall(NR_CLOSE_RANGE, 3, ~0U, 0);
    int notices = notify ? open_notices(&a, argv[4]) : -1;
    int status = notify && notices < 0 ? 71 : start(argv, notices, deadline);
    if (a.sun_path[0] == '/')
        unlink(a.sun_path);
    return status;
}

/* --stop SECONDS SIGNAL PID: sends the signal and returns when the process has ended, killed when that took too long; what is
 * left of its group is killed, too. */
int stop_main(int argc, char **argv) {
    int64_t deadline;
    if (argc != 5 || seconds_of(argv[2], &deadline) || atoi(argv[4]) <= 1)
        return 64;
    pid_t pid = atoi(argv[4]);
    struct pollfd q = { (int)syscall(NR_PIDFD_OPEN, pid, 0), POLLIN, 0 };
    if (q.fd < 0)
        return errno == ESRCH ? 0 : 71;
    syscall(NR_PIDFD_SEND_SIGNAL, q.fd, atoi(argv[3]), NULL, 0);
    syscall(NR_PIDFD_SEND_SIGNAL, q.fd, SIGCONT, NULL, 0);
    int timely = wait_until(&q, 1, deadline);
    if (!timely)
        syscall(NR_PIDFD_SEND_SIGNAL, q.fd, SIGKILL, NULL, 0);
    kill(-pid, SIGKILL);
    return timely ? 0 : 124;
}
