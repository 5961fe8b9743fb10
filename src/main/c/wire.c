/* Packets, texts and kernel calls: see wire.h. No stdio and no malloc, they would cost more than the programs. */
#include "wire.h"
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#define CLONE_PIDFD 0x1000
#define CLONE_PARENT 0x8000
#define CLONE_INTO_CGROUP 0x200000000ULL

static void *fresh_memory(size_t size) {
    void *m = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return m == MAP_FAILED ? NULL : m;
}

void packet_drop(struct packet *p) {
    for (int i = 0; i < p->count; i++)
        if (p->fds[i] >= 0)
            close(p->fds[i]);
    p->count = 0;
    if (p->text)
        munmap(p->text, PACKET_MAX);
    p->text = NULL;
}

int packet_receive(int socket, struct packet *p) {
    union { struct cmsghdr head; char room[CMSG_SPACE(FDS_MAX * sizeof(int))]; } control;
    memset(p, 0, sizeof *p);
    if (!(p->text = fresh_memory(PACKET_MAX)))
        return -1;
    struct iovec io = { p->text, PACKET_MAX };
    struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
    ssize_t n;
    do
        n = recvmsg(socket, &m, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n > 0)
        for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
            if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
                p->count = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
                memcpy(p->fds, CMSG_DATA(c), (size_t)p->count * sizeof(int));
            }
    if (n > 0 && !(m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) && p->text[n - 1] == 0) {
        p->size = (size_t)n;
        return 1;
    }
    packet_drop(p);
    if (n > 0)
        errno = EINVAL;
    return n == 0 || (n < 0 && errno == ECONNRESET) ? 0 : -1;
}

int packet_send(int socket, const void *text, size_t size, const int *fds, int count) {
    union { struct cmsghdr head; char room[CMSG_SPACE(FDS_MAX * sizeof(int))]; } control = { 0 };
    struct iovec io = { (void *)(uintptr_t)text, size };
    struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1 };
    if (count > 0) {
        m.msg_control = &control;
        m.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
        control.head.cmsg_level = SOL_SOCKET;
        control.head.cmsg_type = SCM_RIGHTS;
        control.head.cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
        memcpy(CMSG_DATA(&control.head), fds, (size_t)count * sizeof(int));
    }
    ssize_t n;
    do
        n = sendmsg(socket, &m, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)size ? 0 : -1;
}

const char *packet_next(const struct packet *p, const char *at) {
    at += strlen(at) + 1;
    return at < p->text + p->size ? at : NULL;
}

/* Each blank separated word of a string that may be NULL; its end is not marked. */
#define FOR_WORDS(w, words) for (const char *w = (words); w && *w; w += strcspn(w, " "), w += strspn(w, " "))

/* Is the word of this length one of the words? */
static int listed(const char *words, const char *word, size_t length) {
    FOR_WORDS(w, words)
        if (strcspn(w, " ") == length && !memcmp(w, word, length))
            return 1;
    return 0;
}

int packet_is(const struct packet *p, const char *verb, const char *keys, const char *names) {
    if (strcmp(p->text, verb))
        return 0;
    for (const char *s = packet_next(p, p->text); s; s = packet_next(p, s)) {
        const char *end = strchr(s, '=');
        if (!end || (!listed(keys, s, (size_t)(end + 1 - s)) && strncmp(s, "fds=", 4)))
            return 0;
    }
    int named = 0;
    FOR_WORDS(w, packet_value(p, "fds="))
        if (named++, !listed(names, w, strcspn(w, " ")))
            return 0;
    return named == p->count;
}

const char *packet_value(const struct packet *p, const char *key) {
    size_t length = strlen(key);
    for (const char *s = packet_next(p, p->text); s; s = packet_next(p, s))
        if (!strncmp(s, key, length))
            return s + length;
    return NULL;
}

uint64_t packet_number(const struct packet *p, const char *key, int base, uint64_t absent, int *bad) {
    const char *value = packet_value(p, key);
    if (!value)
        return absent;
    char *end;
    errno = 0;
    uint64_t n = strtoull(value, &end, base);
    if (errno || end == value || *end || *value == '-')
        *bad = 1;
    return n;
}

char **packet_list(const struct packet *p, const char *key) {
    size_t length = strlen(key), n = 1;
    for (const char *s = packet_next(p, p->text); s; s = packet_next(p, s))
        n += !strncmp(s, key, length);
    char **list = fresh_memory(n * sizeof *list);
    n = 0;
    for (const char *s = packet_next(p, p->text); s && list; s = packet_next(p, s))
        if (!strncmp(s, key, length))
            list[n++] = (char *)(uintptr_t)s + length;
    return list;
}

int packet_fd(const struct packet *p, const char *name, int nth) {
    int i = 0;
    FOR_WORDS(w, packet_value(p, "fds=")) {
        if (i < p->count && listed(name, w, strcspn(w, " ")) && nth-- == 0)
            return p->fds[i];
        i++;
    }
    return -1;
}

struct text text(const char *format, ...) {
    struct text t = { .size = 0 };
    va_list values;
    va_start(values, format);
    for (const char *f = format; *f; f++) {
        char digits[24] = "", *s = digits + sizeof digits - 1;
        if (*f == '%' && *++f == 's') {
            s = va_arg(values, char *);
        } else if (*f == 'n' && f > format && f[-1] == '%') {
            uint64_t n = va_arg(values, uint64_t);
            do
                *--s = (char)('0' + n % 10);
            while (n /= 10);
        } else {
            *--s = *f == '|' ? 0 : *f;
        }
        size_t length = *f == '|' ? 1 : strlen(s);
        if (t.size + length >= sizeof t.at) {
            memset(&t, 0, sizeof t);
            break;
        }
        memcpy(t.at + t.size, s, length);
        t.size += length;
    }
    va_end(values);
    return t;
}

void say(struct text packet, const int *fds, int count) {
    packet_send(CONTROL, packet.at, packet.size, fds, count);
}

int report_failure(const char *step, int error) {
    say(text("FAILED|step=%s|errno=%n|", step, (uint64_t)error), NULL, 0);
    return 1;
}

int64_t milliseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

sigset_t signals_of(const char *numbers) {
    sigset_t set;
    sigemptyset(&set);
    for (; *numbers; numbers++)
        sigaddset(&set, *numbers);
    return set;
}

void signals_block(void) {
    sigset_t all;
    memset(&all, 0xff, sizeof all);     /* sigfillset leaves out 32-34, which are glibc's SIGRTMIN and kill us */
    sigprocmask(SIG_SETMASK, &all, NULL);
}

void signals_default(void) {
    struct sigaction normal = { .sa_handler = SIG_DFL };
    for (int i = 1; i < _NSIG; i++)
        sigaction(i, &normal, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

void limits_ordinary(void) {
    struct rlimit files;
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && write(fd, "0", 1) + close(fd) < 0)
        errno = 0;
    if (!getrlimit(RLIMIT_NOFILE, &files) && files.rlim_cur > 1024) {
        files.rlim_cur = 1024;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    umask(022);
}

void fds_occupy(void) {
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd < 3);
    if (fd >= 0)
        close(fd);
}

ssize_t read_file(const char *path, char *buffer, size_t size) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, buffer, size - 1);
    if (fd >= 0)
        close(fd);
    buffer[n < 0 ? 0 : n] = 0;
    return n;
}

int open_below(int dir, const char *path, int flags) {
    uint64_t how[3] = { (uint64_t)flags | O_CLOEXEC, 0, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };
    return (int)syscall(NR_OPENAT2, dir, path, how, sizeof how);
}

int clone_process(uint64_t flags, int *pidfd, int cgroup) {
    /* struct clone_args: flags pidfd child_tid parent_tid exit_signal stack stack_size tls set_tid set_tid_size cgroup */
    uint64_t arguments[11] = { flags | CLONE_PIDFD, (uint64_t)(uintptr_t)pidfd, 0, 0, flags & CLONE_PARENT ? 0 : SIGCHLD };
    if (cgroup >= 0) {
        arguments[0] |= CLONE_INTO_CGROUP;
        arguments[10] = (uint64_t)cgroup;
    }
    return (int)syscall(NR_CLONE3, arguments, sizeof arguments);
}
