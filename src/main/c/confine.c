/* Capabilities and seccomp of pid 1 and of entered commands: one place, so that both are confined alike. */
#include "reaper.h"
#include <sys/prctl.h>

#define FILTER_MAX 4096         /* BPF_MAXINSNS */
#define KEYCTL_GET_KEYRING_ID 0
#define KEYCTL_JOIN_SESSION_KEYRING 1
#define SESSION_KEYRING (-3)
#define SECCOMP_SET_MODE_FILTER 1
#define CAPABILITY_VERSION 0x20080522

/* Bits beyond the kernel's last capability answer EINVAL: nothing more to drop. */
static int drop_bounding(uint64_t keep) {
    for (unsigned long cap = 0; cap < 64; cap++)
        if (!(keep >> cap & 1) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0))
            return errno == EINVAL && cap > 0 ? 0 : -1;
    return 0;
}

static int drop_held(uint64_t keep) {
    struct { uint32_t version; int pid; } head = { CAPABILITY_VERSION, 0 };
    struct { uint32_t effective, permitted, inheritable; } sets[2] = { { 0 } };
    if (syscall(SYS_capget, &head, sets))
        return -1;
    for (int i = 0; i < 2; i++) {
        sets[i].permitted &= (uint32_t)(keep >> 32 * i);
        sets[i].effective = sets[i].permitted;
        sets[i].inheritable = 0;
    }
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
        return -1;
    return (int)syscall(SYS_capset, &head, sets);
}

static int load_filter(int fd) {
    static uint64_t filter[FILTER_MAX];
    ssize_t size = pread(fd, filter, sizeof filter, 0);
    if (size <= 0 || size % (ssize_t)sizeof *filter) {
        errno = size < 0 ? errno : EINVAL;
        return -1;
    }
    struct { unsigned short length; void *filter; } program = { (unsigned short)(size / (ssize_t)sizeof *filter), filter };
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

/* The unit protects the daemon from the kernel's search for memory (OOMScoreAdjust=); what runs in a subhost is not. */
static void lose_protection(void) {
    char score[16];
    int fd = read_file("/proc/self/oom_score_adj", score, sizeof score) > 0 && *score == '-'
        ? open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    if (fd >= 0 && write(fd, "0", 1) < 0)
        errno = 0;              /* it stays protected: no reason not to run */
    close(fd);
}

/* The daemon's session keyring, which must not follow; -1 where there are no keys, or they are forbidden to us altogether; 0: not yet left. */
static long inherited;

static long session_keyring(void) {
    return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, SESSION_KEYRING, 0);
}

int leave_keyring(void) {
    inherited = session_keyring();
    return inherited < 0 || syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) > 0 ? 0 : -1;
}

const char *confine(const struct packet *p) {
    lose_protection();
    /* looked at here, for behind the filter nobody can */
    if (inherited == 0 || (inherited > 0 && session_keyring() == inherited)) {
        errno = EPERM;
        return "keyring";
    }
    int bad = 0, limited = packet_value(p, "capbnd=") != NULL, filter = packet_fd(p, "seccomp", 0);
    uint64_t keep = packet_number(p, "capbnd=", 16, ~0ULL, &bad);
    if (limited && drop_bounding(keep))
        return "capability";
    /* without no_new_privs the filter needs SYS_ADMIN, so it comes before that is given up */
    if (filter >= 0 && load_filter(filter))
        return "seccomp";
    if (limited && drop_held(keep))
        return "capability";
    return NULL;
}
