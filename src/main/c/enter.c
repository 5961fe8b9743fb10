/* --enter: runs one command in a running subhost, placed and confined as its pid 1 is, and stays outside as its parent. */
#include "reaper.h"
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/statfs.h>

#define ENTER_KEYS "arg= env= cwd= tty= own= rows= cols= capbnd= idstart= idcount="
#define ENTER_FDS "pidfd stdin stdout stderr cgroup2 tasks seccomp"
#define NAMESPACES (CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC)
#define DEVPTS_MAGIC 0x1cd1
#define PIPEFS_MAGIC 0x50495045

/* Between clone and exec our child is seen from inside, and /proc/PID/exe leads to our program, which a root in there
 * could then write to (CVE-2019-5736). So we run from a sealed copy; a daemon that spawned us from one pays nothing. */
static int run_from_sealed_copy(void) {
    const int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    char *argv[] = { "reaper", "--enter", NULL };
    struct stat s;
    int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), has = fcntl(self, F_GET_SEALS);
    if (has >= 0 && has & F_SEAL_WRITE)
        return close(self);
    int copy = memfd_create("reaper", MFD_CLOEXEC | MFD_ALLOW_SEALING | 16 /* MFD_EXEC, Linux 6.3 */);
    if (copy < 0)
        copy = memfd_create("reaper", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (self < 0 || copy < 0 || fstat(self, &s) || sendfile(copy, self, NULL, (size_t)s.st_size) != s.st_size)
        return -1;
    return fcntl(copy, F_ADD_SEALS, seals) ? -1 : fexecve(copy, argv, environ);
}

/* A terminal of the subhost's devpts. That it is one is looked at before anything in it is opened. */
static int open_terminal(const struct packet *p, int *slave) {
    int bad = 0, unlocked = 0, pts = open_below(AT_FDCWD, "dev/pts", O_PATH | O_DIRECTORY);
    struct winsize size = { (unsigned short)packet_number(p, "rows=", 10, 0, &bad),
                            (unsigned short)packet_number(p, "cols=", 10, 0, &bad), 0, 0 };
    struct statfs fs;
    if (pts < 0 || fstatfs(pts, &fs))
        return -1;
    errno = ENODEV;
    int master = fs.f_type != DEVPTS_MAGIC ? -1 : openat(pts, "ptmx", O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
    if (master < 0 || ioctl(master, TIOCSPTLCK, &unlocked) || (size.ws_row && ioctl(master, TIOCSWINSZ, &size)))
        return -1;
    *slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    uint64_t start, count;
    if (*slave >= 0 && mapped_ids(p, &start, &count) > 0 && fchown(*slave, (uid_t)start, (gid_t)-1))
        return -1;              /* it was opened, hence is owned, by the host's root */
    return *slave < 0 ? -1 : master;
}

/* In a user namespace the host's root is nobody, and so could not open the caller's pipes by /dev/stdout. */
static void give_pipe(int fd, uint64_t start) {
    struct statfs fs;
    if (!fstatfs(fd, &fs) && fs.f_type == PIPEFS_MAGIC && fchown(fd, (uid_t)start, (gid_t)start))
        errno = 0;              /* it can still be written to */
}

/* Who is in the subhost's pid namespace can be taken over by a root in there, whatever we call undumpable: CAP_SYS_PTRACE is enough. So
 * what becomes the command must not be seen there before it is confined and has let go of everything of the host. Hence a process
 * between: it joins and confines itself while it is seen by nobody inside, and the command is its child.
 *
 * What it tells us lies in memory that its child has not; the child has a pipe for the one case that its exec fails. */
struct life {
    int pid;                    /* the command's, as we see it */
    int over, status;           /* of waitpid */
};

/* Steps that may fail before the exec, by number: the pipe may be written to by anybody inside. */
static const char *const steps[] = { "exec", "cgroup", "setns", "stdio", "capability", "seccomp", "tty", "ids", "fork", "keyring", "check" };
#define STEPS ((int)(sizeof steps / sizeof *steps))

struct trouble {
    int step, error;
};

static _Noreturn void troubled(int troubles, const char *step) {
    struct trouble t = { STEPS - 1, errno };
    while (t.step > 0 && strcmp(steps[t.step], step))
        t.step--;
    _exit(write(troubles, &t, sizeof t) < 0 || t.error == ENOENT ? 127 : 126);
}

/* Joins the rest of the subhost, takes the command's three descriptors, keeps `troubles` as 3, and is confined. */
static const char *prepare(const struct packet *p, const int standard[3], int troubles, int proc) {
    int fd;
    for (int i = 0; (fd = packet_fd(p, "tasks", i)) >= 0; i++)
        if (write(fd, "0", 1) != 1)
            return "cgroup";
    /* only now: seen from inside its cgroup namespace the way in would start outside, which nsdelegate forbids */
    uint64_t start, count;
    int inside = mapped_ids(p, &start, &count) > 0;
    for (int i = 0; inside && i < 3; i++)
        give_pipe(standard[i], start);
    if (setns(packet_fd(p, "pidfd", 0), CLONE_NEWPID | CLONE_NEWCGROUP | (inside ? CLONE_NEWUSER : 0)))
        return "setns";
    if (inside && become_root())
        return "ids";
    const char *step = confine(p);
    if (step || check_confined(proc, p, JOINED))
        return step ? step : "check";
    return dup2(standard[0], 0) < 0 || dup2(standard[1], 1) < 0 || dup2(standard[2], 2) < 0 || dup3(troubles, 3, O_CLOEXEC) < 0
        || syscall(NR_CLOSE_RANGE, 4, ~0U, 0) ? "stdio" : NULL;
}

static _Noreturn void run_command(const struct packet *p, char **argv, int terminal) {
    const char *cwd = packet_value(p, "cwd=");
    setsid();
    if (terminal && ioctl(0, TIOCSCTTY, 0))
        troubled(3, "tty");
    if ((!cwd || chdir(cwd)) && chdir("/"))
        troubled(3, "exec");
    signals_default();
    execvp(argv[0], argv);
    troubled(3, "exec");
}

static _Noreturn void stand_between(const struct packet *p, const int standard[3], int troubles, int proc, struct life *life) {
    char **argv = packet_list(p, "arg="), **env = packet_list(p, "env=");
    int terminal = packet_value(p, "tty=") != NULL, bad = !argv || !env || madvise(life, sizeof *life, MADV_DONTFORK);
    const char *step = bad ? "fork" : prepare(p, standard, troubles, proc);
    if (step)
        troubled(fcntl(troubles, F_GETFD) < 0 ? 3 : troubles, step);
    environ = env;
    int child = fork();
    if (child < 0)
        troubled(3, "fork");
    if (child == 0)
        run_command(p, argv, terminal);
    life->pid = child;
    syscall(NR_CLOSE_RANGE, 0, ~0U, 0);     /* the command's alone, so that their ends are its end */
    while (waitpid(child, &life->status, 0) < 0 && errno == EINTR)
        ;
    life->over = 1;
    _exit(0);
}

/* The daemon's one word now is SIGNAL, for the command's group. 0 when there is no daemon any more. */
static int obey(const struct life *life) {
    struct packet p;
    int bad = 0, got = packet_receive(CONTROL, &p);
    uint64_t number = got > 0 && packet_is(&p, "SIGNAL", "number=", "") ? packet_number(&p, "number=", 10, 0, &bad) : 0;
    if (got != 0 && (bad || number == 0 || life->pid <= 1 || kill(-life->pid, (int)number)))
        report_failure("protocol", EINVAL);
    packet_drop(&p);
    return got != 0;
}

static int watch(int between, int pidfd, const struct life *life) {
    struct pollfd q[2 + RELAY_POLLS] = { { pidfd, POLLIN, 0 }, { CONTROL, POLLIN, 0 } };
    while (!q[0].revents) {
        relay_polls(q + 2);
        if (poll(q, 2 + RELAY_POLLS, -1) <= 0)
            continue;
        relay_turn(q + 2);
        if (q[1].revents && !obey(life))
            q[1].fd = -1;
    }
    relay_settle();
    waitpid(between, NULL, 0);
    int status = life->over ? life->status : SIGKILL;   /* it was killed with everything else in the control group */
    say(text("EXIT|%s=%n|lost=%n|", WIFEXITED(status) ? "exited" : "killed",
             (uint64_t)(WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status)), (uint64_t)relay_lost()), NULL, 0);
    close(CONTROL);
    while (relay_polls(q + 2))      /* what it has started, and left behind, may still write */
        if (poll(q + 2, RELAY_POLLS, -1) > 0)
            relay_turn(q + 2);
    return 0;
}

static int request_is_good(const struct packet *p) {
    int bad = 0;
    const char *tty = packet_value(p, "tty=");
    uint64_t rows = packet_number(p, "rows=", 10, 0, &bad), columns = packet_number(p, "cols=", 10, 0, &bad);
    uint64_t start, count;
    packet_number(p, "capbnd=", 16, 0, &bad);
    if (bad || mapped_ids(p, &start, &count) < 0 || rows > 0xffff || columns > 0xffff || !packet_value(p, "arg=") || packet_fd(p, "pidfd", 0) < 0)
        return 0;
    int standard = packet_fd(p, "stdin", 0) >= 0 && packet_fd(p, "stdout", 0) >= 0 && packet_fd(p, "stderr", 0) >= 0;
    return tty ? !strcmp(tty, "1") : standard;
}

/* The namespaces of pid 1, whose number in here only its pidfd's description tells. */
static void remember_init(int proc, int pidfd) {
    char description[512], *pid = NULL;
    if (read_file(text("/proc/self/fdinfo/%n", (uint64_t)pidfd).at, description, sizeof description) > 0)
        pid = strstr(description, "\nPid:\t");
    if (pid)
        namespaces_remember(proc, text("%n", strtoull(pid + 6, NULL, 10)).at);
}

int enter_main(void) {
    struct packet p;
    struct trouble t;
    int standard[3], pidfd, proc, troubles[2];
    signals_block();
    fds_occupy();
    if (run_from_sealed_copy())
        return report_failure("seal", errno);
    prctl(PR_SET_NAME, "reaper");
    fcntl(CONTROL, F_SETFD, FD_CLOEXEC);
    int got = packet_receive(CONTROL, &p);
    if (got == 0)
        return 0;
    limits_ordinary();          /* while /proc is still the host's */
    if (got < 0 || !packet_is(&p, "ENTER", ENTER_KEYS, ENTER_FDS) || !request_is_good(&p))
        return report_failure("protocol", EINVAL);
    if (leave_keyring())
        return report_failure("keyring", errno);
    proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);     /* the host's, in which we are seen to the end */
    remember_init(proc, packet_fd(&p, "pidfd", 0));
    if (setns(packet_fd(&p, "pidfd", 0), NAMESPACES))
        return report_failure("setns", errno);
    for (int i = 0; i < 3; i++)
        standard[i] = packet_fd(&p, (const char *[]){ "stdin", "stdout", "stderr" }[i], 0);
    if (packet_value(&p, "tty=")) {
        int master = open_terminal(&p, &standard[0]);
        if (master < 0)
            return report_failure("tty", errno);
        say(text("TTY|"), &master, 1);
        close(master);          /* the client's must be the only one, so that its end hangs the session up */
        standard[1] = standard[2] = standard[0];
    } else if (relay_choose(standard, packet_value(&p, "own=") != NULL, proc)) {
        return report_failure("stdio", errno);
    }
    struct life *life = mmap(NULL, sizeof *life, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (life == MAP_FAILED || pipe2(troubles, O_CLOEXEC))
        return report_failure("pipe", errno);
    int between = clone_process(0, &pidfd, packet_fd(&p, "cgroup2", 0));
    if (between < 0)
        return report_failure("clone3", errno);
    if (between == 0)
        stand_between(&p, standard, troubles[1], proc, life);
    close(troubles[1]);
    if (packet_value(&p, "tty="))
        close(standard[0]);
    relay_started();
    packet_drop(&p);
    if (read(troubles[0], &t, sizeof t) != sizeof t || t.step < 0 || t.step >= STEPS)
        return watch(between, pidfd, life);
    if (t.step == 0) {
        say(text("EXEC|errno=%n|", (uint64_t)t.error), NULL, 0);
        return watch(between, pidfd, life);
    }
    waitpid(between, NULL, 0);
    return report_failure(steps[t.step], t.error);
}
