package overlayd.plan;

import java.util.Locale;
import overlayd.config.Severity;

/** The rules that need the host's facts. The name in kebab-case is the stable id; one entry of overlayd-errors(7) each. */
public enum HostRule {
    BASE_NOT_THERE(Severity.ERROR, "BASE is not an existing directory"),
    LIVE_NOT_THERE(Severity.ERROR, "LIVE is not an existing directory"),
    LOWER_NOT_THERE(Severity.ERROR, "a directory or image file of LOWER does not exist, or is neither"),
    IMAGE_UNUSABLE(Severity.ERROR, "an image file of LOWER is damaged, cut off, encrypted, or no file system known here"),
    IMAGE_WRITABLE(Severity.ERROR, "others than root may write an image file of LOWER, which the kernel trusts to be sane"),
    UPPER_NOT_THERE(Severity.ERROR, "UPPER is not an existing directory"),
    WORK_NOT_THERE(Severity.ERROR, "WORK is not an existing directory"),
    UPPER_WORK_MOUNTS(Severity.ERROR, "UPPER and WORK are on different mounts"),
    UPPER_WORK_SAME(Severity.ERROR, "UPPER and WORK are one directory under two names"),
    UPPER_READ_ONLY(Severity.ERROR, "UPPER and WORK are on a read-only mount"),
    UPPER_ON_OVERLAY(Severity.ERROR, "UPPER lies on an overlay, which the kernel refuses"),
    UPPER_GENERATIONS(Severity.ERROR, "UPPER does not say which of its checkpoints it lies on, or one of them is missing"),
    UPPER_IN_USE(Severity.ERROR, "another subhost uses this UPPER or WORK"),
    STACKING_DEPTH(Severity.ERROR, "overlays would be stacked deeper than the kernel allows"),
    BRIDGE_NOT_THERE(Severity.ERROR, "a bridge of CABLES does not exist"),
    BRIDGE_NO_BRIDGE(Severity.ERROR, "what CABLES names as bridge is another kind of interface"),
    INTERFACE_TAKEN(Severity.ERROR, "the host has an interface of a cable's name"),
    NETNS_TAKEN(Severity.ERROR, "a network namespace of this NAME exists and is not this subhost's"),
    MAC_IN_USE(Severity.ERROR, "another interface has this MAC address"),
    DEVICES_UNLIMITED(Severity.ERROR, "the subhost could make device nodes, and nothing on this host keeps it from opening them"),
    PROGRAM_UNTRUSTED(Severity.ERROR, "a program that would be run as root on the host can be changed by others"),
    KEPT_BY_SUBHOST(Severity.ERROR, "the configuration, or a program it names, lies where a subhost's root can change it"),
    UPPER_REACHABLE(Severity.WARNING, "every user of the host can reach UPPER, where the subhost's root can put setuid programs"),
    LIMIT_NO_CONTROLLER(Severity.ERROR, "the host has no controller for a limit that is asked for"),
    LIMIT_NO_DISK(Severity.ERROR, "IO names a path that lies on no disk"),
    LIMIT_ABOVE_HOST(Severity.WARNING, "CPUS is more than the host has"),
    IDS_IN_USE(Severity.ERROR, "ids of USERNS are somebody's on the host, or another subhost's"),
    IDS_NONE_FREE(Severity.ERROR, "USERNS=auto finds no 65536 ids that nobody has"),
    HOLE_IN_LOWER(Severity.WARNING, "another file system is mounted below LOWER; the subhost sees an empty directory there"),
    CRON_ON_HOST_ROOT(Severity.WARNING, "cron over LOWER=/ runs the host's own jobs a second time"),
    INIT_ABSENT(Severity.ERROR, "the init that INIT names is not in the root"),
    INIT_CONFINED(Severity.ERROR, "INIT names systemd, which cannot work without the capability sys_admin"),
    SERVICE_ABSENT(Severity.WARNING, "a service of START is not in the root"),
    UNIT_UNUSABLE(Severity.ERROR, "a unit file of START cannot be run without systemd"),
    SERVICE_UNIT_ONLY(Severity.WARNING, "a service of START has a systemd unit only"),
    AUTO_WITHOUT_NETWORK(Severity.ERROR, "ADDRESS=auto is for a cable into a bridge that has no address itself, or no free one"),
    ADDRESS_IN_USE(Severity.ERROR, "an address of ADDRESS is the host's or another subhost's"),
    DHCP_CLIENT_ABSENT(Severity.ERROR, "ADDRESS=dhcp, but the root has no DHCP client"),
    DHCP_WITH_INIT(Severity.ERROR, "ADDRESS=dhcp is for the built-in init; another one runs its own client"),
    PUBLISH_WITHOUT_TARGET(Severity.ERROR, "a published port is bound to a version of IP that the subhost has no address of"),
    PORT_TAKEN(Severity.ERROR, "a port of PUBLISH is published by another subhost, or a program of the host listens on it"),
    PUBLISH_NOT_FORWARDED(Severity.WARNING, "PUBLISH works from the host only: it passes no packets on between its interfaces"),
    PROFILE_ATTACHES(Severity.NOTE, "an AppArmor profile of the host holds for a program of the subhost, which has the same path there");

    private final Severity severity;
    private final String meaning;

    HostRule(Severity severity, String meaning) {
        this.severity = severity;
        this.meaning = meaning;
    }

    /** The stable id: {@code bridge-not-there}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it stops a boot. */
    public Severity severity() {
        return severity;
    }

    /** One sentence without full stop. */
    public String meaning() {
        return meaning;
    }
}
