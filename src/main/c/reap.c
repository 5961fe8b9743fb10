/* The reaper proper and its small companions: pid 1 of a running subhost, the dummy service that keeps an empty one
 * alive, and --run, which bounds the start of a service. Also main(): which role is meant. */
#include "reaper.h"
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <time.h>

#define DUMMY "dummy_service"
#define FIFO "/run/" DUMMY
#define READY 3
#define GRACE 2         /* seconds between TERM and KILL */

/* A fifo left behind is as good as a new one; anything else in its place goes. */
static void make_fifo(void) {
    struct stat s;
    if (!lstat(FIFO, &s) && S_ISFIFO(s.st_mode) && s.st_uid == geteuid())
        return;
    unlink(FIFO);
    mkfifo(FIFO, 0600);
}

static int dummy_main(void) {
    signals_block();
    prctl(PR_SET_NAME, DUMMY);
    make_fifo();
    sigset_t ending;
    sigfillset(&ending);
    for (const char *harmless = (char[]){ SIGCHLD, SIGCONT, SIGWINCH, SIGURG, SIGTSTP, SIGTTIN, SIGTTOU, 0 }; *harmless; harmless++)
        sigdelset(&ending, *harmless);
    /* O_RDWR: with a writer of our own the fifo never reads as ended, and open does not wait */
    struct pollfd q[] = { { signalfd(-1, &ending, SFD_CLOEXEC), POLLIN, 0 },
                          { open(FIFO, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC), POLLIN, 0 } };
    while (poll(q, 2, -1) <= 0)
        ;
    unlink(FIFO);
    return 0;
}

/* The fifo is made before the fork, so that it is there when "ready" is said. */
static void start_dummy(void) {
    char *argv[] = { DUMMY, NULL };
    make_fifo();
    if (fork())
        return;
    setsid();
    signals_default();
    syscall(NR_CLOSE_RANGE, 3, ~0U, 0);
    execv("/proc/self/exe", argv);
    execv("/.reaper", argv);
    _exit(127);
}

/* Takes every dead child. 0 when no child is left at all. */
static int reap(void) {
    pid_t pid;
    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
        ;
    return pid == 0;
}

static void say_ready(void) {
    struct stat s;
    if (fstat(READY, &s) || !S_ISFIFO(s.st_mode))
        return;
    if (write(READY, "ready\n", 6) < 0)
        errno = 0;          /* nobody listens: no reason to end a subhost */
    close(READY);
}

/* As pid 1 everything in the pid namespace is ours; anywhere else -1 would mean the whole machine. */
static void pass_on(void) {
    kill(getpid() == 1 ? -1 : 0, SIGTERM);
}

static int reaper_main(void) {
    signals_block();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    sigset_t wanted = signals_of((char[]){ SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGPWR, 0 });
    if (!reap())
        start_dummy();
    say_ready();
    while (reap())
        if (sigwaitinfo(&wanted, NULL) != SIGCHLD)
            pass_on();
    return 0;
}

/* Waits for the child to end, leaving it a zombie so that its group keeps its number. Signals for us go to the group.
 * 0 when the time is over; no limit when negative. */
static int ended_within(pid_t child, int64_t limit) {
    sigset_t wanted = signals_of((char[]){ SIGCHLD, SIGTERM, SIGINT, SIGHUP, 0 });
    for (int64_t end = milliseconds() + limit;;) {
        siginfo_t info = { .si_pid = 0 };
        if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT | WNOHANG) || info.si_pid)
            return 1;
        int64_t left = end - milliseconds();
        if (limit >= 0 && left <= 0)
            return 0;
        struct timespec wait = { left / 1000, left % 1000 * 1000000 };
        int got = sigtimedwait(&wanted, NULL, limit >= 0 ? &wait : NULL);
        if (got > 0 && got != SIGCHLD)
            kill(-child, got);
    }
}

/* Takes what was killed of a group, at most for GRACE: pid 1, which looks next whether anything lives in its subhost, must not
 * count the dying. */
void reap_group(pid_t group) {
    sigset_t wanted = signals_of((char[]){ SIGCHLD, 0 });
    pid_t taken;
    for (int64_t left, end = milliseconds() + GRACE * 1000; (taken = waitpid(-group, NULL, WNOHANG)) >= 0;) {
        if ((left = end - milliseconds()) <= 0)
            return;
        struct timespec wait = { left / 1000, left % 1000 * 1000000 };
        if (!taken)
            sigtimedwait(&wanted, NULL, &wait);
    }
}

/* --run SECONDS CMD ARG...: a service's start in a session of its own, bounded; what it leaves behind as a daemon lives on. */
static int run_main(int argc, char **argv) {
    char *end;
    unsigned long seconds = argc > 3 ? strtoul(argv[2], &end, 10) : 0;
    if (argc < 4 || *end || end == argv[2] || seconds > 1000000)
        return 64;
    signals_block();
    syscall(NR_CLOSE_RANGE, READY, ~0U, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);   /* what a killed start leaves is ours to reap; what lives on goes to pid 1 as we end */
    int status = 0;
    pid_t child = fork();
    if (child < 0)
        return 71;
    if (child == 0) {
        setsid();
        signals_default();
        execvp(argv[3], argv + 3);
        _exit(errno == ENOENT ? 127 : 126);
    }
    int timely = ended_within(child, seconds ? (int64_t)seconds * 1000 : -1);
    if (!timely) {
        kill(-child, SIGTERM);
        kill(-child, SIGCONT);      /* a stopped group would not hear of it */
        ended_within(child, GRACE * 1000);
        kill(-child, SIGKILL);
        reap_group(child);
        return 124;
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv) {
    const char *name = argc > 0 && strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argc > 0 ? argv[0] : "";
    if (!strcmp(name, DUMMY))
        return dummy_main();
    if (argc > 1 && !strcmp(argv[1], "--monitor"))
        return monitor_main();
    if (argc > 1 && !strcmp(argv[1], "--drain"))
        return drain_main();
    if (argc > 1 && !strcmp(argv[1], "--enter"))
        return enter_main();
    if (argc > 1 && !strcmp(argv[1], "--netns"))
        return netns_main();
    if (argc > 1 && !strcmp(argv[1], "--share"))
        return share_main();
    if (argc > 1 && !strcmp(argv[1], "--userns"))
        return userns_main();
    if (argc > 1 && !strcmp(argv[1], "--run"))
        return run_main(argc, argv);
    if (argc > 1 && !strcmp(argv[1], "--service"))
        return service_main(argc, argv);
    if (argc > 1 && !strcmp(argv[1], "--stop"))
        return stop_main(argc, argv);
    if (argc > 1 && !strcmp(argv[1], "--await"))
        return await_main(argc, argv);
    return reaper_main();
}
