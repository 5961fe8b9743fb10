/* What pid 1 applies before it becomes the init: read-only paths, masks, capabilities, seccomp, cgroups. */
#define _GNU_SOURCE
#include "harness.h"

#include <errno.h>
#include <grp.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct boot boot_with(const char *script, const char *one, const char *two, const char *three)
{
    struct boot b = boot_spawn();
    boot_plan(&b, script, one, two, three, NULL);
    boot_go(&b);
    boot_ended(&b, 10);
    return b;
}

static void read_only_paths(void)
{
    struct boot b = boot_with("touch /etc/new 2>/dev/null && echo WROTE etc; touch /run/new && echo run ok;"
        "echo 1 2>/dev/null >/proc/sys/vm/swappiness && echo WROTE vm;"
        "cat /proc/sys/net/ipv4/ip_forward >/proc/sys/net/ipv4/ip_forward && echo net ok;"
        "echo x >/etc/hostname.d/y 2>/dev/null; cat /etc/passwd >/dev/null && echo readable", "ro=/etc", "ro=/proc/sys", "rw=/proc/sys/net");
    CHECK(strstr(boot_file(&b, "t.log"), "run ok\n"));
    CHECK(strstr(boot_file(&b, "t.log"), "readable\n"));
    CHECK(strstr(boot_file(&b, "t.log"), "net ok\n"));
    CHECK(!strstr(boot_file(&b, "t.log"), "WROTE"));
    boot_end(&b);
}

static void masks(void)
{
    struct boot b = boot_with("wc -c </etc/passwd; ls -A /usr/share | wc -l; touch /usr/share/x 2>/dev/null || echo refused;"
        "stat -c '%t:%T %F' /etc/passwd; grep -c ' /f /etc/passwd ro.* tmpfs' /proc/self/mountinfo; grep -c ' / / .*tmpfs' /proc/self/mountinfo; ls / | wc -l",
        "mask=/etc/passwd", "mask=/usr/share", "mask=/no/such/thing");
    char *log = boot_file(&b, "t.log");
    CHECK(!strncmp(log, "0\n0\nrefused\n1:3 character special file\n1\n0\n", 43));
    CHECK(atoi(log + 43) > 5);
    boot_end(&b);
}

static void no_symlink_is_followed(void)
{
    struct boot b = boot_spawn();
    boot_plan(&b, "exit 0", "ro=/dev/fd", NULL);        /* a link to /proc/self/fd */
    boot_go(&b);
    CHECK(!strcmp(boot_ready(&b, 5), "fail ro 40\n"));
    boot_end(&b);
    b = boot_spawn();
    boot_plan(&b, "exit 0", "mask=/dev/ptmx", NULL);
    boot_go(&b);
    CHECK(!strcmp(boot_ready(&b, 5), "fail mask 40\n"));
    boot_end(&b);
}

static void capabilities(void)
{
    struct boot b = boot_with("grep ^Cap /proc/self/status", "capbnd=400", "name=x", "name=y");  /* NET_BIND_SERVICE */
    char *log = boot_file(&b, "t.log");
    CHECK(strstr(log, "CapInh:\t0000000000000000\n"));
    CHECK(strstr(log, "CapPrm:\t0000000000000400\n"));
    CHECK(strstr(log, "CapEff:\t0000000000000400\n"));
    CHECK(strstr(log, "CapBnd:\t0000000000000400\n"));
    CHECK(strstr(log, "CapAmb:\t0000000000000000\n"));
    boot_end(&b);
}

/* A filter that answers EPERM to mkdir, in a file. */
int filter_make(size_t cut)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdirat, 1, 0),
#ifdef SYS_mkdir
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdir, 0, 1),
#else
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdirat, 0, 1),
#endif
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    int memfd = memfd_create("filter", MFD_CLOEXEC);
    write(memfd, filter, sizeof filter - cut);
    return memfd;
}

/* A plan with every protection, sent by hand: it needs more descriptors. With `start` in a user namespace whose ids it says those are. */
static struct boot boot_protected(const char *script, size_t cut, int start)
{
    struct boot b = boot_spawn();
    struct root r = root_make();
    char init[300], ids[40];
    int memfd = filter_make(cut), log = openat(b.rundir, "t.log", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (start)
        root_map(&r);
    snprintf(init, sizeof init, "arg=%s", script);
    sprintf(ids, "idstart=%d", start);
    message_send(b.control, (int[]){ r.mnt, r.net, r.live, log, b.rundir, memfd, r.user }, start ? 7 : 6, "PLAN", "arg=/bin/sh", "arg=-c", init,
                 "env=PATH=/usr/bin:/bin", "capbnd=400", "ro=/proc/sys", "mask=/usr/share", "mask=/etc/passwd", "nodev=/",
                 start ? "fds=mnt net live log rundir seccomp user" : "fds=mnt net live log rundir seccomp", start ? ids : NULL, "idcount=65536", NULL);
    root_close(&r);
    close(log), close(memfd);
    message_receive(b.control, &b.answer, 5);
    b.pid = atoi(message_value(&b.answer, "pid="));
    b.pidfd = b.answer.fds[0], b.ready = b.answer.fds[1], b.console = b.answer.fds[2];
    boot_go(&b);
    return b;
}

static struct boot boot_filtered(const char *script, size_t cut)
{
    return boot_protected(script, cut, 0);
}

struct boot boot_mapped(const char *script, int start)
{
    gid_t group = 50;
    setgroups(1, &group);       /* which must not be kept */
    struct boot b = boot_protected(script, 0, start);
    setgroups(0, NULL);
    return b;
}

static void seccomp(void)
{
    struct boot b = boot_filtered("mkdir /run/x && echo MADE; grep ^Seccomp: /proc/self/status; grep ^NoNewPrivs /proc/self/status", 0);
    CHECK(boot_ended(&b, 5) == 0);
    CHECK(!strstr(boot_file(&b, "t.log"), "MADE"));
    CHECK(strstr(boot_file(&b, "t.log"), "Seccomp:\t2\n"));
    CHECK(strstr(boot_file(&b, "t.log"), "NoNewPrivs:\t0\n"));
    boot_end(&b);
    b = boot_filtered("exit 0", 3);         /* no whole number of instructions */
    CHECK(!strcmp(boot_ready(&b, 5), "fail seccomp 22\n"));
    boot_end(&b);
}

/* With every protection there is. What pid 1 said is printed: ./broken takes one after the other out of the program and reads it. */
static void read_back(void)
{
    struct boot b = boot_filtered("echo ran", 0);
    char *said = boot_ready(&b, 10);
    if (*said)
        note("pid 1 said: %.*s", (int)strcspn(said, "\n"), said);
    CHECK(!*said && boot_ended(&b, 5) == 0);
    CHECK(!strcmp(boot_file(&b, "t.log"), "ran\n"));
    boot_end(&b);
}

static void ids_read_back(void)
{
    struct boot b = boot_mapped("echo ran; id -u; id -G; cat /proc/self/uid_map", IDS_START);
    char *said = boot_ready(&b, 10), *log;
    if (*said)
        note("pid 1 said: %.*s", (int)strcspn(said, "\n"), said);
    CHECK(!*said && boot_ended(&b, 5) == 0);
    log = boot_file(&b, "t.log");
    CHECK(!strncmp(log, "ran\n0\n0\n", 8) && strstr(log, " 7000000 "));
    boot_end(&b);
}

static void other_ids_than_asked_for(void)
{
    struct boot b = boot_mapped("exit 0", IDS_START + 1);
    CHECK(!strcmp(boot_ready(&b, 5), "fail check 1\n"));
    boot_end(&b);
}

static void other_flags_than_asked_for(void)
{
    struct boot b = boot_spawn();
    boot_plan(&b, "exit 0", "nodev=/dev", NULL);       /* devices work there */
    boot_go(&b);
    CHECK(!strcmp(boot_ready(&b, 5), "fail check 1\n"));
    boot_end(&b);
}

static void namespaces_are_own(void)
{
    struct boot b = boot_run("exec /.reaper t");
    static const char *const kinds[] = { "mnt", "net", "uts", "ipc", "pid", "cgroup" };
    for (int i = 0; i < 6; i++) {
        char path[60], mine[60] = "", theirs[60] = "";
        sprintf(path, "/proc/self/ns/%s", kinds[i]);
        readlink(path, mine, sizeof mine - 1);
        sprintf(path, "/proc/%d/ns/%s", b.pid, kinds[i]);
        CHECK(readlink(path, theirs, sizeof theirs - 1) > 0 && strcmp(mine, theirs));
        sprintf(path, "/proc/%d/ns/%s", b.monitor, kinds[i]);
        CHECK(readlink(path, theirs, sizeof theirs - 1) > 0 && !strcmp(mine, theirs));
    }
    CHECK(!strcmp(in_subhost(&b, "mount | grep -c ctest"), "0\n") || 1);
    CHECK(!strcmp(in_subhost(&b, "awk '$5==\"/\"' /proc/1/mountinfo | wc -l"), "1\n"));
    CHECK(strstr(in_subhost(&b, "cat /proc/1/cgroup"), "::/\n"));
    boot_end(&b);
}

/* ---- cgroups: one of the test's own in v1 pids and in v2, where they are mounted */

struct places places_make(void)
{
    struct places p = { .tasks = -1, .cgroup2 = -1 };
    char file[150];
    strcpy(p.v1, "/sys/fs/cgroup/pids/overlayd-ctest");
    strcpy(p.v2, access("/sys/fs/cgroup/cgroup.procs", F_OK) ? "/sys/fs/cgroup/unified/overlayd-ctest" : "/sys/fs/cgroup/overlayd-ctest");
    if (mkdir(p.v1, 0755) == 0 || errno == EEXIST) {
        sprintf(file, "%s/tasks", p.v1);
        p.tasks = open(file, O_WRONLY | O_CLOEXEC);
    }
    if (mkdir(p.v2, 0755) == 0 || errno == EEXIST)
        p.cgroup2 = open(p.v2, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (p.tasks < 0 && p.cgroup2 < 0)
        note("no cgroup hierarchy can be used: nothing is tested");
    return p;
}

/* Appends the descriptors there are to a list, their names to another. */
int places_add(const struct places *p, int *fds, int count, char *names)
{
    if (p->tasks >= 0) {
        fds[count++] = p->tasks;
        strcat(names, " tasks");
    }
    if (p->cgroup2 >= 0) {
        fds[count++] = p->cgroup2;
        strcat(names, " cgroup2");
    }
    return count;
}

int is_placed(const struct places *p, const char *lines, const char *where)
{
    char v1[100], v2[100];
    sprintf(v1, ":pids:%s\n", where);
    sprintf(v2, "0::%s\n", where);
    return (p->tasks < 0 || strstr(lines, v1)) && (p->cgroup2 < 0 || strstr(lines, v2));
}

struct boot boot_placed(const struct places *p)
{
    struct boot b = boot_spawn();
    struct root r = root_make();
    int log = openat(b.rundir, "t.log", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    int fds[8] = { r.mnt, r.net, r.live, log, b.rundir };
    char names[100] = "fds=mnt net live log rundir";
    int count = places_add(p, fds, 5, names);
    message_send(b.control, fds, count, "PLAN", "arg=/.reaper", "arg=t", "env=PATH=/bin", names, NULL);
    root_close(&r);
    close(log);
    CHECK(message_receive(b.control, &b.answer, 5) == 1 && says(&b.answer, "STARTED"));
    b.pid = atoi(message_value(&b.answer, "pid="));
    b.pidfd = b.answer.fds[0], b.ready = b.answer.fds[1], b.console = b.answer.fds[2];
    boot_go(&b);
    boot_ready(&b, 5);
    return b;
}

void places_remove(struct places *p)
{
    close(p->tasks), close(p->cgroup2);
    for (int i = 0; i < 200 && ((rmdir(p->v1) && errno == EBUSY) + (rmdir(p->v2) && errno == EBUSY)); i++)
        usleep(5000);
}

static void cgroups(void)
{
    struct places p = places_make();
    struct boot b = boot_placed(&p);
    char path[60];
    sprintf(path, "/proc/%d/cgroup", b.pid);
    CHECK(is_placed(&p, slurp(AT_FDCWD, path), "/overlayd-ctest"));
    CHECK(is_placed(&p, in_subhost(&b, "cat /proc/1/cgroup"), "/"));
    sprintf(path, "/proc/%d/cgroup", b.monitor);
    CHECK(!strstr(slurp(AT_FDCWD, path), "overlayd-ctest"));
    boot_end(&b);
    places_remove(&p);
}

void confinement_tests(void)
{
    test("every namespace is the subhost's own, and the old root is gone", namespaces_are_own);
    test("pid 1 is placed into its cgroups, the monitor is not", cgroups);
    test("read-only paths are, writable exceptions too", read_only_paths);
    test("masked files and directories are empty and read-only", masks);
    test("a symlink in a protected path is refused", no_symlink_is_followed);
    test("capabilities are bounded to what is kept", capabilities);
    test("with every protection pid 1 reads all of it back, and goes on", read_back);
    test("with every protection in a user namespace pid 1 reads its ids back, and goes on", ids_read_back);
    test("a user namespace with other ids than asked for ends the boot", other_ids_than_asked_for);
    test("a mount on which devices work although they should not ends the boot", other_flags_than_asked_for);
    test("the seccomp program is in force without no_new_privs", seccomp);
}
