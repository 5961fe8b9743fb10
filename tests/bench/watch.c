/* The stop-watch: runs commands and says, in microseconds from the moment before their start, when each has ended and when each has marked.
 *
 *   watch SOCKET CONCURRENCY <JOBS    a job is a line: NAME<tab>MARKS<tab>WORD<tab>WORD...; so many are under way at a time.
 *                                     MARKS: "no"; "yes" when mark.c will say NAME at SOCKET, which is made anew; "stays" when moreover
 *                                     the command does not end by itself: it is over when it has marked; "gone:PID,PID...": it has
 *                                     marked when these processes have ended.
 *   prints a line for each job: NAME STATUS ENDED MARKED (-1: no mark); and "all ENDED" at last. No polling: pidfds and the socket.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { JOBS = 1024, WORDS = 128, ENDS = 8, PATIENCE = 60000 };

struct job {
    char *name, **words;
    int marks, stays, pid, pidfd, status, over;
    int ends[ENDS], still; /* pidfds of those that are to end */
    double begun, ended, marked;
};

extern char **environ;
static struct job jobs[JOBS];
static int count;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void read_jobs(void)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    while (count < JOBS && (length = getline(&line, &size, stdin)) > 0) {
        struct job *job = &jobs[count++];
        char *rest = line, **words = calloc(WORDS, sizeof *words);
        if (line[length - 1] == '\n')
            line[length - 1] = 0;
        job->name = strsep(&rest, "\t");
        char *marks = rest ? strsep(&rest, "\t") : "no";
        job->stays = !strcmp(marks, "stays");
        if (!strncmp(marks, "gone:", 5))
            for (char *pid = strtok(marks + 5, ","); pid && job->still < ENDS; pid = strtok(NULL, ","))
                job->ends[job->still++] = (int)syscall(SYS_pidfd_open, atoi(pid), 0);
        job->marks = job->stays || job->still || !strcmp(marks, "yes");
        for (int i = 0; rest && i < WORDS - 1; i++)
            words[i] = strsep(&rest, "\t");
        job->words = words;
        line = NULL;
        size = 0;
    }
}

static void begin(struct job *job, posix_spawn_file_actions_t *quiet)
{
    job->marked = -1;
    job->begun = now();
    int failed = posix_spawnp(&job->pid, job->words[0], quiet, NULL, job->words, environ);
    if (failed) {
        job->status = 127;
        job->over = 1;
        return;
    }
    job->pidfd = (int)syscall(SYS_pidfd_open, job->pid, 0);
}

static void ended(struct job *job, int pidfd)
{
    for (int i = 0; i < job->still; i++)
        if (job->ends[i] == pidfd) {
            job->ends[i] = job->ends[--job->still];
            close(pidfd);
        }
    if (!job->still)
        job->marked = now() - job->begun;
}

static void mark(int socket)
{
    char name[256];
    ssize_t length;
    double at = now();
    while ((length = recv(socket, name, sizeof name - 1, MSG_DONTWAIT)) > 0) {
        name[length] = 0;
        for (int i = 0; i < count; i++)
            if (jobs[i].begun > 0 && jobs[i].marked < 0 && !strcmp(jobs[i].name, name))
                jobs[i].marked = at - jobs[i].begun;
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    posix_spawn_file_actions_t quiet;
    if (argc != 3 || strlen(argv[1]) >= sizeof address.sun_path)
        return 64;
    strcpy(address.sun_path, argv[1]);
    unlink(argv[1]);
    int socket_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), concurrency = atoi(argv[2]);
    if (bind(socket_fd, (struct sockaddr *)&address, sizeof address) < 0) {
        perror(argv[1]);
        return 1;
    }
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
    read_jobs();
    double base = now();
    int begun = 0, done = 0;
    while (done < count) {
        int under_way = 0;
        for (int i = 0; i < begun; i++)
            under_way += !jobs[i].over;
        while (begun < count && under_way < concurrency) {
            begin(&jobs[begun++], &quiet);
            under_way++;
        }
        static struct pollfd fds[JOBS * 2];
        static int who[JOBS * 2];
        int n = 0;
        fds[n].fd = socket_fd;
        fds[n++].events = POLLIN;
        for (int i = 0; i < begun; i++)
            if (!jobs[i].over && jobs[i].pid) {
                who[n] = i;
                fds[n].fd = jobs[i].pidfd;
                fds[n++].events = POLLIN;
            }
        for (int i = 0; i < begun; i++)
            for (int k = 0; k < jobs[i].still && n < JOBS * 2; k++) {
                who[n] = i;
                fds[n].fd = jobs[i].ends[k];
                fds[n++].events = POLLIN;
            }
        if (poll(fds, (nfds_t)n, PATIENCE) <= 0)
            break;
        if (fds[0].revents)
            mark(socket_fd);
        for (int i = 1; i < n; i++)
            if (fds[i].revents) {
                struct job *job = &jobs[who[i]];
                if (fds[i].fd != job->pidfd) {
                    ended(job, fds[i].fd);
                    continue;
                }
                job->ended = now() - job->begun;
                waitpid(job->pid, &job->status, 0);
                close(job->pidfd);
                job->pid = 0;
                job->pidfd = -1;
            }
        done = 0;
        for (int i = 0; i < begun; i++) {
            struct job *job = &jobs[i];
            job->over |= !job->pid && (!job->marks || job->marked >= 0 || job->status);
            job->over |= job->stays && job->marked >= 0;
            done += job->over;
        }
    }
    double all = now() - base;
    for (int i = 0; i < count; i++)
        printf("%s %d %.0f %.0f\n", jobs[i].name, jobs[i].status, jobs[i].ended, jobs[i].marked);
    printf("all %.0f\n", all);
    unlink(argv[1]);
    return 0;
}
