package overlayd.security;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import overlayd.config.ByteText;
import overlayd.config.Capability;
import overlayd.config.ConfigFile;
import overlayd.config.ConfigReader;
import overlayd.config.HostDefaults;
import overlayd.config.Security;
import overlayd.config.Share;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;

/** Tells in plain words what a configuration leaves open, and which key closes it. */
public final class Holes {
    /** What the default profile says of itself; measured by tests/isolation. */
    public static final String PROMISE_DEFAULT = "default profile: the host is protected from mistakes, and from a compromised service that runs"
            + " as root in the subhost, as far as our isolation tests measure it; the kernel is shared, and its root has the host's root's ids."
            + " For tenants you do not trust: USERNS=auto, or a virtual machine.";
    /** What USERNS says of itself; measured as the above. */
    public static final String PROMISE_USERNS = "user namespace: its root, and everybody in it, is nobody on the host, where even what leaves its"
            + " confinement has no right to anything but what SHARE gives, as far as our isolation tests measure it; the kernel is shared.";
    /** What compat says of itself. */
    public static final String PROMISE_COMPAT = "PROFILE=compat: no promise. Whoever is root in the subhost can be root on the host.";

    private static final Map<Capability, String> HOST_GIVING = new EnumMap<>(Map.ofEntries(
            Map.entry(Capability.SYS_ADMIN, "mount file systems, leave its confinement, change settings of the whole host"),
            Map.entry(Capability.SYS_MODULE, "load code into the host's kernel"),
            Map.entry(Capability.SYS_RAWIO, "write the host's memory and devices"),
            Map.entry(Capability.DAC_READ_SEARCH, "open files of the host by handle (SECCOMP still refuses it)"),
            Map.entry(Capability.NET_ADMIN, "change and delete the host's network interfaces through the other ends of its cables"),
            Map.entry(Capability.BPF, "load programs into the host's kernel"),
            Map.entry(Capability.PERFMON, "watch the whole host's kernel and processes"),
            Map.entry(Capability.CHECKPOINT_RESTORE, "choose process ids and read kernel state of the host"),
            Map.entry(Capability.MAC_ADMIN, "change the host's security policy"),
            Map.entry(Capability.MAC_OVERRIDE, "pass over the host's security policy")));
    private static final Map<Capability, String> PART_GIVING = new EnumMap<>(Map.of(
            Capability.SYS_TIME, "set the host's clock",
            Capability.SYSLOG, "read and clear the host's kernel log",
            Capability.SYS_NICE, "take the processor from the host's processes",
            Capability.MKNOD, "make any device node, though it opens those of DEVICES only; on the host whoever reaches UPPER opens them",
            Capability.SYS_PACCT, "switch process accounting of the host",
            Capability.AUDIT_CONTROL, "change the host's audit rules",
            Capability.AUDIT_READ, "read the host's audit log",
            Capability.WAKE_ALARM, "wake the host from suspend",
            Capability.BLOCK_SUSPEND, "keep the host from suspending",
            Capability.LINUX_IMMUTABLE, "make files that the host's root cannot remove at once"));

    private Holes() {
    }

    /** What {@code KEY=value} lines of a record meant. */
    public static Security security(List<String> settings) {
        String text = "BASE=/\n" + String.join("\n", settings) + "\n";
        return ConfigReader.showing(Strictness.BOOT, HostDefaults.NONE).read(ConfigFile.trusted(Path.of("/record.conf"), text)).config()
                .map(SubhostConfig::security).orElse(Security.DEFAULT);
    }

    /** Whether these settings leave the host open: worth a word wherever the subhost is shown. */
    public static boolean privileged(List<String> settings) {
        return !settings.isEmpty() && of(security(settings)).stream().anyMatch(hole -> hole.gravity() == Hole.Gravity.HOST);
    }

    /** What the security keys leave open. */
    public static List<Hole> of(Security security) {
        List<Hole> holes = new ArrayList<>();
        if (security.userns().wanted()) {
            inUserns(security, holes);
        } else if (security.profile() == Security.Profile.COMPAT) {
            holes.add(host("has every capability, no filter of system calls, and the host's settings in /proc and /sys to write: it can take the"
                    + " host in many ways", "PROFILE=default"));
        } else {
            security.added().stream().sorted().forEach(capability -> capability(capability, holes));
            filter(security, holes);
        }
        for (Path device : security.devices()) {
            holes.add(part("uses the host's device " + ByteText.of(device) + "; of a disk, that is the host", "take it out of DEVICES"));
        }
        return holes;
    }

    /** There a capability is one over the subhost's own namespaces, and is worth nothing elsewhere. */
    private static void inUserns(Security security, List<Hole> holes) {
        if (security.profile() == Security.Profile.COMPAT) {
            holes.add(part("has every capability over its own namespaces, and without a filter of system calls much of the kernel is within reach:"
                    + " a fault of that is all it needs", "PROFILE=default"));
        } else {
            if (security.added().contains(Capability.SYS_ADMIN)) {
                holes.add(part("mounts file systems in its own namespaces, and a fault of the kernel's code for that is all it needs",
                        "take +sys_admin out of CAPS"));
            }
            filter(security, holes);
        }
    }

    private static void capability(Capability capability, List<Hole> holes) {
        String remedy = "take +" + capability.word() + " out of CAPS";
        if (HOST_GIVING.containsKey(capability)) {
            holes.add(host("can " + HOST_GIVING.get(capability), remedy));
        } else if (PART_GIVING.containsKey(capability)) {
            holes.add(part("can " + PART_GIVING.get(capability), remedy));
        }
    }

    private static void filter(Security security, List<Hole> holes) {
        boolean off = security.filter() == Security.Filter.OFF;
        if (off) {
            holes.add(part("makes every system call: the keyrings of all subhosts and of the host's root, user namespaces, io_uring and AF_VSOCK"
                    + " are within reach, and a kernel's fault in any call", "SECCOMP=yes"));
        }
        security.allowed().stream().sorted().forEach(call ->
                holes.add(part("makes the system call " + call + ", which the profile refuses", "take +" + call + " out of SECCOMP")));
        if (security.nesting() == Security.Nesting.ALLOWED && !off) {
            holes.add(part("makes user namespaces, which many holes of the kernel need first", "NESTING=no"));
        }
    }

    /** What a share gives. */
    public static List<Hole> of(List<Share> shares) {
        List<Hole> holes = new ArrayList<>();
        for (Share share : shares) {
            String path = ByteText.of(share.host());
            if (share.readOnly()) {
                holes.add(part("reads the host's " + path, "take the SHARE out"));
            } else {
                boolean whole = List.of("/", "/etc", "/usr", "/root", "/var", "/boot", "/lib", "/bin", "/sbin", "/run", "/home").contains(path);
                String what = "writes the host's " + path + ", also with setuid bits that work on the host";
                holes.add(whole ? host(what, "SHARE=" + path + ",ro") : part(what, "SHARE=" + path + ",ro, or a file system mounted nosuid"));
            }
        }
        return holes;
    }

    private static Hole host(String what, String closedBy) {
        return new Hole(Hole.Gravity.HOST, what, closedBy);
    }

    private static Hole part(String what, String closedBy) {
        return new Hole(Hole.Gravity.PART, what, closedBy);
    }
}
