package overlayd.config;

import java.util.Locale;
import java.util.Optional;

/** Capabilities (capabilities(7)), in the order of linux/capability.h: the ordinal is the kernel's number. */
public enum Capability {
    CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, LINUX_IMMUTABLE, NET_BIND_SERVICE,
    NET_BROADCAST, NET_ADMIN, NET_RAW, IPC_LOCK, IPC_OWNER, SYS_MODULE, SYS_RAWIO, SYS_CHROOT, SYS_PTRACE, SYS_PACCT, SYS_ADMIN,
    SYS_BOOT, SYS_NICE, SYS_RESOURCE, SYS_TIME, SYS_TTY_CONFIG, MKNOD, LEASE, AUDIT_WRITE, AUDIT_CONTROL, SETFCAP, MAC_OVERRIDE,
    MAC_ADMIN, SYSLOG, WAKE_ALARM, BLOCK_SUSPEND, AUDIT_READ, PERFMON, BPF, CHECKPOINT_RESTORE;

    /** The capability of a name as CAPS takes it: any case, with or without {@code cap_}. */
    public static Optional<Capability> named(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        String plain = upper.startsWith("CAP_") ? upper.substring(4) : upper;
        for (Capability capability : values()) {
            if (capability.name().equals(plain)) return Optional.of(capability);
        }
        return Optional.empty();
    }

    /** As CAPS has it: {@code sys_time}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its bit in a mask such as CapBnd of proc(5). */
    public long bit() {
        return 1L << ordinal();
    }
}
