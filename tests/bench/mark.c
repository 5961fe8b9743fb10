/* The program that every peer starts: says at /bench/mark.sock that it runs, then waits to be ended. As pid 1: mark NAME. As a service
 * whose program is a link WORD.NAME to it: start (goes to the background), stop. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void ended(int signal)
{
    (void)signal;
    _exit(0);
}

int main(int argc, char **argv)
{
    struct sockaddr_un address = { AF_UNIX, "/bench/mark.sock" };
    const char *name = argc > 1 ? argv[1] : "?";
    if (argc > 1 && strrchr(argv[0], '.')) {
        name = strrchr(argv[0], '.') + 1;
        if (strcmp(argv[1], "start") || fork())
            return 0;
    }
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    signal(SIGTERM, ended);
    signal(SIGPWR, ended);
    signal(SIGINT, ended);
    sendto(fd, name, strlen(name), 0, (struct sockaddr *)&address, sizeof address);
    close(fd);
    if (write(3, "\n", 1) == 1) /* who waits for a descriptor 3 */
        close(3);
    for (;;) {
        while (waitpid(-1, NULL, 0) > 0)
            ;
        pause();
    }
}
