/* Files of /proc, /sys and /dev that change or show the whole host. Opened, never written. */
#define _GNU_SOURCE
#include "probe.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#define WRITE(name, path) static void name(void) { unwritable(path); }
#define READ(name, path) static void name(void) { unreadable(path); }
#define LIST(name, path) static void name(void) { empty_directory(path); }

WRITE(core_pattern, "/proc/sys/kernel/core_pattern")
WRITE(modprobe, "/proc/sys/kernel/modprobe")
WRITE(helper_bset, "/proc/sys/kernel/usermodehelper/bset")
WRITE(sysrq, "/proc/sys/kernel/sysrq")
WRITE(sysrq_trigger, "/proc/sysrq-trigger")
WRITE(panic_setting, "/proc/sys/kernel/panic")
WRITE(printk, "/proc/sys/kernel/printk")
WRITE(kptr_restrict, "/proc/sys/kernel/kptr_restrict")
WRITE(randomize, "/proc/sys/kernel/randomize_va_space")
WRITE(pid_max, "/proc/sys/kernel/pid_max")
WRITE(drop_caches, "/proc/sys/vm/drop_caches")
WRITE(overcommit, "/proc/sys/vm/overcommit_memory")
WRITE(mmap_min_addr, "/proc/sys/vm/mmap_min_addr")
WRITE(protected_links, "/proc/sys/fs/protected_symlinks")
WRITE(file_max, "/proc/sys/fs/file-max")
WRITE(suid_dumpable, "/proc/sys/fs/suid_dumpable")
WRITE(binfmt, "/proc/sys/fs/binfmt_misc/register")
WRITE(irq_affinity, "/proc/irq/default_smp_affinity")
WRITE(mtrr, "/proc/mtrr")
WRITE(acpi_wakeup, "/proc/acpi/wakeup")
WRITE(uevent_helper, "/sys/kernel/uevent_helper")
WRITE(power_state, "/sys/power/state")
WRITE(ksm, "/sys/kernel/mm/ksm/run")
WRITE(hugepages, "/sys/kernel/mm/transparent_hugepage/enabled")
WRITE(module_parameter, "/sys/module/kernel/parameters/panic")
WRITE(cpu_online, "/sys/devices/system/cpu/cpu1/online")
WRITE(lo_mtu, "/sys/class/net/lo/mtu")
WRITE(profiling, "/sys/kernel/profiling")
WRITE(crash_size, "/sys/kernel/kexec_crash_size")
WRITE(release_agent, "/sys/fs/cgroup/release_agent")
WRITE(cgroup_procs, "/sys/fs/cgroup/cgroup.procs")
READ(kcore, "/proc/kcore")
READ(kmsg, "/proc/kmsg")
READ(keys, "/proc/keys")
READ(timer_list, "/proc/timer_list")
READ(kallsyms, "/proc/kallsyms")
READ(kpagecount, "/proc/kpagecount")
READ(kpageflags, "/proc/kpageflags")
READ(kpagecgroup, "/proc/kpagecgroup")
READ(sched_debug, "/proc/sched_debug")
READ(latency_stats, "/proc/latency_stats")
READ(slabinfo, "/proc/slabinfo")
READ(vmallocinfo, "/proc/vmallocinfo")
READ(dev_mem, "/dev/mem")
READ(dev_port, "/dev/port")
READ(dev_kmsg, "/dev/kmsg")
LIST(firmware, "/sys/firmware")
LIST(debugfs, "/sys/kernel/debug")
LIST(tracefs, "/sys/kernel/tracing")
LIST(bpffs, "/sys/fs/bpf")
LIST(pstore, "/sys/fs/pstore")
LIST(block_devices, "/sys/dev/block")
LIST(kernel_keys, "/proc/dynamic_debug")

static int harmless(const struct stat *s)
{
    unsigned a = major(s->st_rdev), b = minor(s->st_rdev);
    return S_ISCHR(s->st_mode) && ((a == 1 && (b == 3 || b == 5 || b == 7 || b == 8 || b == 9)) || (a == 5 && (b == 0 || b == 2))
        || (a >= 136 && a <= 143));
}

static void look(const char *directory)
{
    char path[512];
    struct stat s;
    DIR *d = opendir(directory);
    for (struct dirent *e; d && (e = readdir(d));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            continue;
        snprintf(path, sizeof path, "%s/%s", directory, e->d_name);
        if (lstat(path, &s))
            continue;
        if (S_ISDIR(s.st_mode))
            look(path);
        else if ((S_ISBLK(s.st_mode) || S_ISCHR(s.st_mode)) && !harmless(&s))
            opened("%s is device %u:%u", path, major(s.st_rdev), minor(s.st_rdev));
    }
    if (d)
        closedir(d);
}

static void device_nodes(void)
{
    look("/dev");
    closed("only harmless ones");
}

static void nodev(const char *path)
{
    struct statvfs s;
    if (statvfs(path, &s) || !(s.f_flag & ST_NODEV))
        opened("%s is mounted without nodev", path);
    closed("nodev");
}

/* ETXTBSY would answer for a running program, whatever its mount. */
static void reaper(void)
{
    struct statvfs s;
    if (statvfs("/.reaper", &s) && errno == ENOENT)
        closed("there is none: it is not one of our subhosts");
    if (statvfs("/.reaper", &s) || !(s.f_flag & ST_RDONLY))
        opened("/.reaper is not read-only");
    closed("read-only");
}

static void root_nodev(void) { nodev("/"); }
static void run_nodev(void) { nodev("/run"); }
static void shm_nodev(void) { nodev("/dev/shm"); }

#define P(n) { #n, n }
const struct probe file_probes[] = {
    P(core_pattern), P(modprobe), P(helper_bset), P(sysrq), P(sysrq_trigger), P(panic_setting), P(printk), P(kptr_restrict),
    P(randomize), P(pid_max), P(drop_caches), P(overcommit), P(mmap_min_addr), P(protected_links), P(file_max), P(suid_dumpable),
    P(binfmt), P(irq_affinity), P(mtrr), P(acpi_wakeup), P(uevent_helper), P(power_state), P(ksm), P(hugepages), P(module_parameter),
    P(cpu_online), P(lo_mtu), P(profiling), P(crash_size), P(release_agent), P(cgroup_procs), P(reaper), P(kcore), P(kmsg), P(keys),
    P(timer_list), P(kallsyms), P(kpagecount), P(kpageflags), P(kpagecgroup), P(sched_debug), P(latency_stats), P(slabinfo),
    P(vmallocinfo), P(dev_mem), P(dev_port), P(dev_kmsg), P(firmware), P(debugfs), P(tracefs), P(bpffs), P(pstore), P(block_devices),
    P(kernel_keys), P(device_nodes), P(root_nodev), P(run_nodev), P(shm_nodev), { 0 }
};
