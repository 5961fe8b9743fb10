/* Hostile roots, round after round: hostile ROUNDS SEED DIRECTORY TINY
 *
 * Each round plants in UPPER (and a layer of LOWER) what an attacker who owns it would: links to a place of the host, absolute, relative and
 * through /proc, loops, fifos, devices, sockets, files for directories and directories for files, at every place the daemon mounts on,
 * writes to or looks at. In some rounds a process swaps them against the real thing meanwhile, from outside and from inside. Then the
 * subhost is booted; entered, audited, copied into and out of, compared, shared with, tried something on, or looked at for drift; and stopped;
 * then kept as a checkpoint, taken back to one, merged with one, reset, or removed.
 *
 * The place of the host is watched (inotify): any open, read, write or change of anything in it ends the run. So do a mount that is
 * left, a command that hangs, and an exit status that says of a crash. Last line: how many rounds booted, were refused.
 *
 * hostile start: as a service of such a subhost, swaps in /mnt and /run until it is killed. hostile nothing: exits 0.
 * hostile leave: as the command of a trial, changes all those places. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* Where the daemon, or pid 1, mounts, writes or looks. */
static const char *const targets[] = {
    "dev", "dev/pts", "dev/null", "proc", "sys", "run", "run/lock", "tmp", "mnt", "mnt/a", "mnt/a/b", "srv", "srv/file", ".reaper", "etc",
    "etc/hostname", "etc/hosts", "etc/resolv.conf", "etc/adjtime", "etc/network", "etc/network/interfaces", "etc/init.d", "etc/init.d/evil",
    "etc/systemd", "etc/ssh", "etc/shadow", "root", "var", "var/backups", "proc/sys", "sys/firmware", "hostile",
};

static char victim[256], base[256], upper[300], layer[300], tiny[256];
static int events;
static int proving = 1;

static unsigned long long state;
static unsigned long *swaps;        /* in memory of all */

static unsigned chance(unsigned sides)
{
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(state >> 33) % sides;
}

static char *join(char *to, const char *dir, const char *name)
{
    snprintf(to, 600, "%s/%s", dir, name);
    return to;
}

static int forget(const char *path, const struct stat *s, int kind, struct FTW *f)
{
    (void)s, (void)kind, (void)f;
    return remove(path) && errno != ENOENT && errno != EBUSY;
}

static void clear(const char *dir)
{
    nftw(dir, forget, 64, FTW_DEPTH | FTW_PHYS);
}

/* Real directories on the way; 0 where something hostile lies on it already: we do not go through it ourselves. */
static int above(const char *dir, const char *name)
{
    char path[600];
    struct stat s;
    for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(path, sizeof path, "%s/%.*s", dir, (int)(slash - name), name);
        mkdir(path, 0755);
        if (lstat(path, &s) || !S_ISDIR(s.st_mode))
            return 0;
    }
    return 1;
}

/* Something hostile at the path; what was there goes. */
static void plant(const char *dir, const char *name)
{
    static const char *const ups = "../../../../../../../../../../../..";
    char path[600], text[900];
    if (!above(dir, name))
        return;
    join(path, dir, name);
    clear(path);
    switch (chance(20)) {
    case 0: symlink(victim, path); break;
    case 1: snprintf(text, sizeof text, "%s%s/dir", ups, victim); symlink(text, path); break;
    case 2: snprintf(text, sizeof text, "%s/file", victim); symlink(text, path); break;
    case 3: snprintf(text, sizeof text, "%s/fifo", victim); symlink(text, path); break;
    case 4: snprintf(text, sizeof text, "%s/not-there-yet", victim); symlink(text, path); break;
    case 5: snprintf(text, sizeof text, "/proc/self/root%s/dir", victim); symlink(text, path); break;
    case 6: snprintf(text, sizeof text, "/proc/1/root%s/file", victim); symlink(text, path); break;
    case 7: symlink("/", path); break;
    case 8: symlink(strrchr(path, '/') + 1, path); break;          /* a loop */
    case 9: symlink("/proc/self/fd/3", path); break;
    case 10: symlink("../run/../../../../..", path); break;
    case 11: mkfifo(path, 0666); break;
    case 12: mknod(path, S_IFCHR | 0666, makedev(1, 3)); break;
    case 13: mknod(path, S_IFBLK | 0666, makedev(7, 0)); break;
    case 14: mknod(path, S_IFCHR, 0); break;                       /* a whiteout */
    case 15: mkdir(path, 01777); break;
    case 16: close(open(path, O_CREAT | O_WRONLY, 0666)); break;
    case 17: {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int s = socket(AF_UNIX, SOCK_STREAM, 0), here = open(".", O_PATH | O_DIRECTORY);
        char *slash = strrchr(path, '/');
        *slash = 0;
        snprintf(address.sun_path, sizeof address.sun_path, "%.90s", slash + 1);
        if (!chdir(path) && bind(s, (struct sockaddr *)&address, sizeof address))
            errno = 0;
        if (fchdir(here))
            exit(2);
        close(here);
        close(s);
        break;
    }
    case 18: snprintf(text, sizeof text, "%s/linked", victim); if (link(text, path)) errno = 0; break;
    default:
        mkdir(path, 0755);
        snprintf(text, sizeof text, "/../../..%s/dir", victim);
        setxattr(path, chance(2) ? "trusted.overlay.redirect" : "trusted.overlay.opaque", chance(2) ? text : "y", 1, 0);
    }
}

static void fine(const char *dir, const char *name)
{
    char path[600];
    if (above(dir, name))
        mkdir(join(path, dir, name), 0755);
}

/* Swaps places against hostile twins, as fast as it may without a processor of its own. */
static _Noreturn void swap(const char *root, const char *const *names, unsigned count)
{
    char path[600], twin[700];
    for (unsigned n = 0;; n++) {
        join(path, root, names[n % count]);
        snprintf(twin, sizeof twin, "%s.twin", path);
        *swaps += !syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, twin, 2 /* RENAME_EXCHANGE */);
        struct timespec pause = { 0, 20000 };
        nanosleep(&pause, NULL);
    }
}

/* As a service: from inside, where the daemon's binds and its joining commands look things up. */
static int inside(void)
{
    static const char *const names[] = { "mnt/a", "mnt", "srv/file", "run/lock", "dev/pts", "etc/hostname", "dev/null", "tmp" };
    static unsigned long unseen;
    swaps = &unseen;
    if (fork() > 0)
        return 0;
    setsid();
    for (unsigned i = 0; i < COUNT(names); i++) {
        char twin[600];
        snprintf(twin, sizeof twin, "/%s.twin", names[i]);
        if (symlink("/proc/1/root/../../etc", twin))
            errno = 0;
    }
    swap("", names, COUNT(names));
}

static void wait_or_kill(pid_t child, const char *what, unsigned seconds, int *status)
{
    for (unsigned i = 0; i < seconds * 200; i++) {
        struct timespec pause = { 0, i < 20 ? 1000000 : 5000000 };
        if (waitpid(child, status, WNOHANG) == child)
            return;
        nanosleep(&pause, NULL);
    }
    printf("HANGS: %s\n", what);
    kill(child, SIGKILL);
    exit(1);
}

/* One of our commands, in silence; its status, which must be one that a command of ours may have. */
static int command(const char *name, char *const *argv)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        int out = open(join((char[600]){ 0 }, base, "../last"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(open("/dev/null", O_RDONLY), 0);
        dup2(out, 1);
        dup2(out, 2);
        execvp(name, argv);
        _exit(120);
    }
    char words[2000] = "";
    for (char *const *word = argv; *word; word++)
        snprintf(words + strlen(words), sizeof words - strlen(words), "%s%s", word == argv ? "" : " ", *word);
    wait_or_kill(child, words, 60, &status);
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (code == 120 || code == 70 || code >= 128 || code == 69) {
        printf("BROKEN: %s ends with %d\n", words, code);
        exit(1);
    }
    return code;
}

static void watch_tree(const char *dir)
{
    char path[600];
    inotify_add_watch(events, dir, IN_ALL_EVENTS | IN_DONT_FOLLOW);
    DIR *d = opendir(dir);
    for (struct dirent *e; d && (e = readdir(d));)
        if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..")) {
            if (e->d_type == DT_DIR)
                watch_tree(join(path, dir, e->d_name));
            else        /* the root that has a hard link of the file may read it: it is its own, too */
                inotify_add_watch(events, join(path, dir, e->d_name), IN_DONT_FOLLOW | (strcmp(e->d_name, "linked") ? IN_ALL_EVENTS : IN_MODIFY));
        }
    if (d)
        closedir(d);
}

/* Events on the place of the host. A hard link that we planted, swap and take away again changes link count and names, no more. */
static int touched(void)
{
    char buffer[8192] __attribute__((aligned(8)));
    int real = 0;
    for (ssize_t n; (n = read(events, buffer, sizeof buffer)) > 0;)
        for (char *at = buffer; at < buffer + n;) {
            struct inotify_event *e = (struct inotify_event *)at;
            if (!(e->mask & (IN_ATTRIB | IN_MOVE_SELF | IN_IGNORED))) {
                if (!proving)
                    printf("TOUCHED: mask %x %s\n", e->mask, e->len ? e->name : "");
                real = 1;
            }
            at += sizeof *e + e->len;
        }
    return real;
}

/* Looking at the place is an event as well, so the watch begins after it. */
static void make_victim(void)
{
    char path[600];
    mkdir(victim, 0700);
    mkdir(join(path, victim, "dir"), 0755);
    mkdir(join(path, victim, "dir/sub"), 0755);
    int fd = open(join(path, victim, "file"), O_WRONLY | O_CREAT, 0644);
    if (write(fd, "untouched\n", 10) != 10)
        exit(2);
    close(fd);
    close(open(join(path, victim, "dir/file"), O_WRONLY | O_CREAT, 0644));
    mkfifo(join(path, victim, "fifo"), 0666);
    close(open(join(path, victim, "linked"), O_WRONLY | O_CREAT, 0644));
    events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    watch_tree(victim);
    struct timespec pause = { 0, 50000000 };
    nanosleep(&pause, NULL);
    for (char drop[8192]; read(events, drop, sizeof drop) > 0;)
        ;
}

/* The detector must fire, or it proves nothing. */
static void prove_detector(void)
{
    char path[600], byte;
    int fd = open(join(path, victim, "file"), O_RDONLY);
    if (read(fd, &byte, 1) != 1 || !touched()) {
        printf("the detector is blind\n");
        exit(2);
    }
    close(fd);
    close(open(join(path, victim, "dir/new"), O_WRONLY | O_CREAT, 0600));
    unlink(path);
    if (!touched())
        exit(2);
    printf("the detector fires\n");
    proving = 0;
}

static int mounts_below(void)
{
    static char line[4096];
    int found = 0;
    FILE *f = fopen("/proc/self/mountinfo", "re");
    while (f && fgets(line, sizeof line, f))
        found += strstr(line, base) != NULL;
    if (f)
        fclose(f);
    return found;
}

static void configure(const char *conf)
{
    char path[600];
    static const char *const extras[] = { "HIDE=secrets", "HIDE=/etc/hosts /mnt", "RAM_SIZE=none", "DEVICES=/dev/fuse", "PROFILE=compat", "HOSTNAME=host" };
    FILE *f = fopen(conf, "we");
    fchmod(fileno(f), 0600);
    fprintf(f, "BASE=%s\nLOG=%s/../hostile.log\n", base, base);
    switch (chance(6)) {
    case 0: fprintf(f, "LOWER=/\n"); break;
    case 1: fprintf(f, "LOWER=%s:%s\n", layer, tiny); break;
    default: fprintf(f, "LOWER=%s\n", tiny);
    }
    fprintf(f, "START=%s\n", chance(3) ? "none" : chance(2) ? "/hostile" : "evil /hostile");
    if (chance(2))
        fprintf(f, "SHARE=%s:/mnt/a/b\n", join(path, base, "../share"));
    if (chance(3) == 0)
        fprintf(f, "SHARE=%s:/srv/file\n", join(path, base, "../share/file"));
    if (chance(2))
        fprintf(f, "%s\n", extras[chance(COUNT(extras))]);
    fclose(f);
}

static void program(const char *self)
{
    char path[600], buffer[65536];
    join(path, upper, "hostile");
    clear(path);
    int from = open(self, O_RDONLY), to = open(path, O_WRONLY | O_CREAT | O_EXCL, 0755);
    for (ssize_t n; (n = read(from, buffer, sizeof buffer)) > 0;)
        if (write(to, buffer, (size_t)n) != n)
            exit(2);
    close(from);
    close(to);
}

static void prepare(const char *self, const char *const *swapped, unsigned count)
{
    char path[700];
    const char *dirs[] = { "", "live", "root", "work", "layer" };
    clear(base);
    for (unsigned i = 0; i < COUNT(dirs); i++)
        mkdir(join(path, base, dirs[i]), 0755);
    program(self);
    for (unsigned n = chance(5); n > 0; n--)
        plant(upper, targets[chance(COUNT(targets))]);
    for (unsigned n = chance(3); n > 0; n--)
        plant(layer, targets[chance(COUNT(targets))]);
    for (unsigned i = 0; i < count; i++) {
        char twin[600];
        fine(upper, swapped[i]);
        snprintf(twin, sizeof twin, "%s.twin", swapped[i]);
        plant(upper, twin);
    }
}

static int booted, refused, removed;

static int tried, kept;

/* A trial on it writes where something hostile may lie; then that is brought over, and taken back. */
static void try_on_it(char *name)
{
    char text[65536], number[20] = "", *at;
    command("overlay", (char *[]){ "overlay", "try", "--in", name, "/hostile", "leave", NULL });
    int fd = open(join((char[600]){ 0 }, base, "../last"), O_RDONLY);
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    text[n < 0 ? 0 : n] = 0;
    if (!(at = strstr(text, "overlay try apply ")) || sscanf(at, "overlay try apply %15[0-9]", number) != 1)
        return;
    tried++;
    command("overlay", (char *[]){ "overlay", "try", "diff", number, NULL });
    command("overlay", (char *[]){ "overlay", "try", "apply", number, NULL });
    if (chance(2))
        command("overlay", (char *[]){ "overlay", "try", "undo", number, NULL });
    command("overlay", (char *[]){ "overlay", "try", "drop", number, NULL });
}

/* What a stopped one is asked for, while somebody may go on swapping. */
static void keep_it(char *conf)
{
    char before[] = "before", other[] = "other";
    switch (chance(20)) {
    case 0: case 1: kept += !command("overlay", (char *[]){ "overlay", "checkpoint", conf, before, NULL }); break;
    case 2:
        if (command("overlay", (char *[]){ "overlay", "checkpoint", conf, other, NULL }) == 0) {
            kept++;
            command("overlay", (char *[]){ "overlay", "diff", "--since", other, conf, NULL });
            command("overlay", (char *[]){ "overlay", "rollback", "--yes", conf, other, NULL });
            command("overlay", (char *[]){ "overlay", "checkpoint", "--merge", conf, NULL });
            command("overlay", (char *[]){ "overlay", "checkpoint", "--delete", conf, other, NULL });
        }
        break;
    case 3: command("overlay", (char *[]){ "overlay", "diff", conf, NULL }); break;
    case 4: command("overlay", (char *[]){ "overlay", "drift", conf, NULL }); break;
    case 5: try_on_it(conf); break;
    case 6: command("overlay", (char *[]){ "overlay", "audit", conf, NULL }); break;
    default: break;
    }
}

/* As the command of a trial: files, directories and removals at all those places. */
static int leave(void)
{
    for (unsigned i = 0; i < COUNT(targets); i++) {
        char path[600], text[700];
        snprintf(path, sizeof path, "/%s", targets[i]);
        if (!strcmp(targets[i], "root"))    /* hidden, it is empty; to take away the machine's own takes minutes */
            continue;
        if (remove(path) && errno != ENOTEMPTY && errno != EBUSY && i % 2)
            continue;
        snprintf(text, sizeof text, "%s.left", path);
        close(open(text, O_WRONLY | O_CREAT | O_TRUNC, 0644));
        if (i % 3 ? mkdir(path, 0755) : symlink("/proc/1/root/../../etc", path))
            errno = 0;
    }
    return 0;
}

/* What a running one is asked for. What is copied out lies where the next copy may meet it. */
static void deal_with(void)
{
    char out[600], in[600], file[600], place[600];
    join(out, base, "../out");
    join(file, base, "../share/file");
    const char *target = targets[chance(COUNT(targets))];
    snprintf(place, sizeof place, "ovhostile:/%s", target);
    snprintf(in, sizeof in, "--on=/%s", target);
    switch (chance(12)) {
    case 0: case 1: command("overlay-go", (char *[]){ "overlay-go", "ovhostile", "--", "/hostile", "nothing", NULL }); break;
    case 2: command("overlay", (char *[]){ "overlay", "audit", "ovhostile", NULL }); break;
    case 3: command("overlay", (char *[]){ "overlay", "cp", "-q", file, place, NULL }); break;
    case 4: command("overlay", (char *[]){ "overlay", "cp", "-q", "ovhostile:/mnt", out, NULL }); break;
    case 5: command("overlay", (char *[]){ "overlay", "cp", "-q", place, out, NULL }); break;
    case 6: command("overlay", (char *[]){ "overlay", "diff", "ovhostile", NULL }); break;
    case 7: command("overlay-share", (char *[]){ "overlay-share", in, file, "ovhostile", NULL }); break;
    case 8: try_on_it("ovhostile"); break;
    case 9: command("overlay", (char *[]){ "overlay", "drift", "ovhostile", NULL }); break;
    default: break;
    }
    if (chance(8) == 0) {
        clear(out);
        mkdir(out, 0700);
    }
}

static void one_round(const char *self, const char *conf)
{
    const char *swapped[3];
    unsigned count = chance(5) < 2 ? 1 + chance(COUNT(swapped)) : 0;
    for (unsigned i = 0; i < count; i++)
        swapped[i] = targets[chance(COUNT(targets))];
    prepare(self, swapped, count);
    configure(conf);
    pid_t swapper = count ? fork() : 0;
    if (count && swapper == 0 && !prctl(PR_SET_PDEATHSIG, SIGKILL))
        swap(upper, swapped, count);
    char *path = (char *)(uintptr_t)conf;
    int status = command("overlay-boot", (char *[]){ "overlay-boot", path, NULL });
    booted += status == 0 || status == 76;
    refused += status != 0 && status != 76;
    if (status == 0 || status == 76) {
        deal_with();
        if (command("overlay-stop", (char *[]){ "overlay-stop", "ovhostile", NULL })) {
            printf("BROKEN: overlay-stop refuses\n");
            exit(1);
        }
    }
    keep_it(path);
    if (chance(10) == 0)
        command("overlay", (char *[]){ "overlay", "reset", "--yes", path, NULL });
    if (count) {
        kill(swapper, SIGKILL);
        waitpid(swapper, NULL, 0);
    }
    if (chance(10) == 0) {
        command("overlay", (char *[]){ "overlay", "remove", "--yes", path, NULL });
        removed++;
    }
}

int main(int count, char **arguments)
{
    if (count == 2 && !strcmp(arguments[1], "nothing"))
        return 0;
    if (count == 2 && !strcmp(arguments[1], "leave"))
        return leave();
    if (count == 2 && !strcmp(arguments[1], "start"))
        return inside();
    if (count == 2)
        return 0;                   /* stop, and what else a service is told */
    if (count != 5)
        return 64;
    char conf[600], path[600];
    unsigned rounds = (unsigned)atoi(arguments[1]), seed = (unsigned)atoi(arguments[2]);
    signal(SIGPIPE, SIG_IGN);
    umask(0);
    setvbuf(stdout, NULL, _IOLBF, 0);
    snprintf(victim, sizeof victim, "%s/victim", arguments[3]);
    snprintf(base, sizeof base, "%s/base", arguments[3]);
    snprintf(upper, sizeof upper, "%s/root", base);
    snprintf(layer, sizeof layer, "%s/layer", base);
    snprintf(tiny, sizeof tiny, "%s", arguments[4]);
    snprintf(conf, sizeof conf, "%s/ovhostile.conf", arguments[3]);
    swaps = mmap(NULL, sizeof *swaps, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    mkdir(join(path, arguments[3], "out"), 0700);
    mkdir(join(path, arguments[3], "share"), 0755);
    close(open(join(path, arguments[3], "share/file"), O_WRONLY | O_CREAT, 0644));
    make_victim();
    prove_detector();
    for (unsigned r = 0; r < rounds; r++) {
        state = (seed + r) * 2654435761ULL + 12345;
        chance(2);
        one_round(arguments[0], conf);
        if (touched() || mounts_below()) {
            printf("round %u of seed %u: the host was touched\n", r, seed);
            return 1;
        }
        if (r % 500 == 499)
            printf("%u rounds\n", r + 1);
    }
    printf("%u rounds: %d booted, %d refused, %d removed, %d kept, %d tried on; %lu swaps from outside meanwhile\n", rounds, booted, refused,
           removed, kept, tried, *swaps);
    return 0;
}
