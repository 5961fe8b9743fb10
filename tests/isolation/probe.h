/* The frame of the isolation probes: each runs in a process of its own and says OPEN or closed, with its evidence. */
#ifndef PROBE_H
#define PROBE_H

#include <errno.h>
#include <stdarg.h>

struct probe {
    const char *name;
    void (*run)(void);
};

/* End the probe's process. Arguments as printf. */
_Noreturn void opened(const char *evidence, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void closed(const char *evidence, ...) __attribute__((format(printf, 1, 2)));

/* A call that must be refused: closed when it failed with one of these errnos (0 ends them), OPEN when it succeeded or
 * failed for any other reason, because then nobody forbade it. */
_Noreturn void refused(long result, ...);
#define EXPECT(call, ...) do { errno = 0; long result_ = (long)(call); refused(result_, __VA_ARGS__, 0); } while (0)

/* File `path` must not be writable / must show nothing / must not list anything. */
_Noreturn void unwritable(const char *path);
_Noreturn void unreadable(const char *path);
_Noreturn void empty_directory(const char *path);

/* errno of an open: closed when there is no such thing, or it was forbidden; else OPEN. */
_Noreturn void absent_or_forbidden(void);

extern const struct probe call_probes[], file_probes[], place_probes[];

#endif
