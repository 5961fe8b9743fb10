/* The client: what it hands over, what it relays, how it ends, how it starts the daemon. The server here is a fake. */
#define _GNU_SOURCE
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static const char expected[] = "{\"method\":\"org.overlayd.Command.Run\",\"parameters\":{\"stdin\":0,\"stdout\":1,\"stderr\":2,"
    "\"arguments\":3},\"more\":true}";

static char runtime[300];

static int listen_at(const char *dir)
{
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    snprintf(a.sun_path, sizeof a.sun_path, "%s/overlayd.sock", dir);
    unlink(a.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&a, sizeof a) || listen(fd, 64))
        perror(a.sun_path);
    return fd;
}

/* ---- one client and its connection, as the daemon sees it */

struct client { pid_t pid; int connection, fds[4], out, err; struct message m; char text[8192]; };

static pid_t client_spawn(const char *name, char *const more[], char *const env[], const int fds[3])
{
    char path[600], *argv[20] = { path };
    int n = 1;
    snprintf(path, sizeof path, "%s/%s", programs, name);
    for (; more && *more; more++)
        argv[n++] = *more;
    pid_t pid = fork();
    if (pid)
        return pid;
    int high[3];
    for (int i = 0; i < 3; i++)
        high[i] = fds[i] < 0 ? -1 : fcntl(fds[i], F_DUPFD, 100);
    for (int i = 0; i < 3; i++)
        if (high[i] < 0)
            close(i);
        else
            dup2(high[i], i);
    close_range(3, ~0U, 0);
    signal(SIGPIPE, SIG_DFL);
    setsid();
    if (isatty(0))
        ioctl(0, TIOCSCTTY, 0);
    execve(path, argv, env);
    _exit(127);
}

static int accept_client(int listening, struct client *c)
{
    struct pollfd q = { listening, POLLIN, 0 };
    c->connection = -1;
    if (poll(&q, 1, 5000) <= 0)
        return 0;
    c->connection = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    if (message_receive(c->connection, &c->m, 5) != 1 || c->m.count != 4)
        return 0;
    memcpy(c->fds, c->m.fds, sizeof c->fds);
    return 1;
}

static char *client_env[4];

static struct client client_run(const char *name, char *const more[], const int fds[3])
{
    struct client c = { .out = -1, .err = -1, .fds = { -1, -1, -1, -1 } };
    int listening = listen_at(runtime);
    c.pid = client_spawn(name, more, client_env, fds);
    CHECK(accept_client(listening, &c));
    close(listening);
    return c;
}

static struct client client_quiet(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    struct client c = client_run("overlay", (char *[]){ "list", NULL }, (int[]){ null, null, null });
    close(null);
    return c;
}

static void reply(struct client *c, const char *json, int fd)
{
    message_send(c->connection, &fd, fd >= 0, json, NULL);
}

static int client_end(struct client *c)
{
    for (int i = 0; i < 4; i++)
        if (c->fds[i] >= 0)
            close(c->fds[i]);
    int status = wait_exit(c->pid, 5);
    if (c->connection >= 0)
        close(c->connection);
    return status;
}

static void hands_everything_over(void)
{
    int in[2], out[2], err[2];
    pipe2(in, O_CLOEXEC), pipe2(out, O_CLOEXEC), pipe2(err, O_CLOEXEC);
    char odd[] = { 'x', (char)0xff, ' ', '\n', '"', 0 };
    struct client c = client_run("overlay-boot", (char *[]){ odd, "ni\303\261o", "", NULL }, (int[]){ in[0], out[1], err[1] });
    CHECK(c.m.size == (ssize_t)sizeof expected && !memcmp(c.m.text, expected, sizeof expected));
    char cwd[400], want[2000], byte;
    getcwd(cwd, sizeof cwd);
    int n = snprintf(want, sizeof want, "4%coverlay-boot%c%s%cni\303\261o%c%c%s%c%s%c", 0, 0, odd, 0, 0, 0, cwd, 0, client_env[0], 0);
    char *got = slurp(AT_FDCWD, "/dev/null");
    ssize_t size = pread(c.fds[3], got, 100000, 0);
    CHECK(size == n && !memcmp(got, want, n));
    CHECK(fcntl(c.fds[3], F_GET_SEALS) & F_SEAL_WRITE);
    write(in[1], "i", 1);
    CHECK(read(c.fds[0], &byte, 1) == 1 && byte == 'i');
    CHECK(write(c.fds[1], "o", 1) == 1 && read(out[0], &byte, 1) == 1 && byte == 'o');
    CHECK(write(c.fds[2], "e", 1) == 1 && read(err[0], &byte, 1) == 1 && byte == 'e');
    CHECK(!(fcntl(c.fds[0], F_GETFL) & O_NONBLOCK) && !(fcntl(c.fds[1], F_GETFL) & O_NONBLOCK));
    reply(&c, "{\"parameters\":{\"exitStatus\":76}}", -1);
    CHECK(client_end(&c) == 76);
    int all[] = { in[0], in[1], out[0], out[1], err[0], err[1] };
    for (int i = 0; i < 6; i++)
        close(all[i]);
}

static void large_arguments(void)
{
    static char big[100001];
    memset(big, 'a', 100000);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    struct client c = client_run("overlay", (char *[]){ big, big, big, NULL }, (int[]){ null, null, null });
    struct stat s;
    CHECK(!fstat(c.fds[3], &s) && s.st_size > 300000 && s.st_size < 301000);
    reply(&c, "{\"parameters\":{\"exitStatus\":0}}", -1);
    CHECK(client_end(&c) == 0);
    close(null);
}

static void closed_descriptors(void)
{
    struct client c = client_run("overlay", NULL, (int[]){ -1, -1, -1 });
    char path[40], link[100];
    for (int i = 0; i < 3; i++) {
        sprintf(path, "/proc/self/fd/%d", c.fds[i]);
        link[readlink(path, link, sizeof link - 1)] = 0;
        CHECK(!strcmp(link, "/dev/null"));
    }
    reply(&c, "{\"parameters\":{\"exitStatus\":3}}", -1);
    CHECK(client_end(&c) == 3);
}

static void replies_in_pieces(void)
{
    struct client c = client_quiet();
    const char json[] = "{\"parameters\":{\"note\":\"a \\\"exitStatus\\\":9 in a text\"},\"continues\":true}\0{\"parameters\":{\"exitStatus\": 12}}";
    for (size_t i = 0; i < sizeof json; i++) {
        send(c.connection, json + i, 1, MSG_NOSIGNAL);
        if (i % 16 == 0)
            usleep(500);
    }
    CHECK(client_end(&c) == 12);
}

static struct client client_with_stderr(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), err[2];
    pipe2(err, O_CLOEXEC);
    struct client c = client_run("overlay-list", NULL, (int[]){ null, null, err[1] });
    close(null), close(err[1]);
    c.err = err[0];
    return c;
}

static void read_text(struct client *c, int fd)
{
    size_t n = 0;
    ssize_t got;
    struct pollfd q = { fd, POLLIN, 0 };
    while (n < sizeof c->text - 1 && poll(&q, 1, 5000) > 0 && (got = read(fd, c->text + n, sizeof c->text - 1 - n)) > 0)
        n += got;
    c->text[n] = 0;
    close(fd);
}

static void errors(void)
{
    struct client c = client_with_stderr();
    reply(&c, "{\"error\":\"org.varlink.service.PermissionDenied\",\"parameters\":{}}", -1);
    CHECK(client_end(&c) == 77);
    read_text(&c, c.err);
    CHECK(!strcmp(c.text, "overlay-list: not permitted; run it as root: sudo overlay-list\n"));
    c = client_with_stderr();
    reply(&c, "{\"error\":\"org.overlayd.Command.InternalFailure\",\"parameters\":{\"message\":\"x\"}}", -1);
    CHECK(client_end(&c) == 70);
    read_text(&c, c.err);
    CHECK(strstr(c.text, "InternalFailure"));
    c = client_with_stderr();
    close(c.connection), c.connection = -1;
    CHECK(client_end(&c) == 69);
    read_text(&c, c.err);
    CHECK(!strcmp(c.text, "overlay-list: overlayd closed the connection\n"));
}

static void signals(void)
{
    struct client c = client_quiet();
    usleep(20000);
    kill(c.pid, SIGINT);
    CHECK(message_receive(c.connection, &c.m, 5) == 1);
    CHECK(!strcmp(c.m.text, "{\"method\":\"org.overlayd.Command.Interrupt\",\"parameters\":{\"signal\":2},\"oneway\":true}"));
    CHECK(c.m.size == (ssize_t)strlen(c.m.text) + 1);
    reply(&c, "{\"parameters\":{\"exitStatus\":130}}", -1);
    CHECK(client_end(&c) == 130);
    c = client_quiet();
    usleep(20000);
    for (int i = 0; i < 3; i++) {
        kill(c.pid, SIGTERM);
        usleep(20000);
    }
    CHECK(client_end(&c) == 128 + SIGTERM);
}

/* ---- terminals: `user` is the terminal the client sits at, `inner` the one of the subhost */

struct screens { int user, user_slave, inner, inner_slave; struct termios before; };

static struct client client_on_terminal(struct screens *s)
{
    struct winsize w = { 40, 120, 0, 0 };
    openpty(&s->user, &s->user_slave, NULL, NULL, &w);
    openpty(&s->inner, &s->inner_slave, NULL, NULL, NULL);
    for (int *fd = &s->user; fd <= &s->inner_slave; fd++)
        fcntl(*fd, F_SETFD, FD_CLOEXEC);
    struct termios raw;
    tcgetattr(s->inner_slave, &raw);
    cfmakeraw(&raw);
    tcsetattr(s->inner_slave, TCSANOW, &raw);
    tcgetattr(s->user_slave, &s->before);
    struct client c = client_run("overlay-go", (char *[]){ "web", NULL }, (int[]){ s->user_slave, s->user_slave, s->user_slave });
    reply(&c, "{\"parameters\":{\"terminal\":0},\"continues\":true}", s->inner);
    close(s->inner);
    return c;
}

static int reads(int fd, const char *word)
{
    static char text[1 << 16];
    size_t n = 0;
    struct pollfd q = { fd, POLLIN, 0 };
    text[0] = 0;
    while (!strstr(text, word) && n < sizeof text - 1 && poll(&q, 1, 3000) > 0) {
        ssize_t got = read(fd, text + n, sizeof text - 1 - n);
        if (got <= 0)
            break;
        text[n += got] = 0;
    }
    return strstr(text, word) != NULL;
}

static int is_raw(void *slave)
{
    struct termios t;
    tcgetattr(*(int *)slave, &t);
    return !(t.c_lflag & (ICANON | ECHO | ISIG));
}

static int restored(struct screens *s)
{
    struct termios t;
    tcgetattr(s->user_slave, &t);
    return t.c_iflag == s->before.c_iflag && t.c_oflag == s->before.c_oflag && t.c_cflag == s->before.c_cflag
        && t.c_lflag == s->before.c_lflag && !memcmp(t.c_cc, s->before.c_cc, sizeof t.c_cc);
}

static void screens_close(struct screens *s)
{
    close(s->user), close(s->user_slave);
    if (s->inner_slave >= 0)
        close(s->inner_slave);
}

static int has_size_of(void *slave)
{
    struct winsize w;
    ioctl(*(int *)slave, TIOCGWINSZ, &w);
    return w.ws_row == 25 && w.ws_col == 90;
}

static void terminal(void)
{
    struct screens s;
    struct client c = client_on_terminal(&s);
    CHECK(wait_until(is_raw, &s.user_slave, 3));
    struct winsize w = { 0 };
    write(s.user, "typed\003", 6);
    CHECK(reads(s.inner_slave, "typed\003"));
    CHECK(!ioctl(s.inner_slave, TIOCGWINSZ, &w) && w.ws_row == 40 && w.ws_col == 120);
    write(s.inner_slave, "shown\n", 6);
    CHECK(reads(s.user, "shown\n"));
    w = (struct winsize){ 25, 90, 0, 0 };
    ioctl(s.user, TIOCSWINSZ, &w);
    kill(c.pid, SIGWINCH);
    CHECK(wait_until(has_size_of, &s.inner_slave, 3));
    kill(c.pid, SIGSTOP);           /* more than one turn of the relay, and the status, are there when it looks */
    char last[6000];
    memset(last, '.', sizeof last);
    memcpy(last + sizeof last - 10, "last words", 10);
    fcntl(s.inner_slave, F_SETFL, O_RDWR | O_NONBLOCK);
    CHECK(write(s.inner_slave, last, sizeof last) == sizeof last);
    reply(&c, "{\"parameters\":{\"exitStatus\":4}}", -1);
    kill(c.pid, SIGCONT);
    CHECK(reads(s.user, "last words"));
    CHECK(client_end(&c) == 4);
    CHECK(restored(&s));
    screens_close(&s);
}

static void terminal_session_outlives_the_daemon(void)
{
    struct screens s;
    struct client c = client_on_terminal(&s);
    CHECK(wait_until(is_raw, &s.user_slave, 3));
    close(c.connection), c.connection = -1;
    usleep(20000);
    write(s.user, "more", 4);
    CHECK(reads(s.inner_slave, "more"));
    close(s.inner_slave), s.inner_slave = -1;
    CHECK(reads(s.user, "closed the connection"));
    CHECK(client_end(&c) == 69);
    CHECK(restored(&s));
    screens_close(&s);
}

static void much_input_and_output(void)
{
    struct screens s;
    struct client c = client_on_terminal(&s);
    CHECK(wait_until(is_raw, &s.user_slave, 3));
    /* what nobody reads must not stop what is written: 200 kB typed in, 200 kB shown, both at once */
    static char big[200000];
    memset(big, 'z', sizeof big);
    pid_t typist = fork();
    if (typist == 0) {
        for (size_t i = 0; i < sizeof big; i += 1000)
            write(s.user, big + i, 1000);
        _exit(0);
    }
    pid_t writer = fork();
    if (writer == 0) {
        for (size_t i = 0; i < sizeof big; i += 1000)
            write(s.inner_slave, big + i, 1000);
        _exit(0);
    }
    size_t seen = 0;
    struct pollfd q = { s.user, POLLIN, 0 };
    while (seen < sizeof big && poll(&q, 1, 3000) > 0) {
        ssize_t n = read(s.user, big, 4096);
        if (n <= 0)
            break;
        seen += n;
    }
    CHECK(seen == sizeof big);
    CHECK(wait_exit(writer, 3) == 0);
    kill(typist, SIGKILL);
    waitpid(typist, NULL, 0);
    reply(&c, "{\"parameters\":{\"exitStatus\":0}}", -1);
    CHECK(client_end(&c) == 0);
    CHECK(restored(&s));
    screens_close(&s);
}

static void input_that_is_no_terminal(void)
{
    int in[2], inner, inner_slave, null = open("/dev/null", O_RDWR | O_CLOEXEC);
    struct termios raw;
    pipe2(in, O_CLOEXEC);
    openpty(&inner, &inner_slave, NULL, NULL, NULL);
    fcntl(inner, F_SETFD, FD_CLOEXEC), fcntl(inner_slave, F_SETFD, FD_CLOEXEC);
    tcgetattr(inner_slave, &raw);
    cfmakeraw(&raw);
    tcsetattr(inner_slave, TCSANOW, &raw);
    struct client c = client_run("overlay-go", (char *[]){ "web", NULL }, (int[]){ in[0], null, null });
    reply(&c, "{\"parameters\":{\"terminal\":0},\"continues\":true}", inner);
    close(inner);
    write(in[1], "typed", 5);
    close(in[1]);
    CHECK(reads(inner_slave, "typed\004"));
    CHECK(write(inner_slave, "x", 1) == 1);      /* and the session goes on */
    reply(&c, "{\"parameters\":{\"exitStatus\":6}}", -1);
    CHECK(client_end(&c) == 6);
    close(in[0]), close(inner_slave), close(null);
}

static void third_signal_restores_the_terminal(void)
{
    struct screens s;
    struct client c = client_on_terminal(&s);
    CHECK(wait_until(is_raw, &s.user_slave, 3));
    for (int i = 0; i < 3; i++) {
        kill(c.pid, SIGTERM);
        usleep(20000);
    }
    CHECK(client_end(&c) == 143);
    CHECK(restored(&s));
    screens_close(&s);
}

static void users_terminal_vanishes(void)
{
    struct screens s;
    struct client c = client_on_terminal(&s);
    CHECK(wait_until(is_raw, &s.user_slave, 3));
    for (int i = 0; i < 3; i++)
        close(c.fds[i]), c.fds[i] = -1;
    close(s.user), close(s.user_slave);
    char byte;
    struct pollfd q = { s.inner_slave, POLLIN, 0 };
    CHECK(poll(&q, 1, 3000) > 0 && read(s.inner_slave, &byte, 1) <= 0);     /* the session is hung up */
    reply(&c, "{\"parameters\":{\"exitStatus\":129}}", -1);
    CHECK(client_end(&c) == 129);
    close(s.inner_slave);
}

/* ---- starting the daemon */

int serve_once(void)
{
    struct client c;
    int listening = listen_at(getenv("OVERLAYD_RUNTIME_DIR"));
    write(3, "r", 1);
    close(3);
    for (struct pollfd q = { listening, POLLIN, 0 }; poll(&q, 1, 500) > 0;)
        if (accept_client(listening, &c)) {
            reply(&c, "{\"parameters\":{\"exitStatus\":5}}", -1);
            close(c.connection);
            for (int i = 0; i < 4; i++)
                close(c.fds[i]);
        }
    char path[400];
    snprintf(path, sizeof path, "%s/overlayd.sock", getenv("OVERLAYD_RUNTIME_DIR"));
    unlink(path);
    return 0;
}

static char fresh[300];         /* a runtime directory where nothing is yet */
static char *fresh_env[6];

static void write_daemon(const char *script)
{
    char path[400];
    static int number;
    snprintf(path, sizeof path, "%s/../sbin", programs);
    mkdir(path, 0755);
    strcat(path, "/overlayd");
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
    dprintf(fd, "#!/bin/sh\n%s\n", script);
    close(fd);
    snprintf(fresh, sizeof fresh, "OVERLAYD_RUNTIME_DIR=%s/fresh%d", scratch, ++number);
    fresh_env[0] = fresh;
    fresh_env[1] = "PATH=/usr/bin:/bin";
    fresh_env[2] = "SECRET=x";
    fresh_env[3] = "LANG=en_US.UTF-8";
    fresh_env[4] = "JAVA_HOME=/opt/java";
}

static void starts_the_daemon(void)
{
    char script[1200], file[400];
    snprintf(script, sizeof script, "{ echo \"$@\"; pwd; env | sort; ls -l /proc/self/fd | sed 's/.* \\([0-9]* ->\\)/\\1/'; ps -o sid= -p $$;"
             "echo pid $$; } >\"$OVERLAYD_RUNTIME_DIR/seen\"; echo to the log; echo log >&2; exec %s --serve", self);
    write_daemon(script);
    const char *dir = strchr(fresh, '=') + 1;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), fds[] = { null, null, null };
    pid_t pid = client_spawn("overlay-list", NULL, fresh_env, fds);
    CHECK(wait_exit(pid, 5) == 5);
    snprintf(file, sizeof file, "%s/seen", dir);
    char *seen = slurp(AT_FDCWD, file);
    CHECK(!strncmp(seen, "--auto\n/\n", 9));
    CHECK(strstr(seen, "LC_ALL=C.UTF-8\n") && strstr(seen, "JAVA_HOME=/opt/java\n") && strstr(seen, fresh));
    CHECK(!strstr(seen, "SECRET") && !strstr(seen, "LANG="));
    CHECK(strstr(seen, "0 -> /dev/null\n") && strstr(seen, "3 -> pipe:") && !strstr(seen, "\n5 ->"));
    int sid = 0, its = 1;
    sscanf(strstr(seen, "\n4 ->") ? strchr(strstr(seen, "\n4 ->") + 1, '\n') : "", "%d pid %d", &sid, &its);
    CHECK(sid == its);
    struct stat s;
    CHECK(!stat(dir, &s) && (s.st_mode & 07777) == 0700);
    snprintf(file, sizeof file, "%s/overlayd.log", dir);
    CHECK(!stat(file, &s) && (s.st_mode & 07777) == 0600);
    CHECK(!strcmp(slurp(AT_FDCWD, file), "log\n"));
    close(null);
}

static void many_clients_start_one(void)
{
    char script[1200], file[400];
    snprintf(script, sizeof script, "echo one >&2; sleep 0.1; exec %s --serve", self);
    write_daemon(script);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), fds[] = { null, null, null };
    pid_t pids[10];
    for (int i = 0; i < 10; i++)
        pids[i] = client_spawn("overlay-list", NULL, fresh_env, fds);
    for (int i = 0; i < 10; i++)
        CHECK(wait_exit(pids[i], 5) == 5);
    snprintf(file, sizeof file, "%s/overlayd.log", strchr(fresh, '=') + 1);
    CHECK(!strcmp(slurp(AT_FDCWD, file), "one\n"));
    close(null);
}

static void daemon_that_fails(void)
{
    struct client c = { .pid = 0 };
    write_daemon("echo no java >&2; exit 1");
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), err[2];
    pipe2(err, O_CLOEXEC);
    c.pid = client_spawn("overlay-boot", NULL, fresh_env, (int[]){ null, null, err[1] });
    close(err[1]), close(null);
    CHECK(wait_exit(c.pid, 5) == 69);
    read_text(&c, err[0]);
    CHECK(!strncmp(c.text, "overlay-boot: overlayd did not start", 36) && strstr(c.text, "/overlayd.log\n"));
}

/* As nobody: the programs must be reachable, so they are looked for in a copy below a directory open to all. */
static pid_t as_nobody(const int fds[3], char *const env[])
{
    pid_t pid = fork();
    if (pid)
        return pid;
    if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
        _exit(99);
    _exit(wait_exit(client_spawn("overlay-boot", (char *[]){ "a b", "c", NULL }, env, fds), 5) & 255);
}

static void not_root(void)
{
    struct client c = { .pid = 0 };
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), err[2], user, slave;
    char *env[] = { "PATH=/nowhere", client_env[0], NULL };
    pipe2(err, O_CLOEXEC);
    c.pid = as_nobody((int[]){ null, null, err[1] }, env);
    close(err[1]);
    CHECK(wait_exit(c.pid, 5) == 77);
    read_text(&c, err[0]);
    CHECK(strstr(c.text, "sudo overlay-boot\n"));
    char path[400], bin[400];
    snprintf(path, sizeof path, "%s/sudo", programs);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
    dprintf(fd, "#!/bin/sh\nfor a; do echo \"<$a>\"; done; exit 21\n");
    close(fd);
    snprintf(bin, sizeof bin, "PATH=%s:/bin", programs);
    env[0] = bin;
    openpty(&user, &slave, NULL, NULL, NULL);
    fcntl(user, F_SETFD, FD_CLOEXEC), fcntl(slave, F_SETFD, FD_CLOEXEC);
    pipe2(err, O_CLOEXEC);
    c.pid = as_nobody((int[]){ slave, err[1], err[1] }, env);
    close(err[1]);
    CHECK(wait_exit(c.pid, 5) == 21);
    read_text(&c, err[0]);
    CHECK(!strncmp(c.text, "<-->\n</", 7) && strstr(c.text, "/bin/overlay-boot>\n<a b>\n<c>\n"));
    close(user), close(slave), close(null);
}

static void how_long(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), listening = listen_at(runtime);
    long long us = 0;
    for (int i = 0; i < 100; i++) {
        struct timespec a, z;
        struct client c;
        clock_gettime(CLOCK_MONOTONIC, &a);
        c.pid = client_spawn("overlay", (char *[]){ "list", NULL }, environ, (int[]){ null, null, null });
        CHECK(accept_client(listening, &c));
        reply(&c, "{\"parameters\":{\"exitStatus\":0}}", -1);
        CHECK(client_end(&c) == 0);
        clock_gettime(CLOCK_MONOTONIC, &z);
        us += (z.tv_sec - a.tv_sec) * 1000000 + (z.tv_nsec - a.tv_nsec) / 1000;
    }
    note("fork, client, fake server: mean %lld us", us / 100);
    close(null), close(listening);
}

void client_tests(void)
{
    static char setting[400];
    char path[400];
    snprintf(runtime, sizeof runtime, "%s/runtime", scratch);
    mkdir(runtime, 0700);
    snprintf(setting, sizeof setting, "OVERLAYD_RUNTIME_DIR=%s", runtime);
    setenv("OVERLAYD_RUNTIME_DIR", runtime, 1);
    client_env[0] = setting;
    static const char *const links[] = { "overlay-boot", "overlay-go", "overlay-list" };
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", programs, links[i]);
        symlink("overlay", path);
    }
    test("the client hands over descriptors, arguments, directory and environment, any bytes", hands_everything_over);
    test("large arguments arrive", large_arguments);
    test("closed descriptors become /dev/null", closed_descriptors);
    test("replies may come in pieces", replies_in_pieces);
    test("errors and a closed connection have their exit codes", errors);
    test("a signal is told to the daemon, the third one ends the client", signals);
    test("a terminal is relayed and restored, window size follows", terminal);
    test("a terminal session outlives the daemon", terminal_session_outlives_the_daemon);
    test("input that nobody reads does not stop the output", much_input_and_output);
    test("the end of a file as input reaches a terminal as the end of input", input_that_is_no_terminal);
    test("the third signal restores the terminal", third_signal_restores_the_terminal);
    test("when the user's terminal vanishes the session is hung up", users_terminal_vanishes);
    test("the daemon is started when absent, with nothing of ours", starts_the_daemon);
    test("many clients at once start one daemon", many_clients_start_one);
    test("a daemon that fails to start is reported with its log", daemon_that_fails);
    test("who is not root gets sudo or the remedy", not_root);
    test("the client is quick", how_long);
}
