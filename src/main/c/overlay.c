/* overlay, overlay-boot, overlay-go, ...: hands the command line and the standard descriptors to the daemon, relays a
 * terminal when the daemon opens one, and exits with the status it is told. The daemon is started when it is not there. */
#include "wire.h"
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>

enum { UNREACHABLE = 69, FAILED = 70, NOT_PERMITTED = 77 };

static struct {
    const char *name, *runtime;
    int argc;
    char **argv;
    int socket, terminal;       /* terminal: master of the subhost's pty, -1 = none */
    int raw, deaf, hung_up;     /* ours is in raw mode; no input comes any more; the daemon is gone */
    int lasting, signalled;     /* the command outlives daemons; the signal last passed on */
    struct termios saved;
    struct { char at[4096]; ssize_t size; } in, out;    /* waiting for the terminal, waiting for stdout */
} c;

static _Noreturn void finish(int status) {
    if (c.raw)
        tcsetattr(0, TCSANOW, &c.saved);
    exit(status);
}

static _Noreturn void give_up(int status, const char *what, const char *which) {
    struct text t = text("%s: %s%s\n", c.name, what, which);
    write(2, t.at, t.size);
    finish(status);
}

/* ---- the command line, as a sealed memfd: argument count, arguments, working directory, environment */

static int pack_arguments(int argc, char **argv) {
    char cwd[4096];
    struct text count = text("%n", (uint64_t)argc);
    if (!getcwd(cwd, sizeof cwd))
        *cwd = 0;               /* the directory was removed: the daemon says so where it matters */
    size_t size = count.size + strlen(c.name) + strlen(cwd) + 3;
    for (int i = 1; i < argc; i++)
        size += strlen(argv[i]) + 1;
    for (char **e = environ; *e; e++)
        size += strlen(*e) + 1;
    int fd = memfd_create("arguments", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    char *all = fd < 0 || ftruncate(fd, (off_t)size) ? MAP_FAILED : mmap(NULL, size, PROT_WRITE | PROT_READ, MAP_SHARED, fd, 0);
    if (all == MAP_FAILED)
        give_up(FAILED, "memfd: ", strerror(errno));
    char *at = stpcpy(stpcpy(all, count.at) + 1, c.name) + 1;
    for (int i = 1; i < argc; i++)
        at = stpcpy(at, argv[i]) + 1;
    at = stpcpy(at, cwd) + 1;
    for (char **e = environ; *e; e++)
        at = stpcpy(at, *e) + 1;
    munmap(all, size);
    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    return fd;
}

/* ---- reaching the daemon */

static int dial(void) {
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct text path = text("%s/overlayd.sock", c.runtime);
    if (!path.size || path.size >= sizeof address.sun_path)
        give_up(UNREACHABLE, "path too long for a socket: ", c.runtime);
    memcpy(address.sun_path, path.at, path.size);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && !connect(fd, (struct sockaddr *)&address, sizeof address) ? fd : -1;
}

/* A file of the tree we lie in, found from our own real path: up one step is our directory, up two the one above. */
static struct text own_tree(int up, const char *file, const char *name) {
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n < 0 ? 0 : n] = 0;
    for (char *slash; up-- > 0 && (slash = strrchr(self, '/'));)
        *slash = 0;
    return text("%s%s%s", self, file, name);
}

static void ask_sudo(int argc, char **argv) {
    struct text program = own_tree(1, "/", c.name);
    char *words[argc + 3];
    if (isatty(0)) {
        memcpy(words + 2, argv, (size_t)(argc + 1) * sizeof *words);
        words[0] = "sudo";
        words[1] = "--";
        words[2] = program.at;
        execvp("sudo", words);
    }
    give_up(NOT_PERMITTED, "not permitted; run it as root: sudo ", c.name);
}

static void run_service(char *const words[]) {
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        execvp(words[0], words);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0 || status)
        give_up(UNREACHABLE, "overlayd could not be started by ", words[0]);
}

static int unit_installed(void) {
    static const char *const units[] = { "/etc/systemd/system/overlayd.service", "/run/systemd/system/overlayd.service",
        "/usr/local/lib/systemd/system/overlayd.service", "/usr/lib/systemd/system/overlayd.service",
        "/lib/systemd/system/overlayd.service" };
    for (unsigned i = 0; i < sizeof units / sizeof *units; i++)
        if (!access(units[i], F_OK))
            return 1;
    return 0;
}

/* The daemon's child side: nothing of this session goes with it, neither terminal nor descriptors nor environment. */
static _Noreturn void become_daemon(int ready, int log) {
    static char *env[256] = { "LC_ALL=C.UTF-8" };
    struct text program = own_tree(2, "/sbin/overlayd", "");
    int n = 1, null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (char **e = environ; *e && n < 255; e++)
        if (!strncmp(*e, "PATH=", 5) || !strncmp(*e, "OVERLAYD_", 9) || !strncmp(*e, "JAVA_HOME=", 10))
            env[n++] = *e;
    char *words[] = { program.at, "--auto", NULL };
    setsid();
    umask(022);
    /* the pipe first: log and null may themselves be number 3 */
    int high = fcntl(ready, F_DUPFD_CLOEXEC, 10), high_log = fcntl(log, F_DUPFD_CLOEXEC, 10);
    if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(high_log, 2) < 0 || dup2(high, 3) < 0 || chdir("/"))
        _exit(71);
    syscall(NR_CLOSE_RANGE, 4, ~0U, 0);
    signals_default();
    execve(program.at, words, env);
    give_up(127, "cannot execute ", program.at);
}

/* Under a lock, so that of many clients at once one starts it. Its word on the pipe means that it listens. */
static int start_from_tree(void) {
    char byte;
    struct text log_path = text("%s/overlayd.log", c.runtime);
    int ready[2], fd;
    mkdir(c.runtime, 0700);
    int dir = open(c.runtime, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int lock = openat(dir, ".start", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (lock < 0 || flock(lock, LOCK_EX))
        give_up(UNREACHABLE, "cannot use the runtime directory ", c.runtime);
    if ((fd = dial()) >= 0)
        return fd;
    int log = openat(dir, "overlayd.log", O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    pid_t child = log < 0 || pipe2(ready, O_CLOEXEC) ? -1 : fork();
    if (child == 0)
        become_daemon(ready[1], log);
    if (child < 0)
        give_up(UNREACHABLE, "overlayd could not be started; its log would be ", log_path.at);
    close(ready[1]);
    if (read(ready[0], &byte, 1) != 1)
        give_up(UNREACHABLE, "overlayd did not start; its log: ", log_path.at);
    return dial();
}

static int reach_daemon(int argc, char **argv) {
    const char *runtime = getenv("OVERLAYD_RUNTIME_DIR");
    c.runtime = runtime && *runtime ? runtime : "/run/overlayd";
    int fd = dial();
    if (fd >= 0)
        return fd;
    if (geteuid() != 0 && (errno == ENOENT || errno == ECONNREFUSED || errno == EACCES || errno == EPERM))
        ask_sudo(argc, argv);
    if (errno != ENOENT && errno != ECONNREFUSED)
        give_up(UNREACHABLE, "cannot reach overlayd: ", strerror(errno));
    if (!runtime && !access("/run/systemd/system", F_OK) && unit_installed()) {
        run_service((char *[]){ "systemctl", "start", "overlayd", NULL });
        fd = dial();
    } else if (!runtime && !access("/etc/init.d/overlayd", X_OK)) {
        run_service((char *[]){ "service", "overlayd", "start", NULL });
        fd = dial();
    } else {
        fd = start_from_tree();
    }
    if (fd < 0)
        give_up(UNREACHABLE, "cannot reach overlayd: ", strerror(errno));
    return fd;
}

/* ---- the conversation */

static void follow_window(void) {
    struct winsize size;
    if (c.terminal >= 0 && (!ioctl(0, TIOCGWINSZ, &size) || !ioctl(1, TIOCGWINSZ, &size)))
        ioctl(c.terminal, TIOCSWINSZ, &size);
}

static void go_raw(void) {
    struct termios raw = c.saved;
    cfmakeraw(&raw);
    if (c.raw)
        tcsetattr(0, TCSANOW, &raw);
}

static void use_terminal(int master) {
    c.terminal = master;
    fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK);    /* a full pty must not keep us from draining it */
    c.raw = !tcgetattr(0, &c.saved);
    go_raw();
    follow_window();
}

static void hang_up(void) {
    close(c.terminal);
    c.terminal = -1;
    c.in.size = 0;
}

static void show(void) {
    ssize_t n = write(1, c.out.at, (size_t)c.out.size);
    if (n <= 0) {
        hang_up();              /* nobody sees it any more */
        n = c.out.size;
    }
    c.out.size -= n;
    memmove(c.out.at, c.out.at + n, (size_t)c.out.size);
}

/* Everything the command wrote is shown before its status is believed. */
static void drain_terminal(void) {
    do
        while (c.out.size > 0)
            show();
    while (c.terminal >= 0 && (c.out.size = read(c.terminal, c.out.at, sizeof c.out.at)) > 0);
}

static void understand(char *message, int *fd) {
    char *at = strstr(message, "\"error\":\"");
    if (at) {
        at += 9;
        at[strcspn(at, "\"")] = 0;
        if (strstr(at, "PermissionDenied"))
            give_up(NOT_PERMITTED, "not permitted; run it as root: sudo ", c.name);
        give_up(FAILED, at, "");
    }
    if ((at = strstr(message, "\"exitStatus\":"))) {
        drain_terminal();
        finish((int)strtol(at + 13, NULL, 10) & 255);
    }
    if (strstr(message, "\"lasting\":true"))
        c.lasting = 1;
    if (*fd >= 0 && c.terminal < 0 && strstr(message, "\"terminal\":")) {
        use_terminal(*fd);
        *fd = -1;
    }
}

static void send_command_line(int argc, char **argv) {
    static const char run[] = "{\"method\":\"org.overlayd.Command.Run\",\"parameters\":"
        "{\"stdin\":0,\"stdout\":1,\"stderr\":2,\"arguments\":3},\"more\":true}";
    int fds[] = { 0, 1, 2, pack_arguments(argc, argv) };
    packet_send(c.socket, run, sizeof run, fds, 4);     /* a daemon that closes at once may still have said why */
    close(fds[3]);
}

static void send_signal(int number) {
    struct text t = text("{\"method\":\"org.overlayd.Command.Interrupt\",\"parameters\":{\"signal\":%n},\"oneway\":true}|", (uint64_t)number);
    packet_send(c.socket, t.at, t.size, NULL, 0);
}

/* The daemon went away under a lasting command, to be restarted or upgraded: the next one is asked to go on with it. */
static int resume(void) {
    struct timespec pause = { .tv_nsec = 100000000 };
    close(c.socket);
    for (int turns = 300; (c.socket = dial()) < 0; nanosleep(&pause, NULL))
        if (--turns == 0)
            return 0;
    setenv("OVERLAYD_RESUMED", "1", 1);
    send_command_line(c.argc, c.argv);
    if (c.signalled)
        send_signal(c.signalled);
    return 1;
}

/* Replies are JSON texts, each ended by a NUL; the descriptor comes with the first byte of its own. */
static void listen_to_daemon(void) {
    static char text[64 * 1024];
    static size_t filled;
    union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control = { 0 };
    struct iovec io = { text + filled, sizeof text - filled };
    struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
    static int fd = -1;
    ssize_t n = recvmsg(c.socket, &m, MSG_CMSG_CLOEXEC);
    if (n <= 0) {
        filled = 0;
        c.hung_up = !c.lasting || !resume();    /* a session on a terminal goes on without the daemon */
        return;
    }
    if (CMSG_FIRSTHDR(&m) && control.head.cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(&control.head), sizeof fd);
    filled += (size_t)n;
    for (char *end; (end = memchr(text, 0, filled)); memmove(text, end + 1, filled)) {
        filled -= (size_t)(end + 1 - text);
        understand(text, &fd);
    }
    if (filled == sizeof text)
        give_up(FAILED, "reply too long", "");
}

static void heed_signal(int signals) {
    static int times;
    struct signalfd_siginfo info;
    if (read(signals, &info, sizeof info) != sizeof info)
        return;
    int number = (int)info.ssi_signo;
    if (number == SIGWINCH || number == SIGCONT) {
        go_raw();
        follow_window();
        return;
    }
    if (++times == 3)
        finish(128 + number);
    send_signal(c.signalled = number);
}

/* One turn of the relay. Each direction has one buffer, filled only when empty: no read without room to put it. */
static void relay(const struct pollfd *in, const struct pollfd *terminal, const struct pollfd *out) {
    if (in->revents && (c.in.size = read(0, c.in.at, sizeof c.in.at)) <= 0) {
        if (c.raw)
            return hang_up();   /* our own terminal is gone */
        c.deaf = 1;             /* the end of a file is told as a person would */
        c.in.size = 1;
        *c.in.at = 4;
    }
    if (terminal->revents & POLLOUT && c.in.size > 0) {
        ssize_t n = write(c.terminal, c.in.at, (size_t)c.in.size);
        if (n > 0)
            memmove(c.in.at, c.in.at + n, (size_t)(c.in.size -= n));
        else if (errno != EAGAIN)
            c.in.size = 0;
    }
    if (out->revents && c.out.size > 0)
        show();
    if (c.terminal >= 0 && terminal->revents & (POLLIN | POLLHUP) && c.out.size == 0) {
        c.out.size = read(c.terminal, c.out.at, sizeof c.out.at);
        if (c.out.size < 0 && errno != EAGAIN)
            hang_up();          /* EIO: the last process of the session has closed it */
        if (c.out.size < 0)
            c.out.size = 0;
    }
}

static _Noreturn void converse(int signals) {
    for (;;) {
        int live = c.terminal >= 0;
        struct pollfd q[] = {
            { c.hung_up ? -1 : c.socket, POLLIN, 0 }, { signals, POLLIN, 0 },
            { live && !c.deaf && c.in.size == 0 ? 0 : -1, POLLIN, 0 },
            { c.out.size && !c.in.size ? -1 : c.terminal, (short)((c.out.size ? 0 : POLLIN) | (c.in.size ? POLLOUT : 0)), 0 },
            { c.out.size ? 1 : -1, POLLOUT, 0 } };
        if (c.hung_up && !live && !c.out.size)
            give_up(UNREACHABLE, "overlayd closed the connection", "");
        if (poll(q, 5, -1) < 0)
            continue;
        if (q[1].revents)
            heed_signal(signals);
        relay(&q[2], &q[3], &q[4]);
        if (q[0].revents)
            listen_to_daemon();
    }
}

int main(int argc, char **argv) {
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    c.name = slash ? slash + 1 : argc > 0 ? argv[0] : "overlay";
    c.terminal = -1;
    fds_occupy();
    c.socket = reach_daemon(argc, argv);
    c.argc = argc ? argc : 1;
    c.argv = argv;
    sigset_t heeded = signals_of((char[]){ SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGCONT, 0 });
    sigprocmask(SIG_BLOCK, &heeded, NULL);
    signal(SIGPIPE, SIG_IGN);
    send_command_line(c.argc, c.argv);      /* from here on a signal is passed on, not died of */
    converse(signalfd(-1, &heeded, SFD_CLOEXEC));
}
