/* The physical floor: what a subhost without cables costs when nothing but the system calls is done, by one process that does nothing
 * else: new namespaces, overlay, /dev, /proc, /sys, /run, pivot_root, exec of a static program. Prints microseconds, one boot a line:
 * "boot B stop S". usage: floor ROUNDS LOWER UPPER WORK LIVE INIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char **arguments;

static void need(int result, const char *what)
{
    if (result < 0) {
        fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
        _exit(1);
    }
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

/* In the child: everything up to the exec of the init, whose "ready" comes through the pipe on descriptor 3. */
static int child(void *ready)
{
    char options[4096];
    static const struct { const char *name; int minor; } nodes[] = {
        { "dev/null", 3 }, { "dev/zero", 5 }, { "dev/full", 7 }, { "dev/random", 8 }, { "dev/urandom", 9 } };
    need(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private");
    snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s,workdir=%s", arguments[2], arguments[3], arguments[4]);
    need(mount("overlay", arguments[5], "overlay", MS_NODEV, options), "overlay");
    need(chdir(arguments[5]), "chdir");
    umask(0);
    need(mount("tmpfs", "dev", "tmpfs", MS_NOSUID, "mode=755"), "dev");
    for (unsigned i = 0; i < sizeof nodes / sizeof *nodes; i++)
        need(mknod(nodes[i].name, S_IFCHR | 0666, makedev(1, nodes[i].minor)), nodes[i].name);
    need(mkdir("dev/pts", 0755), "pts");
    need(mount("devpts", "dev/pts", "devpts", 0, "newinstance,ptmxmode=666"), "devpts");
    need(mount("sysfs", "sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), "sys");
    need(mount("tmpfs", "run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=50M"), "run");
    need(mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), "proc");
    int init = open(arguments[6], O_PATH | O_CLOEXEC);
    need(init, arguments[6]);
    need(sethostname("floor", 5), "hostname");
    need(syscall(SYS_pivot_root, ".", "."), "pivot_root");
    need(umount2(".", MNT_DETACH), "umount");
    need(chdir("/"), "chdir /");
    setsid();
    if (*(int *)ready != 3)
        need(dup2(*(int *)ready, 3), "dup2");
    else
        fcntl(3, F_SETFD, 0);
    char *argv[] = { "/.reaper", "floor", NULL }, *envp[] = { NULL };
    syscall(SYS_execveat, init, "", argv, envp, AT_EMPTY_PATH);
    need(-1, "exec");
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 7)
        return 64;
    arguments = argv;
    static char stack[65536] __attribute__((aligned(16)));
    for (int i = atoi(argv[1]); i > 0; i--) {
        int ready[2];
        char line[16];
        need(pipe2(ready, O_CLOEXEC), "pipe");
        double begun = now();
        int pid = clone(child, stack + sizeof stack, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | SIGCHLD,
                        &ready[1]);
        need(pid, "clone");
        close(ready[1]);
        need(read(ready[0], line, sizeof line) > 0 ? 0 : -1, "ready");
        double up = now();
        kill(pid, SIGTERM);
        waitpid(pid, NULL, 0);
        printf("boot %.0f stop %.0f\n", up - begun, now() - up);
        close(ready[0]);
    }
    return 0;
}
