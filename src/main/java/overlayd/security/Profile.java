package overlayd.security;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import overlayd.config.Capability;

import static overlayd.config.Capability.*;

/**
 * The default profile. What a service of Debian needs to start, report its status and stop is kept; each part that is taken
 * away closes a way to the host that was found open without it.
 */
final class Profile {
    /**
     * No NET_ADMIN: root owns its netns, so that ifup and dhclient work there; the capability itself would reach the host's interfaces by the
     * other ends of the cables (IFLA_TARGET_NETNSID), and have the host load drivers. SYS_PTRACE stays because start-stop-daemon --exec cannot see
     * daemons of another uid without it: status and stop of half the init scripts would fail. SYS_BOOT ends only the pid namespace.
     */
    static final Set<Capability> CAPABILITIES = Collections.unmodifiableSet(EnumSet.of(CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID,
            SETUID, SETPCAP, SETFCAP, NET_BIND_SERVICE, NET_RAW, IPC_LOCK, IPC_OWNER, SYS_CHROOT, SYS_PTRACE,
            SYS_BOOT, SYS_RESOURCE, SYS_TTY_CONFIG, LEASE, AUDIT_WRITE));

    /** Settings of the whole host: a root that may write them has the host (core_pattern, modprobe, uevent_helper). */
    static final List<String> READ_ONLY = List.of("/proc/sys", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/acpi", "/proc/asound",
            "/proc/sysrq-trigger", "/proc/mtrr", "/proc/scsi", "/proc/pressure", "/sys");

    /** Of the subhost's own netns. */
    static final List<String> WRITABLE = List.of("/proc/sys/net");

    /** A switch of the whole kernel, though it lies among those of a network namespace and its owner may turn it on. */
    private static final String NOT_OF_A_NETNS = "/proc/sys/net/netfilter/nf_hooks_lwtunnel";

    private static final List<String> MASKED = List.of("/proc/kcore", "/proc/keys", "/proc/key-users", "/proc/timer_list",
            "/proc/kpagecount", "/proc/kpageflags", "/proc/kpagecgroup", "/proc/kallsyms", "/proc/latency_stats", "/proc/sched_debug",
            "/proc/slabinfo", "/proc/vmallocinfo", "/proc/dynamic_debug", NOT_OF_A_NETNS, "/sys/firmware", "/sys/power", "/sys/fs/bpf", "/sys/fs/pstore", "/sys/kernel/debug",
            "/sys/kernel/tracing", "/sys/dev/block", "/sys/devices/virtual/powercap");

    private Profile() {
    }

    /** The paths that show nothing; the kernel's log is shown to whom CAPS gives it. */
    static List<String> masked(Set<Capability> kept) {
        return kept.contains(SYSLOG) ? MASKED : java.util.stream.Stream.concat(MASKED.stream(), List.of("/proc/kmsg").stream()).toList();
    }
}
