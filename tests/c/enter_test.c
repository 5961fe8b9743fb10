/* --enter: statuses, descriptors, terminals, signals, confinement. */
#define _GNU_SOURCE
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct boot b;       /* one subhost for all of them */

struct entry { pid_t pid; int control, out; char text[8192]; struct message m; };

static struct entry enter_spawn(void)
{
    struct entry e = { .out = -1 };
    char reaper[300];
    int pair[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
    snprintf(reaper, sizeof reaper, "%s/reaper", programs);
    e.pid = spawn((char *[]){ reaper, "--enter", NULL }, (int[]){ null, null, null, pair[1] }, 4);
    e.control = pair[0];
    close(pair[1]), close(null);
    return e;
}

/* Reads the command's output to its end, then the last word. */
static void finish(struct entry *e)
{
    size_t n = 0;
    ssize_t got;
    struct pollfd q = { e->out, POLLIN, 0 };
    while (e->out >= 0 && n < sizeof e->text - 1 && poll(&q, 1, 5000) > 0 && (got = read(e->out, e->text + n, sizeof e->text - 1 - n)) > 0)
        n += got;
    e->text[n] = 0;
    if (message_receive(e->control, &e->m, 5) != 1)
        strcpy(e->m.text, "nothing");
}

static void done(struct entry *e)
{
    if (e->out >= 0)
        close(e->out);
    close(e->control);
    CHECK(wait_exit(e->pid, 5) >= 0);
}

static struct entry enter_with(const char *input, const char *program, const char *argument, const char *script, const char *more)
{
    struct entry e = enter_spawn();
    int in[2], out[2];
    char a[4][2048];
    pipe2(in, O_CLOEXEC), pipe2(out, O_CLOEXEC);
    write(in[1], input, strlen(input));
    close(in[1]);
    snprintf(a[0], 2048, "arg=%s", program), snprintf(a[1], 2048, "arg=%s", argument), snprintf(a[2], 2048, "arg=%s", script);
    message_send(e.control, (int[]){ b.pidfd, in[0], out[1], out[1] }, 4, "ENTER", a[0], a[1], a[2], "env=PATH=/usr/bin:/bin",
                 "env=MARK=yes", "fds=pidfd stdin stdout stderr", more, NULL);
    close(in[0]), close(out[1]);
    e.out = out[0];
    return e;
}

static void status_and_input(void)
{
    struct entry e = enter_with("some words", "sh", "-c", "cat; hostname; echo $MARK; pwd; exit 7", "cwd=/etc");
    finish(&e);
    CHECK(!strcmp(e.text, "some wordsctest\nyes\n/etc\n"));
    CHECK(says(&e.m, "EXIT") && !strcmp(message_value(&e.m, "exited="), "7"));
    done(&e);
    e = enter_with("", "sh", "-c", "pwd; kill -15 $$", "cwd=/no/such/place");
    finish(&e);
    CHECK(!strcmp(e.text, "/\n"));
    CHECK(says(&e.m, "EXIT") && !strcmp(message_value(&e.m, "killed="), "15"));
    done(&e);
}

static void cannot_exec(void)
{
    struct entry e = enter_with("", "no-such-program", "x", "y", NULL);
    CHECK(message_receive(e.control, &e.m, 5) == 1 && says(&e.m, "EXEC") && atoi(message_value(&e.m, "errno=")) == ENOENT);
    CHECK(message_receive(e.control, &e.m, 5) == 1 && says(&e.m, "EXIT") && !strcmp(message_value(&e.m, "exited="), "127"));
    done(&e);
    e = enter_with("", "/etc/passwd", "x", "y", NULL);
    CHECK(message_receive(e.control, &e.m, 5) == 1 && says(&e.m, "EXEC") && atoi(message_value(&e.m, "errno=")) == EACCES);
    CHECK(message_receive(e.control, &e.m, 5) == 1 && says(&e.m, "EXIT") && !strcmp(message_value(&e.m, "exited="), "126"));
    done(&e);
}

static void same_namespaces(void)
{
    struct entry e = enter_with("", "sh", "-c", "for n in mnt net uts ipc pid cgroup; do "
        "[ $(readlink /proc/self/ns/$n) = $(readlink /proc/1/ns/$n) ] || echo $n differs; done; ls -l /proc/self/fd | grep -c ' -> ';"
        "grep -c . /proc/self/cgroup >/dev/null; stat -c %a /proc/self >/dev/null; umask; grep -E '^Sig(Blk|Ign)' /proc/self/status", NULL);
    finish(&e);
    CHECK(!strstr(e.text, "differs"));
    CHECK(!strncmp(e.text, "4\n0022\n", 7));        /* 0-2, and the one ls reads with */
    CHECK(strstr(e.text, "SigBlk:\t0000000000000000\n"));
    CHECK(strstr(e.text, "SigIgn:\t0000000000000000\n"));
    done(&e);
}

static void confined(void)
{
    struct entry e = enter_with("", "sh", "-c", "grep ^Cap /proc/self/status", "capbnd=400");
    finish(&e);
    CHECK(strstr(e.text, "CapEff:\t0000000000000400\n") && strstr(e.text, "CapBnd:\t0000000000000400\n"));
    done(&e);
}

/* What the helper said is printed: ./broken takes one protection after the other out of it and reads that. */
static void enter_protected(const char *script, const char *wanted, const char *ids, const char *count)
{
    struct entry e = enter_spawn();
    int out[2], null = open("/dev/null", O_RDWR | O_CLOEXEC), memfd = filter_make(0);
    char a[300];
    pipe2(out, O_CLOEXEC);
    snprintf(a, sizeof a, "arg=%s", script);
    message_send(e.control, (int[]){ b.pidfd, null, out[1], null, memfd }, 5, "ENTER", "arg=sh", "arg=-c", a, "env=PATH=/bin:/usr/bin",
                 "capbnd=400", "fds=pidfd stdin stdout stderr seccomp", ids, count, NULL);
    close(out[1]), close(null), close(memfd);
    e.out = out[0];
    finish(&e);
    if (says(&e.m, "FAILED"))
        note("the command's helper said: fail %s %s", message_value(&e.m, "step="), message_value(&e.m, "errno="));
    CHECK(says(&e.m, "EXIT") && !strcmp(message_value(&e.m, "exited="), "0"));
    CHECK(!strcmp(e.text, wanted));
    done(&e);
}

static void read_back(void)
{
    enter_protected("echo ran; grep -c '^Seccomp:.2' /proc/self/status", "ran\n1\n", NULL, NULL);
}

static void ids_read_back(void)
{
    int kept = b.pidfd;
    gid_t group = 50;
    struct boot mapped = boot_mapped("exec /.reaper t", IDS_START);
    boot_ready(&mapped, 10);
    b.pidfd = mapped.pidfd;
    setgroups(1, &group);
    enter_protected("id -u; id -G; [ $(readlink /proc/self/ns/user) = $(readlink /proc/1/ns/user) ] && echo same", "0\n0\nsame\n",
                    "idstart=7000000", "idcount=65536");
    setgroups(0, NULL);
    b.pidfd = kept;
    boot_end(&mapped);
}

static void placed(void)
{
    struct places p = places_make();
    struct boot other = boot_placed(&p);
    struct entry e = enter_spawn();
    int out[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
    char names[100] = "fds=pidfd stdin stdout stderr";
    pipe2(out, O_CLOEXEC);
    int fds[8] = { other.pidfd, null, out[1], null }, count = places_add(&p, fds, 4, names);
    message_send(e.control, fds, count, "ENTER", "arg=cat", "arg=/proc/self/cgroup", "env=PATH=/bin:/usr/bin", names, NULL);
    close(out[1]), close(null);
    e.out = out[0];
    finish(&e);
    CHECK(says(&e.m, "EXIT") && !strcmp(message_value(&e.m, "exited="), "0"));
    CHECK(is_placed(&p, e.text, "/"));
    done(&e);
    boot_end(&other);
    places_remove(&p);
}

static void signals(void)
{
    struct entry e = enter_with("", "sh", "-c", "trap 'echo hup; exit 4' HUP; echo up; while :; do sleep 0.05; done", NULL);
    char up[4] = "";
    read(e.out, up, 3);
    CHECK(!strcmp(up, "up\n"));
    message_send(e.control, NULL, 0, "SIGNAL", "number=1", NULL);
    finish(&e);
    CHECK(strstr(e.text, "hup\n"));
    CHECK(says(&e.m, "EXIT") && !strcmp(message_value(&e.m, "exited="), "4"));
    done(&e);
}

static void unknown_words(void)
{
    struct entry e = enter_with("", "true", "x", "y", "colour=red");
    finish(&e);
    CHECK(says(&e.m, "FAILED") && !strcmp(message_value(&e.m, "step="), "protocol"));
    done(&e);
    e = enter_with("", "sleep", "2", "0", NULL);
    message_send(e.control, NULL, 0, "SIGNAL", "number=1", "colour=red", NULL);
    CHECK(message_receive(e.control, &e.m, 5) == 1 && says(&e.m, "FAILED"));
    finish(&e);
    CHECK(says(&e.m, "EXIT") && !strcmp(message_value(&e.m, "exited="), "0"));
    done(&e);
}

static void daemon_gone(void)
{
    struct entry e = enter_with("", "sh", "-c", "sleep 0.2; echo still here", NULL);
    close(e.control);
    e.control = open("/dev/null", O_RDONLY | O_CLOEXEC);
    char text[40] = "";
    read(e.out, text, sizeof text - 1);
    CHECK(!strcmp(text, "still here\n"));
    done(&e);
}

static int read_until(int fd, char *text, size_t size, const char *word)
{
    size_t n = strlen(text);
    struct pollfd q = { fd, POLLIN, 0 };
    while (!strstr(text, word) && n < size - 1 && poll(&q, 1, 5000) > 0) {
        ssize_t got = read(fd, text + n, size - 1 - n);
        if (got <= 0)
            break;
        text[n += got] = 0;
    }
    return strstr(text, word) != NULL;
}

static struct entry enter_terminal(const char *script)
{
    struct entry e = enter_spawn();
    char a[2048];
    snprintf(a, sizeof a, "arg=%s", script);
    message_send(e.control, &b.pidfd, 1, "ENTER", "arg=sh", "arg=-c", a, "env=PATH=/usr/bin:/bin", "env=TERM=dumb", "fds=pidfd",
                 "tty=1", "rows=33", "cols=101", "cwd=/", NULL);
    if (message_receive(e.control, &e.m, 5) == 1 && says(&e.m, "TTY") && e.m.count == 1)
        e.out = e.m.fds[0];
    CHECK(e.out >= 0);
    return e;
}

static void terminal(void)
{
    struct entry e = enter_terminal("tty; stty size; echo owned >/dev/tty; read x; echo read $x; stty size; exit 9");
    CHECK(read_until(e.out, e.text, sizeof e.text, "owned\r\n"));
    CHECK(strstr(e.text, "/dev/pts/"));
    CHECK(strstr(e.text, "33 101\r\n"));
    struct winsize w = { 20, 70, 0, 0 };
    CHECK(!ioctl(e.out, TIOCSWINSZ, &w));
    write(e.out, "hello\n", 6);
    CHECK(read_until(e.out, e.text, sizeof e.text, "read hello\r\n20 70\r\n"));
    char rest[200];
    while (read(e.out, rest, sizeof rest) > 0)
        ;
    CHECK(message_receive(e.control, &e.m, 5) == 1 && says(&e.m, "EXIT") && !strcmp(message_value(&e.m, "exited="), "9"));
    done(&e);
}

static void interrupt_key(void)
{
    struct entry e = enter_terminal("trap 'echo int; exit 3' INT; echo up; while :; do sleep 0.05; done");
    CHECK(read_until(e.out, e.text, sizeof e.text, "up\r\n"));
    write(e.out, "\003", 1);
    CHECK(read_until(e.out, e.text, sizeof e.text, "int\r\n"));
    finish(&e);
    CHECK(!strcmp(message_value(&e.m, "exited="), "3"));
    done(&e);
}

static void terminal_hung_up(void)
{
    struct entry e = enter_terminal("echo up; exec sleep 100");
    CHECK(read_until(e.out, e.text, sizeof e.text, "up\r\n"));
    close(e.out);
    e.out = -1;
    CHECK(message_receive(e.control, &e.m, 5) == 1 && !strcmp(message_value(&e.m, "killed="), "1"));
    done(&e);
}

static void subhost_dies(void)
{
    struct boot other = boot_run("exec /.reaper t");
    int kept = b.pidfd;
    b.pidfd = other.pidfd;
    struct entry e = enter_with("", "sh", "-c", "echo up; exec sleep 100", NULL);
    char up[4] = "";
    read(e.out, up, 3);
    kill(other.pid, SIGKILL);
    CHECK(message_receive(e.control, &e.m, 5) == 1 && !strcmp(message_value(&e.m, "killed="), "9"));
    CHECK(boot_ended(&other, 5) == 0);
    done(&e);
    e = enter_with("", "true", "x", "y", NULL);
    CHECK(message_receive(e.control, &e.m, 5) == 1 && says(&e.m, "FAILED") && !strcmp(message_value(&e.m, "step="), "setns"));
    done(&e);
    b.pidfd = kept;
    boot_end(&other);
}

static void runs_from_a_sealed_copy(void)
{
    struct entry e = enter_spawn();
    char path[40], link[100] = "";
    sprintf(path, "/proc/%d/exe", e.pid);
    for (int i = 0; i < 500 && !strstr(link, "memfd:"); i++, usleep(2000))
        link[readlink(path, link, sizeof link - 1)] = 0;
    CHECK(strstr(link, "memfd:"));
    CHECK(open(path, O_WRONLY | O_CLOEXEC) < 0);
    done(&e);
}

static int by_size(const void *x, const void *y)
{
    return *(const int *)x - *(const int *)y;
}

static void how_long(void)
{
    int us[100];
    for (int i = 0; i < 100; i++) {
        struct timespec a, z;
        clock_gettime(CLOCK_MONOTONIC, &a);
        struct entry e = enter_with("", "true", "x", "y", NULL);
        message_receive(e.control, &e.m, 5);
        clock_gettime(CLOCK_MONOTONIC, &z);
        us[i] = (z.tv_sec - a.tv_sec) * 1000000 + (z.tv_nsec - a.tv_nsec) / 1000;
        done(&e);
    }
    qsort(us, 100, sizeof *us, by_size);
    note("spawn, enter, true, status: median %d us, p95 %d us", us[50], us[95]);
}

void enter_tests(void)
{
    b = boot_run("exec /.reaper t");
    test("a command gets its input, its directory and environment, and its status comes back", status_and_input);
    test("what cannot be executed is 127 or 126 with its errno", cannot_exec);
    test("a command is in every namespace of pid 1 and has no descriptor but its own", same_namespaces);
    test("a command is confined", confined);
    test("with every protection an entered command reads all of it back", read_back);
    test("with every protection a command that entered a user namespace reads its ids back", ids_read_back);
    test("a command is placed into the cgroups of pid 1", placed);
    test("a signal reaches the command's group", signals);
    test("enter refuses unknown words", unknown_words);
    test("a command outlives the daemon", daemon_gone);
    test("a terminal is the subhost's own, controlling, of the right size", terminal);
    test("the interrupt key works", interrupt_key);
    test("the end of the terminal hangs the session up", terminal_hung_up);
    test("the subhost's end is the command's, and the way into a dead one is refused", subhost_dies);
    test("the helper runs from a sealed copy of itself", runs_from_a_sealed_copy);
    test("entering is quick", how_long);
    boot_end(&b);
}
