/* probe [NAME...]: runs all probes, or those; one line each, then "N OPEN, N closed". Exit status 1 when any is open.
 * probe --watch SECONDS: looks all that time for a process that is seen here with more capabilities than we may have, or without
 * the filter: a root in here could take it over. Exit status 1 when there was one.
 * probe --host: run on the host, what probes inside compare with; to be handed to them as HOST_NS. */
#define _GNU_SOURCE
#include "probe.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CLOSED = 0, OPEN = 1 };

static _Noreturn void verdict(int status, const char *format, va_list values)
{
    vprintf(format, values);
    fflush(stdout);
    _exit(status);
}

void opened(const char *evidence, ...)
{
    va_list values;
    va_start(values, evidence);
    verdict(OPEN, evidence, values);
}

void closed(const char *evidence, ...)
{
    va_list values;
    va_start(values, evidence);
    verdict(CLOSED, evidence, values);
}

void refused(long result, ...)
{
    int error = errno;
    if (result >= 0)
        opened("it succeeded");
    va_list expected;
    va_start(expected, result);
    for (int e; (e = va_arg(expected, int));)
        if (e == error)
            closed("%s", strerror(error));
    va_end(expected);
    opened("not forbidden: %s", strerror(error));
}

void unwritable(const char *path)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd >= 0)
        opened("can be opened for writing");
    if (errno == EROFS || errno == EACCES || errno == EPERM || errno == ENOENT)
        closed("%s", strerror(errno));
    opened("not forbidden: %s", strerror(errno));
}

void unreadable(const char *path)
{
    char text[256];
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        absent_or_forbidden();
    ssize_t n = read(fd, text, sizeof text);
    if (n > 0)
        opened("shows its content");
    if (n == 0)
        closed("shows nothing");
    opened("not forbidden: %s", strerror(errno));
}

void absent_or_forbidden(void)
{
    if (errno == ENOENT || errno == EACCES || errno == EPERM)
        closed("%s", strerror(errno));
    opened("not forbidden: %s", strerror(errno));
}

void empty_directory(const char *path)
{
    DIR *d = opendir(path);
    if (!d)
        absent_or_forbidden();
    for (struct dirent *e; (e = readdir(d));)
        if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
            opened("shows %s", e->d_name);
    closed("is empty");
}

static int run(const struct probe *p)
{
    char line[512];
    int ends[2], status = 0, size = 0;
    if (pipe2(ends, O_CLOEXEC))
        exit(2);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 1);
        alarm(5);
        p->run();
        opened("gave no verdict");
    }
    close(ends[1]);
    for (ssize_t n; size < (int)sizeof line - 1 && (n = read(ends[0], line + size, sizeof line - 1 - (size_t)size)) > 0;)
        size += (int)n;
    line[size] = 0;
    close(ends[0]);
    waitpid(child, &status, 0);
    /* killed by SIGSYS: forbidden as well; any other end, or no evidence, says nothing, and that is not "closed" */
    int open = WIFEXITED(status) ? WEXITSTATUS(status) != CLOSED || size == 0 : WTERMSIG(status) != SIGSYS;
    if (WIFSIGNALED(status))
        snprintf(line, sizeof line, "killed by signal %d", WTERMSIG(status));
    printf("%s %s: %s\n", open ? "OPEN  " : "closed", p->name, line);
    fflush(stdout);
    return open;
}

static int wanted(const char *name, char **names)
{
    if (!*names)
        return 1;
    for (; *names; names++)
        if (!strcmp(*names, name))
            return 1;
    return 0;
}

static int host(void)
{
    const char *kinds[] = { "mnt", "pid", "net", "uts", "ipc", "cgroup" };
    char path[64], text[64];
    for (int i = 0; i < 6; i++) {
        snprintf(path, sizeof path, "/proc/self/ns/%s", kinds[i]);
        ssize_t n = readlink(path, text, sizeof text - 1);
        if (n < 0)
            return 2;
        text[n] = 0;
        printf("%s ", text);
    }
    printf("session:[%ld]", syscall(SYS_keyctl, 0 /* GET_KEYRING_ID */, -3 /* session */, 0));
    char line[4096];
    struct stat pts;
    if (!stat("/dev/pts", &pts))
        printf(" pts:[%lu]", (unsigned long)pts.st_dev);
    FILE *f = fopen("/proc/self/mountinfo", "re");
    while (f && fgets(line, sizeof line, f)) {
        const char *shared = strstr(line, " shared:");
        if (shared)
            printf("%.*s ", (int)(1 + strcspn(shared + 1, " ")), shared);
    }
    printf("\n");
    return 0;
}

static unsigned long long field(const char *text, const char *name, int base)
{
    const char *at = strstr(text, name);
    return at ? strtoull(at + strlen(name), NULL, base) : 0;
}

static size_t load(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, size - 1);
    close(fd);
    text[n < 0 ? 0 : n] = 0;
    return n < 0 ? 0 : (size_t)n;
}

static int stronger(const char *pid, unsigned long long ours)
{
    char path[300], text[4096];
    snprintf(path, sizeof path, "/proc/%s/status", pid);
    if (!load(path, text, sizeof text) || strstr(text, "State:\tZ") || strstr(text, "State:\tX"))
        return 0;
    if (field(text, "CapPrm:", 16) & ~ours || field(text, "\nSeccomp:", 10) != 2) {
        printf("process %s: CapPrm %llx, ours %llx, Seccomp %llu\n", pid, field(text, "CapPrm:", 16), ours, field(text, "\nSeccomp:", 10));
        return 1;
    }
    return 0;
}

static int watch(int seconds)
{
    char text[4096];
    load("/proc/self/status", text, sizeof text);
    unsigned long long ours = field(text, "CapBnd:", 16);
    long looks = 0;
    for (time_t end = time(NULL) + seconds; time(NULL) < end; looks++) {
        DIR *d = opendir("/proc");
        for (struct dirent *e; d && (e = readdir(d));)
            if (e->d_name[0] >= '1' && e->d_name[0] <= '9' && stronger(e->d_name, ours))
                return 1;
        closedir(d);
    }
    printf("%ld looks, nobody is stronger than we are\n", looks);
    return 0;
}

int main(int count, char **names)
{
    if (count == 3 && !strcmp(names[1], "--watch"))
        return watch(atoi(names[2]));
    if (count == 2 && !strcmp(names[1], "--host"))
        return host();
    const struct probe *tables[] = { place_probes, file_probes, call_probes };
    int open = 0, all = 0;
    for (int t = 0; t < 3; t++)
        for (const struct probe *p = tables[t]; p->name; p++)
            if (wanted(p->name, names + 1)) {
                open += run(p);
                all++;
            }
    printf("%d OPEN, %d closed\n", open, all - open);
    return open > 0;
}
