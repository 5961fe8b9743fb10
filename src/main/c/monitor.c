/* --monitor: the parent of one subhost's pid 1. It starts pid 1, drains its console into the log, and leaves its exit
 * status in the runtime directory, with or without a daemon. The daemon's word GO is the commit point: before it, the
 * end of the control socket ends everything; after it, nothing the daemon does matters any more. */
#include "reaper.h"
#include <sched.h>
#include <stdio.h>          /* renameat */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>

#define PLAN_KEYS "name= hostname= logname= logcap= logkeep= capbnd= idstart= idcount= ro= rw= mask= nodev= arg= env= full="
#define PLAN_FDS "mnt net user live log logdir rundir cgroup2 tasks lock seccomp terminal"
#define DRAIN_KEYS "name= logname= logcap= logkeep="
#define DRAIN_FDS "pidfd console log logdir rundir lock"
#define CONSOLE_SIZE (1 << 20)
#define CONSOLE_FD 100              /* where a daemon that was started later finds the console's read end (pidfd_getfd) */
#define PROGRESS_MAX (64 * 1024)    /* an own init may write into the ready pipe for ever */

static struct {
    int pid, pidfd, console, ready, gate, rundir, log, logdir;
    int slave;                          /* of a console that is a terminal, else -1 */
    char logname[256];
    uint64_t logsize, logcap, logkeep;
} m;

/* What monitor and drainer are both told: where the log is and how it rotates. */
static int log_is_good(const struct packet *plan) {
    int bad = 0;
    const char *name = packet_value(plan, "logname=");
    m.logcap = packet_number(plan, "logcap=", 10, 0, &bad);
    m.logkeep = packet_number(plan, "logkeep=", 10, 0, &bad);
    if (bad || m.logkeep > 99 || (m.logcap && !name))
        return 0;
    if (name && (!*name || *name == '.' || strchr(name, '/') || strlen(name) > sizeof m.logname - 4))
        return 0;
    if (name)
        strcpy(m.logname, name);
    m.rundir = packet_fd(plan, "rundir", 0);
    m.log = packet_fd(plan, "log", 0);
    m.logdir = packet_fd(plan, "logdir", 0);
    return m.rundir >= 0 && m.log >= 0 && (!m.logcap || m.logdir >= 0);
}

static int plan_is_good(const struct packet *plan) {
    int bad = 0;
    uint64_t start, count;
    packet_number(plan, "capbnd=", 16, 0, &bad);
    int mapped = mapped_ids(plan, &start, &count);
    bad |= mapped < 0 || mapped != (packet_fd(plan, "user", 0) >= 0);
    return !bad && log_is_good(plan) && packet_value(plan, "arg=") && packet_fd(plan, "mnt", 0) >= 0
        && packet_fd(plan, "net", 0) >= 0 && packet_fd(plan, "live", 0) >= 0;
}

/* A POSIX lock: unlike flock it does not pass to pid 1, and F_GETLK tells a new daemon who holds it. The descriptor is
 * never closed, for any close of the file drops the lock. */
static int lock_rundir(void) {
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int fd = openat(m.rundir, "mon", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    return fd < 0 ? -1 : fcntl(fd, F_SETLK, &whole);
}

/* The same pipe end as a description of its own, so that its flags are nobody else's. */
static int reopen(int fd, int flags) {
    return open(text("/proc/self/fd/%n", (uint64_t)fd).at, flags | O_CLOEXEC);
}

static int at_known_number(int fd) {
    int known = fcntl(fd, F_DUPFD_CLOEXEC, CONSOLE_FD);
    if (known < 0)
        return fd;          /* a low limit of descriptors: a replacement must find the console another way */
    close(fd);
    return known;
}

/* The console's write end is opened O_RDWR: pid 1 is then a reader too, and no writer in the subhost ever sees EPIPE,
 * even when this process is killed. */
static int open_console_pipe(int console[2]) {
    if (pipe2(console, O_CLOEXEC))
        return -1;
    fcntl(console[1], F_SETPIPE_SZ, CONSOLE_SIZE);
    int both = reopen(console[1], O_RDWR);
    close(console[1]);
    console[1] = both;
    m.console = at_known_number(reopen(console[0], O_RDONLY | O_NONBLOCK));
    return both;
}

/* Kept open, so that the master never reports a hang-up while nobody inside has the terminal open; taken anew after one
 * (vhangup(2), as a getty does). */
static int hold_terminal(void) {
    if (m.slave >= 0)
        close(m.slave);
    return m.slave = ioctl(m.console, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

/* A full init's console is the terminal whose master the daemon made. Not by reopening: that would be another terminal. */
static int open_console_terminal(int master, int console[2]) {
    console[0] = fcntl(master, F_DUPFD_CLOEXEC, 0);
    m.console = at_known_number(master);
    if (console[0] < 0 || fcntl(m.console, F_SETFL, O_RDWR | O_NONBLOCK) || hold_terminal() < 0)
        return -1;
    return console[1] = fcntl(m.slave, F_DUPFD_CLOEXEC, 0);
}

static int open_pipes(int terminal, int console[2], int ready[2], int gate[2]) {
    if ((terminal >= 0 ? open_console_terminal(terminal, console) : open_console_pipe(console)) < 0)
        return -1;
    if (pipe2(ready, O_CLOEXEC) || pipe2(gate, O_CLOEXEC))
        return -1;
    m.ready = reopen(ready[0], O_RDONLY | O_NONBLOCK);
    m.gate = gate[1];
    return m.console < 0 || m.ready < 0 ? -1 : 0;
}

static void close_all(const struct packet *plan, const char *name) {
    int fd;
    for (int i = 0; (fd = packet_fd(plan, name, i)) >= 0; i++)
        close(fd);
}

/* What the go-between below leaves to the monitor, in memory of both. */
struct left {
    int pid, pidfd, error;
    const char *step;
};

/* In a user namespace pid 1 must be born, for its other namespaces belong to the one they are made in; and the monitor must stay outside.
 * So a child goes in, and what it clones is the monitor's child like itself (CLONE_PARENT). It goes in still as the host's root, who owns the
 * cgroup's directory; pid 1 becomes another. The working directory, LIVE, is carried over into the copy of the mounts. The table of
 * descriptors is one with the monitor's, for the pidfd. Returns as fork() does; in the monitor -1 with the step that failed. */
static int clone_in_userns(const struct packet *plan, const char **step) {
    int pidfd = -1;
    struct left *left = mmap(NULL, sizeof *left, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (left == MAP_FAILED)
        return -1;
    left->pid = -1;
    left->step = "setns";
    int between = clone_process(CLONE_FILES, &pidfd, -1);
    if (between == 0) {
        if (setns(packet_fd(plan, "mnt", 0), CLONE_NEWNS) || fchdir(packet_fd(plan, "live", 0))
            || setns(packet_fd(plan, "net", 0), CLONE_NEWNET) || setns(packet_fd(plan, "user", 0), CLONE_NEWUSER)) {
            left->error = errno;
            _exit(1);
        }
        left->step = "clone3";
        int pid = clone_process(CLONE_PARENT | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNS, &left->pidfd,
                                packet_fd(plan, "cgroup2", 0));
        if (pid == 0)
            return 0;
        left->error = errno;
        left->pid = pid;
        _exit(0);
    }
    if (between > 0)
        waitpid(between, NULL, 0);
    else
        left->error = errno;
    close(pidfd);
    int pid = left->pid, error = left->error;
    m.pidfd = left->pidfd;
    *step = left->step;
    munmap(left, sizeof *left);
    errno = error;
    return pid;
}

/* What pid 1 writes to is opened again by services (/dev/stdout), as far as it is their root's. */
static void give_pipes(const struct packet *plan, int console, int ready) {
    uint64_t start, count;
    if (mapped_ids(plan, &start, &count) > 0 && fchown(console, (uid_t)start, (gid_t)start) + fchown(ready, (uid_t)start, (gid_t)start))
        errno = 0;              /* they can still be written to */
}

/* Starts pid 1 and tells the daemon. Afterwards no namespace or overlay descriptor is left here: one would pin the
 * upper directory for as long as the monitor lives. */
static int start_init(struct packet *plan) {
    int console[2], ready[2], gate[2];
    if (lock_rundir())
        return report_failure("lock", errno);
    if (open_pipes(packet_fd(plan, "terminal", 0), console, ready, gate))
        return report_failure("pipe", errno);
    const char *step = "clone3";
    give_pipes(plan, console[1], ready[1]);
    m.pid = packet_fd(plan, "user", 0) >= 0 ? clone_in_userns(plan, &step)
        : clone_process(CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC, &m.pidfd, packet_fd(plan, "cgroup2", 0));
    if (m.pid < 0)
        return report_failure(step, errno);
    if (m.pid == 0) {
        /* first of all the gate: with our own copy of its write end we would never see the monitor die; and a copy of
         * the control socket would hide that from the daemon, one of a lock would keep it */
        close(m.gate);
        close(CONTROL);
        close_all(plan, "lock log logdir rundir");
        close(m.console);
        if (m.slave >= 0)
            close(m.slave);
        close(m.ready);
        init_run(plan, console[1], ready[1], gate[0]);
    }
    say(text("STARTED|pid=%n|", (uint64_t)m.pid), (int[]){ m.pidfd, ready[0], console[0] }, 3);
    int spent[] = { console[0], console[1], ready[0], ready[1], gate[0] };
    for (unsigned i = 0; i < sizeof spent / sizeof *spent; i++)
        close(spent[i]);
    close_all(plan, "mnt net user live cgroup2 tasks seccomp");
    plan->count = 0;        /* the others stay open to the end */
    packet_drop(plan);
    return 0;
}

/* Readers of the runtime directory see the whole text or no file. */
static int put_file(const char *name, const char *draft, struct text t) {
    int fd = openat(m.rundir, draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    ssize_t n = write(fd, t.at, t.size);
    close(fd);
    return n == (ssize_t)t.size ? renameat(m.rundir, draft, m.rundir, name) : -1;
}

/* "PID STARTTIME": the start time is field 22 of stat, counted behind the last ')' because a name may hold blanks. */
static int put_pid(void) {
    char stat[1024];
    read_file(text("/proc/%n/stat", (uint64_t)m.pid).at, stat, sizeof stat);
    char *field = strrchr(stat, ')');
    for (int i = 2; i < 22 && field; i++)
        field = strchr(field + 1, ' ');
    if (!field)
        return -1;
    field[1 + strcspn(field + 1, " ")] = 0;
    return put_file("pid", "pid.tmp", text("%n%s\n", (uint64_t)m.pid, field));
}

static struct text old_name(uint64_t number) {
    return number ? text("%s.%n", m.logname, number) : text("%s", m.logname);
}

/* NAME.log becomes NAME.log.1 and so on. The new file is made first: where that fails nothing is renamed, the old one
 * stays in use and full, what comes is dropped, the cap holds. */
static void rotate(void) {
    struct text fresh = text("%s.new", m.logname);
    unlinkat(m.logdir, fresh.at, 0);
    int fd = openat(m.logdir, fresh.at, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_APPEND | O_CLOEXEC, 0640);
    if (fd < 0)
        return;
    for (uint64_t i = m.logkeep; i > 0; i--)
        renameat(m.logdir, old_name(i - 1).at, m.logdir, old_name(i).at);
    renameat(m.logdir, fresh.at, m.logdir, m.logname);
    close(m.log);
    m.log = fd;
    m.logsize = 0;
}

/* One read of the console into the log: 1 more may follow, 0 nothing now, -1 no writer is left. */
static int drain(void) {
    static char buffer[16 * 1024];
    ssize_t n = read(m.console, buffer, sizeof buffer);
    if (n <= 0)
        return n == 0 ? -1 : 0;
    for (int tries = 0; m.logcap && m.logsize && m.logsize + (uint64_t)n > m.logcap; rotate())
        if (tries++)
            return 1;
    for (ssize_t done = 0, w; done < n; done += w) {
        w = write(m.log, buffer + done, (size_t)(n - done));
        if (w <= 0)
            break;          /* a full disk loses lines, it never stops a service */
        m.logsize += (uint64_t)w;
    }
    return 1;
}

/* Progress lines that nobody hears are kept for the next daemon. */
static int keep_progress(void) {
    char lines[1024];
    struct stat s;
    ssize_t n = read(m.ready, lines, sizeof lines);
    if (n <= 0)
        return n == 0 ? -1 : 0;
    int fd = openat(m.rundir, "progress", O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return 1;
    if (!fstat(fd, &s) && s.st_size < PROGRESS_MAX && write(fd, lines, (size_t)n) < 0)
        n = 0;
    close(fd);
    return 1;
}

/* After GO the daemon has nothing more to say; it is told so, and its going away is noted. */
static int control_lives(void) {
    struct packet p;
    int got = packet_receive(CONTROL, &p);
    if (got != 0)
        report_failure("protocol", EINVAL);
    packet_drop(&p);
    if (got == 0)
        close(CONTROL);
    return got != 0;
}

static void watch(void) {
    enum { INIT, CONSOLE, DAEMON, READY };
    struct pollfd q[] = { { m.pidfd, POLLIN, 0 }, { m.console, POLLIN, 0 }, { CONTROL, POLLIN, 0 }, { -1, POLLIN, 0 } };
    while (!q[INIT].revents) {
        if (poll(q, 4, -1) < 0)
            continue;
        if (q[CONSOLE].revents && (drain() < 0 || (q[CONSOLE].revents == POLLHUP && m.slave >= 0 && hold_terminal() < 0)))
            q[CONSOLE].fd = -1;
        if (q[DAEMON].revents && !control_lives()) {
            q[DAEMON].fd = -1;
            q[READY].fd = m.ready;
        }
        if (q[READY].revents && keep_progress() < 0)
            q[READY].fd = -1;
    }
    while (drain() > 0)
        ;
    while (q[DAEMON].fd < 0 && keep_progress() > 0)
        ;
}

static int put_exit(int status) {
    uint64_t number = (uint64_t)(WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    return put_file("exit", "exit.tmp", text("%s %n %n\n", WIFEXITED(status) ? "exited" : "killed", number, (uint64_t)time(NULL)));
}

/* Waits for GO. A pid 1 that died meanwhile is still a zombie then, so its pid and start time are written truthfully
 * and its status follows. */
static int committed(void) {
    struct packet p;
    int got = packet_receive(CONTROL, &p), go = got > 0 && packet_is(&p, "GO", "", "");
    if (got != 0 && !go)
        report_failure("protocol", EINVAL);
    packet_drop(&p);
    if (go && put_pid()) {
        report_failure("pid", errno);   /* a subhost that no later daemon could find must not run */
        go = 0;
    }
    return go;
}

static void begin_log(const struct packet *plan) {
    struct stat s;
    if (packet_value(plan, "name="))
        prctl(PR_SET_NAME, packet_value(plan, "name="));
    if (!fstat(m.log, &s))
        m.logsize = (uint64_t)s.st_size;
}

int monitor_main(void) {
    struct packet plan;
    int status = 0;
    signals_block();
    fds_occupy();
    fcntl(CONTROL, F_SETFD, FD_CLOEXEC);
    umask(022);
    if (chdir("/"))             /* no mount of the daemon's is to be pinned */
        return 1;
    int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    namespaces_remember(proc, "self");
    close(proc);
    int got = packet_receive(CONTROL, &plan);
    if (got == 0)
        return 0;
    if (got < 0 || !packet_is(&plan, "PLAN", PLAN_KEYS, PLAN_FDS) || !plan_is_good(&plan))
        return report_failure("protocol", EINVAL);
    begin_log(&plan);
    m.slave = -1;
    if (start_init(&plan))
        return 1;
    if (!committed()) {
        syscall(NR_PIDFD_SEND_SIGNAL, m.pidfd, SIGKILL, NULL, 0);
        waitpid(m.pid, &status, 0);
        return 1;
    }
    if (write(m.gate, "", 1) != 1)
        status = 0;         /* pid 1 has failed already: its status says so */
    close(m.gate);
    watch();
    waitpid(m.pid, &status, 0);
    return put_exit(status) ? 1 : 0;
}

/* --drain: stands in for a monitor that was killed. It holds the same locks and drains the same console until pid 1, which is
 * not its child, has ended; how it ended stays unknown. */
int drain_main(void) {
    struct packet plan;
    signals_block();
    fds_occupy();
    fcntl(CONTROL, F_SETFD, FD_CLOEXEC);
    umask(022);
    if (chdir("/"))
        return 1;
    int got = packet_receive(CONTROL, &plan);
    if (got == 0)
        return 0;
    if (got < 0 || !packet_is(&plan, "DRAIN", DRAIN_KEYS, DRAIN_FDS) || !log_is_good(&plan))
        return report_failure("protocol", EINVAL);
    m.pidfd = packet_fd(&plan, "pidfd", 0);
    m.ready = -1;
    int console = packet_fd(&plan, "console", 0);
    if (m.pidfd < 0 || console < 0)
        return report_failure("protocol", EINVAL);
    begin_log(&plan);
    if (lock_rundir())
        return report_failure("lock", errno);
    m.slave = -1;
    if (isatty(console)) {
        m.console = at_known_number(console);
        hold_terminal();
    } else {
        m.console = at_known_number(reopen(console, O_RDONLY | O_NONBLOCK));
        close(console);
    }
    if (m.console < 0)
        return report_failure("pipe", errno);
    plan.count = 0;         /* the others stay open to the end */
    packet_drop(&plan);
    packet_send(CONTROL, "DRAINING", sizeof "DRAINING", NULL, 0);
    watch();
    return 0;
}
