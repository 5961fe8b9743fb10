/* See harness.h. */
#define _GNU_SOURCE
#include "harness.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

char programs[256], scratch[256], self[256];
static int passed, failed, bad_checks;
static const char *only;

void test(const char *sentence, void (*body)(void))
{
    if (only && !strstr(sentence, only))
        return;
    bad_checks = 0;
    body();
    printf("%s %s\n", bad_checks ? "FAILED" : "ok    ", sentence);
    fflush(stdout);
    bad_checks ? failed++ : passed++;
}

void check_that(int good, const char *what, const char *file, int line)
{
    if (good)
        return;
    bad_checks++;
    printf("       %s:%d: not so: %s\n", strrchr(file, '/') ? strrchr(file, '/') + 1 : file, line, what);
}

void note(const char *format, ...)
{
    va_list a;
    va_start(a, format);
    printf("       ");
    vprintf(format, a);
    printf("\n");
    va_end(a);
}

int results(void)
{
    printf("%d passed, %d failed\n", passed, failed);
    return failed ? 1 : 0;
}

static void must(int good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "harness: %s: %s\n", what, strerror(errno));
    exit(2);
}

long long now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void send_text(int socket, const char *text, size_t size, const int *fds, int count)
{
    union { struct cmsghdr h; char room[CMSG_SPACE(16 * sizeof(int))]; } c = { 0 };
    struct iovec io = { (void *)text, size };
    struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1 };
    if (count) {
        m.msg_control = &c;
        m.msg_controllen = CMSG_SPACE(count * sizeof(int));
        c.h.cmsg_level = SOL_SOCKET;
        c.h.cmsg_type = SCM_RIGHTS;
        c.h.cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(&c.h), fds, count * sizeof(int));
    }
    if (sendmsg(socket, &m, MSG_NOSIGNAL) < 0 && errno != EPIPE && errno != ECONNRESET)
        must(0, "sendmsg");
}

static size_t add_strings(char *text, size_t size, va_list strings)
{
    for (const char *s; (s = va_arg(strings, const char *)); size += strlen(s) + 1)
        strcpy(text + size, s);
    return size;
}

void message_send(int socket, const int *fds, int count, const char *first, ...)
{
    static char text[200000];
    strcpy(text, first);
    va_list more;
    va_start(more, first);
    size_t size = add_strings(text, strlen(first) + 1, more);
    va_end(more);
    send_text(socket, text, size, fds, count);
}

int message_receive(int socket, struct message *m, int seconds)
{
    union { struct cmsghdr h; char room[CMSG_SPACE(16 * sizeof(int))]; } c;
    struct iovec io = { m->text, sizeof m->text - 1 };
    struct msghdr h = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof c };
    struct pollfd q = { socket, POLLIN, 0 };
    m->count = 0;
    m->text[0] = 0;
    if (poll(&q, 1, seconds * 1000) <= 0)
        return -1;
    m->size = recvmsg(socket, &h, MSG_CMSG_CLOEXEC);
    if (m->size <= 0)
        return 0;
    m->text[m->size] = 0;
    struct cmsghdr *a = CMSG_FIRSTHDR(&h);
    if (a && a->cmsg_type == SCM_RIGHTS) {
        m->count = (a->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(m->fds, CMSG_DATA(a), m->count * sizeof(int));
    }
    return 1;
}

const char *message_value(const struct message *m, const char *key)
{
    for (const char *s = m->text; s < m->text + m->size; s += strlen(s) + 1)
        if (!strncmp(s, key, strlen(key)))
            return s + strlen(key);
    return "";
}

int says(const struct message *m, const char *verb)
{
    return !strcmp(m->text, verb);
}

/* ---- the root */

static void fill_dev(void)
{
    static const struct { const char *name; int major, minor; } nodes[] = {
        { "null", 1, 3 }, { "zero", 1, 5 }, { "full", 1, 7 }, { "random", 1, 8 }, { "urandom", 1, 9 }, { "tty", 5, 0 } };
    must(!mount("tmpfs", "dev", "tmpfs", 0, "mode=755"), "mount dev");
    for (unsigned i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        char path[40];
        sprintf(path, "dev/%s", nodes[i].name);
        must(!mknod(path, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)), path);
    }
    mkdir("dev/pts", 0755);
    mkdir("dev/shm", 01777);
    must(!mount("devpts", "dev/pts", "devpts", 0, "newinstance,ptmxmode=666,mode=620"), "mount devpts");
    symlink("pts/ptmx", "dev/ptmx");
    symlink("/proc/self/fd", "dev/fd");
}

static void copy_program(const char *from, const char *to)
{
    static char buffer[1 << 20];
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
    must(in >= 0 && out >= 0, from);
    ssize_t n = read(in, buffer, sizeof buffer);
    must(n > 0 && write(out, buffer, n) == n, to);
    close(in);
    close(out);
}

/* Everything lies on a tmpfs of the new mount namespace: it ends with the namespace, the host has nothing to undo. */
static void build_root(void)
{
    char options[600], reaper[300];
    umask(0);
    must(!mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), "make private");
    must(!mount("tmpfs", scratch, "tmpfs", 0, NULL) && !chdir(scratch), "mount scratch");
    mkdir("upper", 0755), mkdir("work", 0755), mkdir("live", 0755);
    snprintf(options, sizeof options, "lowerdir=/,upperdir=%s/upper,workdir=%s/work", scratch, scratch);
    must(!mount("overlay", "live", "overlay", MS_NODEV, options) && !chdir("live"), "mount overlay");
    fill_dev();
    must(!mount("tmpfs", "run", "tmpfs", 0, "mode=755"), "mount run");
    must(!mount("sysfs", "sys", "sysfs", 0, NULL), "mount sys");
    snprintf(reaper, sizeof reaper, "%s/reaper", programs);
    copy_program(reaper, ".reaper");
    mkdir("tmp", 01777);
    umask(022);
}

/* Both are made by a child, so that this process stays in the host's namespaces; the descriptors come by socket. */
struct root root_make(void)
{
    int pair[2];
    must(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), "socketpair");
    pid_t child = fork();
    if (child == 0) {
        must(!unshare(CLONE_NEWNET | CLONE_NEWNS), "unshare");
        build_root();
        int fds[] = { open("/proc/self/ns/mnt", O_RDONLY), open("/proc/self/ns/net", O_RDONLY), open(".", O_PATH | O_DIRECTORY) };
        message_send(pair[1], fds, 3, "root", NULL);
        _exit(0);
    }
    struct message m;
    close(pair[1]);
    must(message_receive(pair[0], &m, 10) == 1 && m.count == 3, "the root's descriptors");
    close(pair[0]);
    waitpid(child, NULL, 0);
    return (struct root){ m.fds[0], m.fds[1], m.fds[2], -1 };
}

static void map_ids(pid_t pid, const char *kind)
{
    char path[60], map[60];
    sprintf(path, "/proc/%d/%s", pid, kind);
    int fd = open(path, O_WRONLY | O_CLOEXEC), size = sprintf(map, "0 %d %d\n", IDS_START, IDS_COUNT);
    must(write(fd, map, size) == size, path);
    close(fd);
}

void root_map(struct root *r)
{
    int pair[2];
    must(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), "socketpair");
    pid_t child = fork();
    if (child == 0) {
        must(!unshare(CLONE_NEWUSER) && !unshare(CLONE_NEWNET), "unshare");
        int fds[] = { open("/proc/self/ns/user", O_RDONLY), open("/proc/self/ns/net", O_RDONLY) };
        message_send(pair[1], fds, 2, "made", NULL);
        _exit(0);
    }
    struct message m;
    close(pair[1]);
    must(message_receive(pair[0], &m, 10) == 1 && m.count == 2, "the user namespace's descriptors");
    close(pair[0]);
    map_ids(child, "uid_map"), map_ids(child, "gid_map");       /* a zombie still has them */
    waitpid(child, NULL, 0);
    close(r->net);
    r->user = m.fds[0], r->net = m.fds[1];
}

void root_close(struct root *r)
{
    close(r->mnt), close(r->net), close(r->live);
    if (r->user >= 0)
        close(r->user);
}

/* ---- processes */

pid_t spawn(char *const argv[], const int fds[], int count)
{
    pid_t pid = fork();
    if (pid)
        return pid;
    int high[16];
    for (int i = 0; i < count; i++)
        high[i] = fcntl(fds[i], F_DUPFD, 100);
    for (int i = 0; i < count; i++)
        dup2(high[i], i);
    close_range(count, ~0U, 0);
    setsid();
    execvp(argv[0], argv);
    _exit(127);
}

int alive(pid_t pid)
{
    char path[40], *s;
    sprintf(path, "/proc/%d/stat", pid);
    s = strrchr(slurp(AT_FDCWD, path), ')');
    return s && s[2] != 'Z' && s[2] != 'X';
}

int wait_until(int (*true_now)(void *), void *with, int seconds)
{
    for (long long end = now_ms() + seconds * 1000LL; now_ms() < end; usleep(2000))
        if (true_now(with))
            return 1;
    return 0;
}

int wait_exit(pid_t pid, int seconds)
{
    int status, fd = syscall(SYS_pidfd_open, pid, 0);
    struct pollfd q = { fd, POLLIN, 0 };
    int got = poll(&q, 1, seconds * 1000);
    close(fd);
    if (got <= 0)
        kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return got <= 0 ? -1 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int fds_above_two(pid_t pid)
{
    char path[40];
    int n = 0;
    sprintf(path, "/proc/%d/fd", pid);
    DIR *d = opendir(path);
    if (!d)
        return -1;
    for (struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] != '.' && atoi(e->d_name) > 2;
    closedir(d);
    return n;
}

char *slurp(int dir, const char *path)
{
    static char buffers[4][1 << 18];
    static int turn;
    char *b = buffers[turn++ % 4];
    int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
    ssize_t n = 0, got;
    while (fd >= 0 && n < (1 << 18) - 1 && (got = read(fd, b + n, (1 << 18) - 1 - n)) > 0)
        n += got;
    if (fd >= 0)
        close(fd);
    b[n] = 0;
    return b;
}

static pid_t host_pid_now(struct boot *b, const char *word)
{
    char mine[64], theirs[64], path[60];
    sprintf(path, "/proc/%d/ns/pid", b->pid);
    mine[readlink(path, mine, sizeof mine - 1)] = 0;
    DIR *d = opendir("/proc");
    pid_t found = 0;
    for (struct dirent *e; (e = readdir(d)) && !found;) {
        if (atoi(e->d_name) <= 0)
            continue;
        sprintf(path, "/proc/%.20s/ns/pid", e->d_name);
        ssize_t n = readlink(path, theirs, sizeof theirs - 1);
        if (n <= 0)
            continue;
        theirs[n] = 0;
        sprintf(path, "/proc/%.20s/cmdline", e->d_name);
        if (strcmp(mine, theirs))
            continue;
        char *line = slurp(AT_FDCWD, path);
        for (char *s = line; *s; s += strlen(s) + 1)
            if (!strcmp(s, word))
                found = atoi(e->d_name);
    }
    closedir(d);
    return found;
}

pid_t host_pid(struct boot *b, const char *word)
{
    pid_t pid = 0;
    for (long long end = now_ms() + 1000; !pid && now_ms() < end; usleep(1000))
        pid = host_pid_now(b, word);
    return pid;
}

char *in_subhost(struct boot *b, const char *script)
{
    static char out[1 << 16];
    char pid[20];
    int p[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
    must(!pipe2(p, O_CLOEXEC), "pipe");
    sprintf(pid, "%d", b->pid);
    char *argv[] = { "nsenter", "-a", "-t", pid, "sh", "-c", (char *)script, NULL };
    pid_t child = spawn(argv, (int[]){ null, p[1], p[1] }, 3);
    close(p[1]), close(null);
    ssize_t n = 0, got;
    while ((got = read(p[0], out + n, sizeof out - 1 - n)) > 0)
        n += got;
    out[n] = 0;
    close(p[0]);
    waitpid(child, NULL, 0);
    return out;
}

/* ---- the monitor */

struct boot boot_spawn(void)
{
    static int number;
    struct boot b = { .pidfd = -1, .ready = -1, .console = -1 };
    char reaper[300];
    int pair[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
    snprintf(b.dir, sizeof b.dir, "%s/run%d", scratch, ++number);
    mkdir(b.dir, 0700);
    b.rundir = open(b.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    b.logdir = open(b.dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    b.lock = open(b.dir, O_RDONLY | O_CLOEXEC);
    must(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), "socketpair");
    snprintf(reaper, sizeof reaper, "%s/reaper", programs);
    char *argv[] = { reaper, "--monitor", NULL };
    b.monitor = spawn(argv, (int[]){ null, null, null, pair[1] }, 4);
    b.control = pair[0];
    close(pair[1]), close(null);
    return b;
}

void boot_plan(struct boot *b, const char *script, ...)
{
    struct root r = root_make();
    char text[8192], init[4096];
    int log = openat(b->rundir, "t.log", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    snprintf(init, sizeof init, "arg=%s", script);
    int fds[] = { r.mnt, r.net, r.live, log, b->logdir, b->rundir, b->lock };
    static const char head[] = "PLAN\0name=t\0hostname=ctest\0logname=t.log\0arg=/bin/sh\0arg=-c\0"
        "env=PATH=/usr/sbin:/usr/bin:/sbin:/bin\0env=LC_ALL=C.UTF-8\0fds=mnt net live log logdir rundir lock";
    memcpy(text, head, sizeof head);
    strcpy(text + sizeof head, init);
    va_list more;
    va_start(more, script);
    size_t size = add_strings(text, sizeof head + strlen(init) + 1, more);
    va_end(more);
    send_text(b->control, text, size, fds, 7);
    root_close(&r);
    close(log);
    if (message_receive(b->control, &b->answer, 10) != 1 || !says(&b->answer, "STARTED") || b->answer.count != 3)
        return;
    b->pid = atoi(message_value(&b->answer, "pid="));
    b->pidfd = b->answer.fds[0];
    b->ready = b->answer.fds[1];
    b->console = b->answer.fds[2];
}

/* Before pid 1 has changed its root, /proc/PID/root is the host's: nobody may touch anything there. */
static int has_pivoted(void *with)
{
    char path[60];
    struct stat host, its;
    sprintf(path, "/proc/%d/root", ((struct boot *)with)->pid);
    return !stat("/", &host) && !stat(path, &its) && (its.st_dev != host.st_dev || its.st_ino != host.st_ino);
}

int boot_file_inside(struct boot *b, const char *name, int flags)
{
    char path[300];
    must(b->pid > 1, "open a file of a subhost that was not started");
    if (!wait_until(has_pivoted, b, 5))
        return -1;
    snprintf(path, sizeof path, "/proc/%d/root%s", b->pid, name);
    if (!flags)
        return unlink(path);
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    return fd < 0 ? -1 : 0;
}

void boot_go(struct boot *b)
{
    message_send(b->control, NULL, 0, "GO", NULL);
}

char *boot_ready(struct boot *b, int seconds)
{
    static char lines[8192];
    size_t n = 0;
    lines[0] = 0;
    struct pollfd q = { b->ready, POLLIN, 0 };
    for (long long end = now_ms() + seconds * 1000LL; n < sizeof lines - 1;) {
        if (poll(&q, 1, end - now_ms() > 0 ? end - now_ms() : 0) <= 0)
            break;
        ssize_t got = read(b->ready, lines + n, sizeof lines - 1 - n);
        if (got <= 0)
            break;
        lines[n += got] = 0;
        if (strstr(lines, "ready\n") || strstr(lines, "fail "))
            break;
    }
    return lines;
}

struct boot boot_run(const char *script)
{
    struct boot b = boot_spawn();
    boot_plan(&b, script, NULL);
    boot_go(&b);
    boot_ready(&b, 10);
    return b;
}

int boot_ended(struct boot *b, int seconds)
{
    int status = wait_exit(b->monitor, seconds);
    b->monitor = 0;
    return status;
}

void boot_end(struct boot *b)
{
    if (b->pidfd >= 0)
        syscall(SYS_pidfd_send_signal, b->pidfd, SIGKILL, NULL, 0);
    if (b->monitor && boot_ended(b, 5) < 0)
        note("the monitor had to be killed");
    int fds[] = { b->control, b->pidfd, b->ready, b->console, b->rundir, b->logdir, b->lock };
    for (unsigned i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

char *boot_file(struct boot *b, const char *name)
{
    return slurp(b->rundir, name);
}

/* As subreaper this process is the last parent of everything the tests started. */
static int all_children_ended(void *unused)
{
    (void)unused;
    pid_t pid;
    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
        ;
    return pid < 0 && errno == ECHILD;
}

static void nothing_is_left(void)
{
    CHECK(wait_until(all_children_ended, NULL, 3));
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "--serve"))
        return serve_once();
    if (argc < 3)
        return 64;
    readlink("/proc/self/exe", self, sizeof self - 1);
    snprintf(programs, sizeof programs, "%s", argv[1]);
    snprintf(scratch, sizeof scratch, "%s", argv[2]);
    only = argc > 3 ? argv[3] : NULL;
    prctl(PR_SET_CHILD_SUBREAPER, 1);       /* a pid 1 whose monitor was killed comes to us */
    signal(SIGPIPE, SIG_IGN);
    alarm(300);             /* a test that hangs ends all of it */
    monitor_tests();
    confinement_tests();
    drain_tests();
    reaper_tests();
    enter_tests();
    client_tests();
    if (!only)
        test("no process is left", nothing_is_left);
    return results();
}
