/* The monitor and pid 1: commit point, exit status, log, and what survives whom. */
#define _GNU_SOURCE
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int gone(void *pid)
{
    waitpid(*(int *)pid, NULL, WNOHANG);
    return !alive(*(int *)pid);
}

static int log_shows(struct boot *b, const char *word, int seconds)
{
    for (long long end = now_ms() + seconds * 1000LL; now_ms() < end; usleep(2000))
        if (strstr(boot_file(b, "t.log"), word))
            return 1;
    return 0;
}

static void small_boot(void)
{
    struct boot b = boot_run("hostname; pwd; echo pid $$; exec /.reaper t");
    CHECK(says(&b.answer, "STARTED"));
    CHECK(b.pid > 1 && alive(b.pid));
    CHECK(log_shows(&b, "pid 1", 3));
    CHECK(strstr(boot_file(&b, "t.log"), "ctest\n/\n"));
    char expect[40];
    sprintf(expect, "%d ", b.pid);
    CHECK(!strncmp(boot_file(&b, "pid"), expect, strlen(expect)));
    CHECK(strchr(boot_file(&b, "pid"), '\n'));
    CHECK(strstr(in_subhost(&b, "tr '\\0' ' ' </proc/1/cmdline"), "/.reaper t"));
    boot_end(&b);
}

static void exit_status(void)
{
    struct boot b = boot_spawn();
    boot_plan(&b, "exit 37", NULL);
    boot_go(&b);
    CHECK(boot_ended(&b, 5) == 0);
    int status = 0;
    long long at = 0;
    CHECK(sscanf(boot_file(&b, "exit"), "exited %d %lld\n", &status, &at) == 2);
    CHECK(status == 37 && llabs(at - time(NULL)) < 5);
    boot_end(&b);
}

static void exit_by_signal(void)
{
    struct boot b = boot_run("exec /.reaper t");
    kill(b.pid, SIGKILL);
    CHECK(boot_ended(&b, 5) == 0);
    CHECK(!strncmp(boot_file(&b, "exit"), "killed 9 ", 9));
    boot_end(&b);
}

static void no_go(void)
{
    struct boot b = boot_spawn();
    boot_plan(&b, "touch /run/here; exec /.reaper t", NULL);
    close(b.control);
    b.control = -1;
    CHECK(boot_ended(&b, 5) >= 0);
    CHECK(wait_until(gone, &b.pid, 3));
    CHECK(!*boot_file(&b, "pid") && !*boot_file(&b, "exit"));
    boot_end(&b);
}

static void monitor_killed_before_go(void)
{
    struct boot b = boot_spawn();
    boot_plan(&b, "exec /.reaper t", NULL);
    kill(b.monitor, SIGKILL);
    boot_ended(&b, 5);
    CHECK(wait_until(gone, &b.pid, 3));
    struct message m;
    CHECK(message_receive(b.control, &m, 3) == 0);      /* no copy of the socket is left anywhere */
    boot_end(&b);
}

static void no_plan(void)
{
    struct boot b = boot_spawn();
    close(b.control);
    b.control = -1;
    CHECK(boot_ended(&b, 5) == 0);
    boot_end(&b);
}

static void refused(const char *key, const char *verb)
{
    struct boot b = boot_spawn();
    message_send(b.control, NULL, 0, verb, "arg=/bin/true", key, NULL);
    struct message m;
    CHECK(message_receive(b.control, &m, 5) == 1 && says(&m, "FAILED"));
    CHECK(!strcmp(message_value(&m, "step="), "protocol") && atoi(message_value(&m, "errno=")) == EINVAL);
    CHECK(boot_ended(&b, 5) == 1);
    boot_end(&b);
}

static void unknown_words(void)
{
    refused("colour=red", "PLAN");
    refused("hostname=x", "BOOT");
    refused("logcap=ten", "PLAN");
    refused("logname=../x", "PLAN");
    refused("fds=mnt", "PLAN");                 /* named, but not sent */
    refused("hostname=x", "PLAN");              /* no descriptors at all */
}

static void unknown_key_in_a_good_plan(void)
{
    struct boot b = boot_spawn();
    boot_plan(&b, "exit 0", "shape=round", NULL);
    CHECK(says(&b.answer, "FAILED") && !strcmp(message_value(&b.answer, "step="), "protocol"));
    boot_end(&b);
}

static void lock_is_held(void)
{
    struct boot b = boot_run("exec /.reaper t"), second = boot_spawn();
    struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int fd = openat(b.rundir, "mon", O_RDWR | O_CLOEXEC);
    CHECK(fd >= 0 && !fcntl(fd, F_GETLK, &l) && l.l_type == F_WRLCK && l.l_pid == b.monitor);
    close(fd);
    close(second.rundir);
    second.rundir = dup(b.rundir);
    boot_plan(&second, "exit 0", NULL);
    CHECK(says(&second.answer, "FAILED") && !strcmp(message_value(&second.answer, "step="), "lock"));
    boot_end(&second);
    boot_end(&b);
}

static void failing_step_is_named(void)
{
    struct boot b = boot_spawn();
    boot_plan(&b, "exit 0", "hostname=ignored", NULL);      /* the first one wins */
    boot_go(&b);
    boot_ended(&b, 5);
    boot_end(&b);
    b = boot_spawn();
    boot_plan(&b, "mkdir /x", "ro=/etc/passwd/x", NULL);
    boot_go(&b);
    CHECK(!strcmp(boot_ready(&b, 5), "fail ro 20\n"));
    CHECK(boot_ended(&b, 5) == 0);
    CHECK(!strncmp(boot_file(&b, "exit"), "exited 1 ", 9));
    boot_end(&b);
}

static void missing_init(void)
{
    struct boot b = boot_spawn();
    struct root r = root_make();
    int log = openat(b.rundir, "t.log", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    message_send(b.control, (int[]){ r.mnt, r.net, r.live, log, b.rundir }, 5, "PLAN", "arg=/no/such/init",
                 "fds=mnt net live log rundir", NULL);
    root_close(&r);
    CHECK(message_receive(b.control, &b.answer, 5) == 1 && b.answer.count == 3);
    b.pidfd = b.answer.fds[0], b.ready = b.answer.fds[1], b.console = b.answer.fds[2];
    boot_go(&b);
    CHECK(!strcmp(boot_ready(&b, 5), "fail exec 2\n"));
    CHECK(boot_ended(&b, 5) == 0 && !strncmp(boot_file(&b, "exit"), "exited 127 ", 11));
    close(log);
    boot_end(&b);
}

static void daemon_gone(void)
{
    struct boot b = boot_spawn();
    boot_plan(&b, "until [ -e /run/go ]; do sleep 0.01; done; echo start ssh >&3; i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done;"
              "echo done ssh 0 >&3; while [ -e /run/go ]; do sleep 0.01; done; echo last words; exit 3", NULL);
    boot_go(&b);
    /* the shell waits for a file, so that everything it says falls into the time without a daemon */
    close(b.control), close(b.ready), close(b.console);
    b.control = b.ready = b.console = -1;
    usleep(50000);
    CHECK(!boot_file_inside(&b, "/run/go", O_WRONLY | O_CREAT));
    for (int i = 0; i < 1000 && !strstr(boot_file(&b, "progress"), "done ssh"); i++)
        usleep(2000);
    CHECK(alive(b.pid) && !strcmp(boot_file(&b, "progress"), "start ssh\ndone ssh 0\n"));
    CHECK(!boot_file_inside(&b, "/run/go", 0));
    CHECK(boot_ended(&b, 10) == 0);
    CHECK(!strncmp(boot_file(&b, "exit"), "exited 3 ", 9));
    CHECK(strstr(boot_file(&b, "t.log"), "line 1999\nlast words\n"));
    boot_end(&b);
}

static void rotation(void)
{
    struct boot b = boot_spawn();
    boot_plan(&b, "i=0; while [ $i -lt 4000 ]; do echo line number $i; i=$((i+1)); [ $((i%50)) = 0 ] && sleep 0.01; done; echo the end",
              "logcap=20000", "logkeep=2", NULL);
    boot_go(&b);
    CHECK(boot_ended(&b, 20) == 0);
    struct stat s[3];
    CHECK(!fstatat(b.rundir, "t.log", &s[0], 0) && !fstatat(b.rundir, "t.log.1", &s[1], 0) && !fstatat(b.rundir, "t.log.2", &s[2], 0));
    CHECK(s[0].st_size <= 20000 && s[1].st_size <= 20000 && s[2].st_size <= 20000);
    CHECK((s[0].st_mode & 07777) == 0640);
    CHECK(faccessat(b.rundir, "t.log.3", F_OK, 0) && errno == ENOENT);
    CHECK(strstr(boot_file(&b, "t.log"), "the end\n"));
    boot_end(&b);
}

static void rotation_follows_no_link(void)
{
    struct boot b = boot_spawn();
    char victim[400];
    snprintf(victim, sizeof victim, "%s/victim", b.dir);
    close(open(victim, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    CHECK(!symlinkat("victim", b.rundir, "t.log.1"));
    boot_plan(&b, "head -c 30000 /dev/zero | tr '\\0' x; sleep 0.05; head -c 3000 /dev/zero | tr '\\0' y",
              "logcap=20000", "logkeep=1", NULL);
    boot_go(&b);
    CHECK(boot_ended(&b, 10) == 0);
    struct stat s;
    CHECK(!stat(victim, &s) && s.st_size == 0);
    boot_end(&b);
}

/* Where no new file can be made (the directory is gone here, the disk full elsewhere) the cap still holds. */
static void rotation_fails(void)
{
    struct boot b = boot_spawn();
    char gone_dir[400];
    snprintf(gone_dir, sizeof gone_dir, "%s/gone", b.dir);
    mkdir(gone_dir, 0700);
    close(b.logdir);
    b.logdir = open(gone_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    rmdir(gone_dir);
    boot_plan(&b, "for i in 1 2 3 4 5 6; do head -c 5000 /dev/zero; sleep 0.02; done; exit 2", "logcap=20000", "logkeep=2", NULL);
    boot_go(&b);
    CHECK(boot_ended(&b, 10) == 0 && !strncmp(boot_file(&b, "exit"), "exited 2 ", 9));
    struct stat s;
    CHECK(!fstatat(b.rundir, "t.log", &s, 0) && s.st_size > 0 && s.st_size <= 20000);
    boot_end(&b);
}

static void full_disk(void)
{
    struct boot b = boot_spawn();
    struct root r = root_make();
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    message_send(b.control, (int[]){ r.mnt, r.net, r.live, full, b.rundir }, 5, "PLAN", "arg=/bin/sh", "arg=-c",
                 "arg=head -c 5000000 /dev/zero; exit 5", "env=PATH=/usr/bin:/bin", "fds=mnt net live log rundir", NULL);
    root_close(&r);
    CHECK(message_receive(b.control, &b.answer, 5) == 1);
    boot_go(&b);
    CHECK(boot_ended(&b, 10) == 0 && !strncmp(boot_file(&b, "exit"), "exited 5 ", 9));
    close(full);
    boot_end(&b);
}

static void dead_monitor(void)
{
    struct boot b = boot_run("(sleep 0.3; i=0; while [ $i -lt 100 ]; do echo still writing $i || exit 1; i=$((i+1)); done;"
                             "touch /run/wrote; exec sleep 1000) & exec /.reaper t");
    kill(b.monitor, SIGKILL);
    boot_ended(&b, 5);
    close(b.console), close(b.control), close(b.ready);
    b.console = b.control = b.ready = -1;
    for (int i = 0; i < 300 && !strstr(in_subhost(&b, "ls /run"), "wrote"); i++)
        usleep(10000);
    CHECK(strstr(in_subhost(&b, "ls /run"), "wrote"));
    CHECK(alive(b.pid));
    boot_end(&b);
    CHECK(wait_until(gone, &b.pid, 3));
}

/* Processor time in clock ticks, fields 14 and 15 of stat. */
static unsigned long ticks(pid_t pid)
{
    char path[60];
    unsigned long user = 0, system = 0;
    sprintf(path, "/proc/%d/stat", pid);
    sscanf(strrchr(slurp(AT_FDCWD, path), ')'), ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    return user + system;
}

static void console_closed_by_all(void)
{
    struct boot b = boot_run("exec >/dev/null 2>&1; sleep 1000 & exec /.reaper t");
    usleep(50000);
    close(b.control), b.control = -1;
    usleep(50000);
    unsigned long before = ticks(b.monitor);
    usleep(300000);
    CHECK(ticks(b.monitor) - before <= 2);
    boot_end(&b);
}

static void last_words(void)
{
    struct boot b = boot_spawn();
    boot_plan(&b, "until [ -e /run/go ]; do sleep 0.01; done; exec head -c 500000 /dev/zero", NULL);
    boot_go(&b);
    for (int i = 0; i < 1000 && !*boot_file(&b, "pid"); i++)
        usleep(2000);
    usleep(50000);
    kill(b.monitor, SIGSTOP);       /* all of it waits in the pipe when pid 1 ends */
    CHECK(!boot_file_inside(&b, "/run/go", O_WRONLY | O_CREAT));
    CHECK(wait_until(gone, &b.pid, 5));
    kill(b.monitor, SIGCONT);
    CHECK(boot_ended(&b, 10) == 0);
    struct stat s;
    CHECK(!fstatat(b.rundir, "t.log", &s, 0) && s.st_size == 500000);
    boot_end(&b);
}

static int only_standard(void *pid)
{
    return fds_above_two(*(pid_t *)pid) == 0;
}

static void descriptors(void)
{
    struct boot b = boot_run("sleep 1000 3>&- & exec /.reaper t");
    pid_t sleeper = host_pid(&b, "sleep");
    CHECK(wait_until(only_standard, &b.pid, 2));        /* "ready" is said a moment before 3 is closed */
    CHECK(sleeper && wait_until(only_standard, &sleeper, 2));
    char link[100] = "";
    char path[60];
    sprintf(path, "/proc/%d/fd/0", b.pid);
    CHECK(readlink(path, link, sizeof link - 1) > 0 && !strcmp(link, "/dev/null"));
    sprintf(path, "/proc/%d/fd", b.monitor);
    CHECK(fds_above_two(b.monitor) <= 9);
    boot_end(&b);
    b = boot_run("sleep 1000 3>&- & exec sh -c 'exec 3>&-; sleep 1001'");
    CHECK(wait_until(only_standard, &b.pid, 2));        /* sleep has libraries to open first */
    boot_end(&b);
}

static void null_must_be_null(void)
{
    struct boot b = boot_spawn();
    boot_plan(&b, "exec /.reaper t", NULL);
    /* pid 1 waits at the gate: its null is replaced meanwhile */
    CHECK(!boot_file_inside(&b, "/dev/null", 0) && !boot_file_inside(&b, "/dev/null", O_WRONLY | O_CREAT));
    boot_go(&b);
    CHECK(!strcmp(boot_ready(&b, 5), "fail console 19\n"));
    boot_end(&b);
}

static void memory(void)
{
    struct boot b = boot_run("exec /.reaper t");
    const char *names[] = { "monitor", "reaper", "dummy_service" };
    pid_t pids[] = { b.monitor, b.pid, host_pid(&b, "dummy_service") };
    for (int i = 0; i < 3; i++) {
        char path[60];
        int rss = 0, anonymous = 0, pss = 0;
        sprintf(path, "/proc/%d/smaps_rollup", pids[i]);
        char *s = slurp(AT_FDCWD, path), *at;
        if ((at = strstr(s, "Rss:")))
            sscanf(at, "Rss: %d", &rss);
        if ((at = strstr(s, "Pss:")))
            sscanf(at, "Pss: %d", &pss);
        if ((at = strstr(s, "Anonymous:")))
            sscanf(at, "Anonymous: %d", &anonymous);
        note("%s: RSS %d kB, PSS %d kB, anonymous %d kB", names[i], rss, pss, anonymous);
        CHECK(rss > 0 && rss <= 100);
    }
    boot_end(&b);
}

/* The daemon may be protected from the OOM killer, a JVM raises its soft limit of descriptors: neither is for subhosts. */
static void ordinary_limits(void)
{
    char kept[20], adjusted[20];
    struct rlimit before, high;
    snprintf(kept, sizeof kept, "%s", slurp(AT_FDCWD, "/proc/self/oom_score_adj"));
    getrlimit(RLIMIT_NOFILE, &before);
    high = before;
    high.rlim_cur = high.rlim_max;
    setrlimit(RLIMIT_NOFILE, &high);
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    write(fd, "50", 2);
    umask(077);
    struct boot b = boot_run("ulimit -Sn; ulimit -Hn; umask; cat /proc/self/oom_score_adj; exec /.reaper t");
    CHECK(log_shows(&b, "0022\n0\n", 3));
    char *log = boot_file(&b, "t.log");
    CHECK(atoi(log) == (high.rlim_max < 1024 ? (int)high.rlim_max : 1024));
    snprintf(adjusted, sizeof adjusted, "\n%lu\n", (unsigned long)high.rlim_max);
    CHECK(strstr(log, adjusted));
    boot_end(&b);
    umask(022);
    write(fd, kept, strlen(kept));
    close(fd);
    setrlimit(RLIMIT_NOFILE, &before);
}

static void restarts_of_the_daemon_leave_late_packets(void)
{
    struct boot b = boot_run("exec /.reaper t");
    message_send(b.control, NULL, 0, "GO", NULL);
    struct message m;
    CHECK(message_receive(b.control, &m, 5) == 1 && says(&m, "FAILED"));
    CHECK(alive(b.pid) && alive(b.monitor));
    boot_end(&b);
}

static void init_died_before_go(void)
{
    struct boot b = boot_spawn();
    boot_plan(&b, "exec /.reaper t", NULL);
    kill(b.pid, SIGKILL);
    CHECK(wait_until(gone, &b.pid, 3));
    boot_go(&b);
    CHECK(boot_ended(&b, 5) == 0);
    char expect[40];
    sprintf(expect, "%d ", b.pid);
    CHECK(!strncmp(boot_file(&b, "pid"), expect, strlen(expect)));
    CHECK(!strncmp(boot_file(&b, "exit"), "killed 9 ", 9));
    boot_end(&b);
}

void monitor_tests(void)
{
    test("a small root boots and is as planned", small_boot);
    test("the exit status of pid 1 is recorded", exit_status);
    test("the signal that ended pid 1 is recorded", exit_by_signal);
    test("the daemon's end before GO undoes everything", no_go);
    test("a monitor killed before GO takes pid 1 along and hides no end of its socket", monitor_killed_before_go);
    test("a spare monitor without a plan just ends", no_plan);
    test("unknown words are a protocol failure", unknown_words);
    test("an unknown key in a good plan is a protocol failure", unknown_key_in_a_good_plan);
    test("the lock names the monitor and keeps a second one out", lock_is_held);
    test("a failing step is named with its errno", failing_step_is_named);
    test("an absent init is 127", missing_init);
    test("console, progress and status survive without a daemon", daemon_gone);
    test("the log is rotated at its cap", rotation);
    test("rotation follows no symlink", rotation_follows_no_link);
    test("where the log cannot be rotated the cap holds", rotation_fails);
    test("a full disk stops no writer", full_disk);
    test("a dead monitor breaks no writer", dead_monitor);
    test("everything written before the end is in the log", last_words);
    test("a console without writers does not make the monitor spin", console_closed_by_all);
    test("no process has a descriptor but 0-2 after ready", descriptors);
    test("a null device that is none is refused", null_must_be_null);
    test("a pid 1 that died before GO is still reported truthfully", init_died_before_go);
    test("packets after GO are refused and harm nothing", restarts_of_the_daemon_leave_late_packets);
    test("the daemon's own limits do not pass to subhosts", ordinary_limits);
    test("monitor and reaper are small", memory);
}
