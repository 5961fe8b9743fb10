/* --await: waits, inside the subhost, for one condition of READY. */
#include "reaper.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/inotify.h>
#include <sys/socket.h>

#define FIRST_PAUSE 20      /* ms between two tries of what gives no notice, doubled up to the longest */
#define LONGEST_PAUSE 1000

/* At most `pause` ms, earlier when the deadline (-1: none) or an event of `fd` (-1: none) comes. 0 past the deadline. */
static int rest(int fd, int64_t pause, int64_t deadline) {
    int64_t left = deadline < 0 ? pause : deadline - milliseconds();
    struct pollfd q = { fd, POLLIN, 0 };
    if (left <= 0)
        return 0;
    poll(&q, 1, (int)(left < pause ? left : pause));
    return 1;
}

/* The deepest directory of the path that there is: what is missing will appear in it, or below it. */
static int watch_nearest(int inotify, const char *path) {
    struct text t = text("%s", path);
    for (char *slash = strrchr(t.at, '/'); slash; slash = strrchr(t.at, '/')) {
        *slash = 0;
        if (inotify_add_watch(inotify, *t.at ? t.at : "/", IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF) >= 0)
            return 0;
    }
    return -1;
}

/* By inotify(7): watched first, then looked at, so that nothing is missed in between. */
static int await_file(const char *path, int64_t deadline) {
    char events[4096];
    for (;;) {
        int inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        if (inotify < 0 || watch_nearest(inotify, path))
            return 71;
        if (!access(path, F_OK))
            return 0;
        if (!rest(inotify, 60000, deadline))
            return 124;
        if (read(inotify, events, sizeof events) < 0)
            errno = 0;      /* a minute without an event: looked at once more, for overlays tell not of everything */
        close(inotify);
    }
}

/* ADDRESS:PORT, an IPv6 address in brackets or not. */
static socklen_t address_of(const char *word, struct sockaddr_in6 *six, struct sockaddr_in *four) {
    struct text t = text("%s", word);
    char *at = t.at, *colon = strrchr(at, ':');
    if (!colon)
        return 0;
    *colon = 0;
    if (*at == '[' && colon > at && colon[-1] == ']') {
        colon[-1] = 0;
        at++;
    }
    six->sin6_port = four->sin_port = htons((uint16_t)atoi(colon + 1));
    if (inet_pton(AF_INET, at, &four->sin_addr) == 1)
        return four->sin_family = AF_INET, sizeof *four;
    return inet_pton(AF_INET6, at, &six->sin6_addr) == 1 ? (six->sin6_family = AF_INET6, sizeof *six) : 0;
}

/* Nothing tells of a socket that begins to listen (sock_diag only answers), so it is tried again and again, ever more slowly. */
static int await_tcp(const char *word, int64_t deadline) {
    struct sockaddr_in6 six = { 0 };
    struct sockaddr_in four = { 0 };
    socklen_t size = address_of(word, &six, &four);
    if (!size)
        return 64;
    for (int64_t pause = FIRST_PAUSE;; pause = pause * 2 < LONGEST_PAUSE ? pause * 2 : LONGEST_PAUSE) {
        int error = 0, s = socket(size == sizeof four ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        socklen_t length = sizeof error;
        struct pollfd q = { s, POLLOUT, 0 };
        if (s < 0)
            return 71;
        if (connect(s, size == sizeof four ? (struct sockaddr *)&four : (struct sockaddr *)&six, size) && errno == EINPROGRESS) {
            poll(&q, 1, LONGEST_PAUSE);
            if (q.revents & POLLOUT && !getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &length) && !error)
                return 0;
        } else if (!errno) {
            return 0;
        }
        errno = 0;
        close(s);
        if (!rest(-1, pause, deadline))
            return 124;
    }
}

static int run(char **argv, int64_t deadline) {
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        setsid();
        signals_default();
        execvp(argv[0], argv);
        _exit(127);
    }
    if (child < 0)
        return 71;
    int pidfd = (int)syscall(434 /* pidfd_open */, child, 0);
    while (waitpid(child, &status, WNOHANG) == 0)
        if (!rest(pidfd, 60000, deadline)) {
            kill(-child, SIGKILL);
            waitpid(child, &status, 0);
            return 124;
        }
    close(pidfd);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int await_command(char **argv, int64_t deadline) {
    for (int64_t pause = FIRST_PAUSE * 5;; pause = pause * 2 < LONGEST_PAUSE ? pause * 2 : LONGEST_PAUSE) {
        int status = run(argv, deadline);
        if (status == 0 || (status == 124 && deadline >= 0 && milliseconds() >= deadline))
            return status;
        if (!rest(-1, pause, deadline))
            return 124;
    }
}

/* --await SECONDS tcp:ADDRESS:PORT | file:PATH | command CMD ARG...: 0 when it is true, 124 when the time (0: no limit) is over. */
int await_main(int argc, char **argv) {
    char *end;
    unsigned long seconds = argc > 3 ? strtoul(argv[2], &end, 10) : 0;
    if (argc < 4 || *end || end == argv[2] || seconds > 1000000)
        return 64;
    int64_t deadline = seconds ? milliseconds() + (int64_t)seconds * 1000 : -1;
    errno = 0;
    if (!strncmp(argv[3], "tcp:", 4))
        return await_tcp(argv[3] + 4, deadline);
    if (!strncmp(argv[3], "file:", 5))
        return await_file(argv[3] + 5, deadline);
    return argc > 4 && !strcmp(argv[3], "command") ? await_command(argv + 4, deadline) : 64;
}
