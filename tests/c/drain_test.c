/* --drain, which takes the place of a monitor that was killed; and what no signal ends. */
#define _GNU_SOURCE
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct drainer { pid_t pid; int control; struct message answer; };

static struct drainer drainer_spawn(void)
{
    struct drainer d = { 0 };
    char reaper[300];
    int pair[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
    snprintf(reaper, sizeof reaper, "%s/reaper", programs);
    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
    d.pid = spawn((char *[]){ reaper, "--drain", NULL }, (int[]){ null, null, null, pair[1] }, 4);
    d.control = pair[0];
    close(pair[1]), close(null);
    return d;
}

/* DRAIN for the pid 1 of b; key is one more key=value or NULL. */
static void drainer_tell(struct drainer *d, struct boot *b, const char *key)
{
    int log = openat(b->rundir, "t.log", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    int lock = open(b->dir, O_RDONLY | O_CLOEXEC);
    flock(lock, LOCK_EX | LOCK_NB);     /* the daemon takes it again before it hands it on */
    message_send(d->control, (int[]){ b->pidfd, b->console, log, b->logdir, b->rundir, lock }, 6, "DRAIN", "name=t", "logname=t.log",
                 "fds=pidfd console log logdir rundir lock", key, NULL);
    close(log), close(lock);
    if (message_receive(d->control, &d->answer, 5) != 1)
        d->answer.text[0] = 0;
}

/* A subhost whose monitor has been killed, and who stands in for it. */
static struct drainer take_over(struct boot *b, const char *key)
{
    kill(b->monitor, SIGKILL);
    boot_ended(b, 5);
    struct drainer d = drainer_spawn();
    drainer_tell(&d, b, key);
    return d;
}

static void drainer_end(struct drainer *d)
{
    if (d->control >= 0)
        close(d->control);
    kill(d->pid, SIGKILL);
    waitpid(d->pid, NULL, 0);
}

static int log_shows(struct boot *b, const char *word)
{
    for (long long end = now_ms() + 10000; now_ms() < end; usleep(5000))
        if (strstr(boot_file(b, "t.log"), word))
            return 1;
    return 0;
}

static pid_t lock_owner(struct boot *b)
{
    struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int fd = openat(b->rundir, "mon", O_RDWR | O_CLOEXEC), got = fcntl(fd, F_GETLK, &l);
    close(fd);
    return got || l.l_type == F_UNLCK ? 0 : l.l_pid;
}

/* Four megabytes: more than any pipe holds, so the writer would block if nobody drained. */
static void drains(void)
{
    struct boot b = boot_run("(until [ -e /run/go ]; do sleep 0.01; done; head -c 4000000 /dev/zero | tr '\\0' x; echo; echo whole; sleep 1000) 3>&- &"
                             "exec /.reaper t");
    struct drainer d = take_over(&b, NULL);
    CHECK(says(&d.answer, "DRAINING"));
    close(d.control), d.control = -1;           /* and the daemon dies, too */
    close(b.console), close(b.control), close(b.ready);
    b.console = b.control = b.ready = -1;
    CHECK(!boot_file_inside(&b, "/run/go", O_WRONLY | O_CREAT));
    struct stat s;
    for (int i = 0; i < 2000 && (fstatat(b.rundir, "t.log", &s, 0) || s.st_size < 4000007); i++)
        usleep(5000);
    CHECK(s.st_size == 4000007);
    CHECK(alive(b.pid) && alive(d.pid));
    drainer_end(&d);
    boot_end(&b);
}

static void holds_the_locks_and_ends_with_pid_1(void)
{
    struct boot b = boot_run("exec /.reaper t");
    struct drainer d = take_over(&b, NULL);
    CHECK(says(&d.answer, "DRAINING"));
    CHECK(lock_owner(&b) == d.pid);
    int other = open(b.dir, O_RDONLY | O_CLOEXEC);
    CHECK(flock(other, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK);
    kill(b.pid, SIGKILL);
    CHECK(wait_exit(d.pid, 5) == 0);
    CHECK(!flock(other, LOCK_EX | LOCK_NB));
    CHECK(!*boot_file(&b, "exit"));             /* how it ended it cannot know, and does not say */
    close(other), close(d.control);
    boot_end(&b);
}

static void keeps_the_cap(void)
{
    struct boot b = boot_run("(until [ -e /run/go ]; do sleep 0.01; done; for i in 1 2 3 4 5 6 7 8; do head -c 5000 /dev/zero | tr '\\0' x; sleep 0.02; done;"
                             "echo; echo whole; sleep 1000) 3>&- & exec /.reaper t");
    kill(b.monitor, SIGKILL);
    boot_ended(&b, 5);
    struct drainer d = drainer_spawn();
    int log = openat(b.rundir, "t.log", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    message_send(d.control, (int[]){ b.pidfd, b.console, log, b.logdir, b.rundir }, 5, "DRAIN", "name=t", "logname=t.log", "logcap=12000", "logkeep=1",
                 "fds=pidfd console log logdir rundir", NULL);
    close(log);
    CHECK(message_receive(d.control, &d.answer, 5) == 1 && says(&d.answer, "DRAINING"));
    CHECK(!boot_file_inside(&b, "/run/go", O_WRONLY | O_CREAT));
    CHECK(log_shows(&b, "whole"));
    struct stat s[2];
    CHECK(!fstatat(b.rundir, "t.log", &s[0], 0) && !fstatat(b.rundir, "t.log.1", &s[1], 0));
    CHECK(s[0].st_size <= 12000 && s[1].st_size <= 12000);
    CHECK(faccessat(b.rundir, "t.log.2", F_OK, 0) && errno == ENOENT);
    drainer_end(&d);
    boot_end(&b);
}

static void not_beside_a_living_monitor(void)
{
    struct boot b = boot_run("exec /.reaper t");
    struct drainer d = drainer_spawn();
    drainer_tell(&d, &b, NULL);
    CHECK(says(&d.answer, "FAILED") && !strcmp(message_value(&d.answer, "step="), "lock"));
    CHECK(wait_exit(d.pid, 5) == 1);
    CHECK(lock_owner(&b) == b.monitor);
    close(d.control);
    boot_end(&b);
}

static void refuses_what_it_does_not_know(void)
{
    struct boot b = boot_run("exec /.reaper t");
    struct drainer d = drainer_spawn();
    close(d.control);                           /* nobody says anything */
    CHECK(wait_exit(d.pid, 5) == 0);
    d = take_over(&b, "colour=red");
    CHECK(says(&d.answer, "FAILED") && !strcmp(message_value(&d.answer, "step="), "protocol"));
    CHECK(wait_exit(d.pid, 5) == 1);
    close(d.control);
    d = drainer_spawn();                        /* all but the console */
    message_send(d.control, (int[]){ b.pidfd, b.logdir, b.rundir }, 3, "DRAIN", "name=t", "fds=pidfd log rundir", NULL);
    CHECK(message_receive(d.control, &d.answer, 5) == 1 && says(&d.answer, "FAILED"));
    CHECK(wait_exit(d.pid, 5) == 1);
    close(d.control);
    CHECK(alive(b.pid));
    boot_end(&b);
}

/* ---- signals */

/* Every signal but the two that no process can do anything about. */
static void all_signals(pid_t pid)
{
    for (int signal = 1; signal <= 64; signal++)
        if (signal != SIGKILL && signal != SIGSTOP)
            kill(pid, signal);
    usleep(50000);
}

/* TERM and its like are passed on, which ends a reaper only with its last child: this one does not hear. */
static const char deaf[] = "(trap '' TERM HUP INT PWR USR1 USR2 ALRM; exec sleep 1000) 3>&- & until [ \"$(cat /proc/$!/comm)\" = sleep ]; do sleep 0.01; done; exec /.reaper t";

static void no_signal_ends_them(void)
{
    struct boot b = boot_run(deaf);
    all_signals(b.monitor);
    CHECK(alive(b.monitor) && alive(b.pid));
    for (int i = 0; i < 20; i++)
        all_signals(b.pid);
    in_subhost(&b, "for i in 1 2 3 6 7 8 10 11 12 13 14 15 24 25 31 34 64; do kill -$i 1; done");   /* its own root */
    usleep(50000);
    CHECK(alive(b.monitor) && alive(b.pid));
    struct drainer d = take_over(&b, NULL);
    CHECK(says(&d.answer, "DRAINING"));
    all_signals(d.pid);
    CHECK(alive(d.pid) && alive(b.pid));
    drainer_end(&d);
    boot_end(&b);
}

void drain_tests(void)
{
    test("--drain: the console of a killed monitor is drained, with or without a daemon", drains);
    test("--drain: it holds the locks, and ends with pid 1", holds_the_locks_and_ends_with_pid_1);
    test("--drain: the log keeps its cap", keeps_the_cap);
    test("--drain: not beside a monitor that lives", not_beside_a_living_monitor);
    test("--drain: unknown words are a protocol failure", refuses_what_it_does_not_know);
    test("no signal but KILL ends monitor, reaper or drainer", no_signal_ends_them);
}
