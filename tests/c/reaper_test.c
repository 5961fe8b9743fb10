/* The reaper, the dummy service and --run. */
#define _GNU_SOURCE
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void dummy_ended_by_signal(void)
{
    struct boot b = boot_run("exec /.reaper t");
    pid_t dummy = host_pid(&b, "dummy_service");
    CHECK(dummy);
    CHECK(strstr(in_subhost(&b, "stat -c '%a %F' /run/dummy_service"), "600 fifo\n"));
    kill(dummy, SIGUSR1);
    CHECK(boot_ended(&b, 5) == 0);
    CHECK(!strncmp(boot_file(&b, "exit"), "exited 0 ", 9));
    boot_end(&b);
}

static void dummy_ended_by_writing(void)
{
    struct boot b = boot_run("echo stale >/run/dummy_service; exec /.reaper t");
    CHECK(host_pid(&b, "dummy_service"));
    in_subhost(&b, "echo stop >/run/dummy_service");
    CHECK(boot_ended(&b, 5) == 0);
    CHECK(!strncmp(boot_file(&b, "exit"), "exited 0 ", 9));
    boot_end(&b);
}

static void term_is_passed_on(void)
{
    struct boot b = boot_run("(trap 'echo got TERM; exit 0' TERM; echo armed; while :; do sleep 0.05; done) 3>&- & exec /.reaper t");
    for (int i = 0; i < 500 && !strstr(boot_file(&b, "t.log"), "armed"); i++)
        usleep(2000);
    CHECK(!host_pid(&b, "dummy_service"));
    kill(b.pid, SIGTERM);
    CHECK(boot_ended(&b, 5) == 0);
    CHECK(strstr(boot_file(&b, "t.log"), "got TERM\n"));
    CHECK(!strncmp(boot_file(&b, "exit"), "exited 0 ", 9));
    boot_end(&b);
}

static void ends_without_children(void)
{
    struct boot b = boot_run("sleep 0.2 3>&- & exec /.reaper t");
    CHECK(boot_ended(&b, 5) == 0);
    CHECK(!strncmp(boot_file(&b, "exit"), "exited 0 ", 9));
    boot_end(&b);
}

static void a_zombie_is_no_child(void)
{
    struct boot b = boot_run("true & sleep 0.05; exec /.reaper t");
    CHECK(host_pid(&b, "dummy_service"));
    boot_end(&b);
}

static void ready_is_said(void)
{
    struct boot b = boot_spawn();
    boot_plan(&b, "echo start ssh >&3; echo done ssh 0 >&3; exec /.reaper t", NULL);
    boot_go(&b);
    CHECK(!strcmp(boot_ready(&b, 5), "start ssh\ndone ssh 0\nready\n"));
    char byte;
    CHECK(read(b.ready, &byte, 1) == 0);        /* and nobody holds it any more */
    boot_end(&b);
}

/* ---- the storm: four parents make the orphans, the reaper of a pid namespace of its own takes them */

#define ORPHANS 100000
#define PARENTS 4

static void make_orphans(void)
{
    for (int i = 0; i < ORPHANS / PARENTS / 50; i++) {
        pid_t middle = fork();
        if (middle == 0) {
            for (int k = 0; k < 50; k++)
                if (vfork() == 0)       /* no copy of the memory: the forks should not be what is measured */
                    _exit(0);
            _exit(0);
        }
        waitpid(middle, NULL, 0);
    }
    _exit(0);
}

/* The reaper ends when the last orphan is reaped, so its whole life is measured. The forks and other jobs of the machine
 * are in that; what the reaper itself can do follows from the processor time it took. */
static void storm(void)
{
    int report[2], rss = 0;
    long long used = 0;
    pid_t init = 0;
    pipe2(report, O_CLOEXEC);
    pid_t outer = fork();
    if (outer == 0) {
        /* a /run of its own: a reaper gone wrong starts a dummy service, whose pipe is not to lie on the host's */
        unshare(CLONE_NEWPID | CLONE_NEWNS);
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
        mount("tmpfs", "/run", "tmpfs", 0, NULL);
        init = fork();
        if (init == 0) {
            char reaper[300];
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            snprintf(reaper, sizeof reaper, "%s/reaper", programs);
            for (int i = 0; i < PARENTS; i++)
                if (fork() == 0)
                    make_orphans();
            close_range(3, ~0U, 0);
            execl(reaper, "/.reaper", "storm", NULL);
            _exit(1);
        }
        write(report[1], &init, sizeof init);
        int status;
        waitpid(init, &status, 0);
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
    }
    long long begin = now_ms();
    CHECK(read(report[0], &init, sizeof init) == sizeof init && init > 0);
    for (char path[40], *at; alive(init) && now_ms() - begin < 60000; usleep(5000)) {
        sprintf(path, "/proc/%d/status", init);
        char *status = slurp(AT_FDCWD, path);
        if (strstr(status, "Name:\treaper") && (at = strstr(status, "VmRSS:")) && atoi(at + 6) > rss)
            rss = atoi(at + 6);
        sprintf(path, "/proc/%d/schedstat", init);
        long long now = atoll(slurp(AT_FDCWD, path));
        used = now > used ? now : used;
    }
    CHECK(wait_exit(outer, 5) == 0);
    long long rate = ORPHANS * 1000LL / (now_ms() - begin);
    long long able = used ? ORPHANS * 1000000000LL / used : 0;
    note("%d orphans of %d parents: %lld/s with their forks; the reaper alone %lld/s in %d kB", ORPHANS, PARENTS, rate, able, rss);
    CHECK(able >= 30000);
    CHECK(rss > 0 && rss <= 100);
    close(report[0]), close(report[1]);
}

static int zombies(pid_t init)
{
    char path[60], list[65536], *at = list, *end;
    int count = 0;
    sprintf(path, "/proc/%d/task/%d/children", init, init);
    snprintf(list, sizeof list, "%s", slurp(AT_FDCWD, path));
    for (long pid; (pid = strtol(at, &end, 10)) > 0; at = end)
        count += !alive((pid_t)pid);
    return count;
}

/* This reaper has a child that stays, so it lives on and can be looked at. */
static void no_zombies(void)
{
    struct boot b = boot_run("sleep 1000 3>&- & exec /.reaper t");
    in_subhost(&b, "i=0; while [ $i -lt 500 ]; do i=$((i+1)); (true & true & true & true &); done");
    long long begin = now_ms();
    int left;
    while ((left = zombies(b.pid)) && now_ms() - begin < 2000)
        usleep(1000);
    note("2000 orphans: no zombie %lld ms after the last was made", now_ms() - begin);
    CHECK(!left && alive(b.pid));
    boot_end(&b);
}

/* ---- --run */

static int run_status(const char *seconds, const char *script, long long *took)
{
    char reaper[300];
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    snprintf(reaper, sizeof reaper, "%s/reaper", programs);
    char *argv[] = { reaper, "--run", (char *)seconds, "sh", "-c", (char *)script, NULL };
    long long begin = now_ms();
    int status = wait_exit(spawn(argv, (int[]){ null, null, null }, 3), 10);
    *took = now_ms() - begin;
    close(null);
    return status;
}

static void run_statuses(void)
{
    long long took;
    char reaper[300];
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), fds[] = { null, null, null };
    CHECK(run_status("5", "exit 7", &took) == 7 && took < 1000);
    CHECK(run_status("0", "exit 3", &took) == 3);
    CHECK(run_status("5", "kill -9 $$", &took) == 137);
    CHECK(run_status("x", "exit 0", &took) == 64);
    snprintf(reaper, sizeof reaper, "%s/reaper", programs);
    CHECK(wait_exit(spawn((char *[]){ reaper, "--run", "5", "/no/such/program", NULL }, fds, 3), 5) == 127);
    CHECK(wait_exit(spawn((char *[]){ reaper, "--run", "5", "/etc/passwd", NULL }, fds, 3), 5) == 126);
    CHECK(wait_exit(spawn((char *[]){ reaper, "--run", "5", NULL }, fds, 3), 5) == 64);
    close(null);
}

static void run_timeouts(void)
{
    long long took;
    CHECK(run_status("1", "sleep 100", &took) == 124 && took >= 1000 && took < 1900);
    CHECK(run_status("1", "trap '' TERM; while :; do sleep 0.1; done", &took) == 124 && took >= 3000 && took < 4000);
    CHECK(run_status("1", "kill -STOP $$", &took) == 124 && took < 1900);
}

/* The script leaves the process id of what it starts in the background in a file. */
static pid_t background(void)
{
    char file[300];
    snprintf(file, sizeof file, "%s/background", scratch);
    return atoi(slurp(AT_FDCWD, file));
}

static void run_kills_the_group(void)
{
    long long took;
    char script[600];
    /* packet sockets: each waits for RCU when its process dies */
    snprintf(script, sizeof script, "perl -e '$SIG{TERM} = q(IGNORE); socket($s[$_], 17, 3, 8) for 0..9; sleep 98' & echo $! >%s/background; exec sleep 98", scratch);
    CHECK(run_status("1", script, &took) == 124 && took < 4000);
    pid_t pid = background();
    CHECK(pid > 0 && !alive(pid));     /* not even as one that is dying */
}

static void run_leaves_daemons(void)
{
    long long took;
    char script[600];
    snprintf(script, sizeof script, "sleep 97 & echo $! >%s/background; exit 0", scratch);
    CHECK(run_status("5", script, &took) == 0 && took < 1000);
    pid_t pid = background();
    CHECK(pid > 0 && alive(pid));
    kill(pid, SIGKILL);
}

static void run_passes_no_descriptors(void)
{
    long long took;
    CHECK(run_status("5", "[ \"$(ls /proc/self/fd | tr '\\n' ' ')\" = '0 1 2 3 ' ]", &took) == 0);   /* 3: ls itself */
    struct boot b = boot_spawn();
    boot_plan(&b, "/.reaper --run 5 sleep 90 & exec /.reaper t", NULL);
    boot_go(&b);
    boot_ready(&b, 5);
    pid_t sleeper = 0;
    for (int i = 0; i < 100 && fds_above_two(sleeper = host_pid(&b, "90")); i++)
        usleep(5000);
    CHECK(sleeper && fds_above_two(sleeper) == 0);
    boot_end(&b);
}

void reaper_tests(void)
{
    test("ready is said once and the pipe closed", ready_is_said);
    test("the dummy service ends by a signal", dummy_ended_by_signal);
    test("the dummy service ends when its pipe is written to", dummy_ended_by_writing);
    test("a dead child is no reason to go without a dummy service", a_zombie_is_no_child);
    test("TERM is passed on to every process", term_is_passed_on);
    test("the reaper ends 0 when no child is left", ends_without_children);
    test("100 000 orphans are reaped as they come", storm);
    test("no dead orphan is left a zombie", no_zombies);
    test("--run has the statuses of a shell", run_statuses);
    test("--run ends what takes too long", run_timeouts);
    test("--run ends the whole group", run_kills_the_group);
    test("--run leaves daemons alone", run_leaves_daemons);
    test("--run passes no descriptor on", run_passes_no_descriptors);
}
