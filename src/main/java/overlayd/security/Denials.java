package overlayd.security;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * From what a service that failed is called and has said, the entry of the configuration that would allow what it was denied. The
 * kernel tells nobody which capability was missing, so this is a table of what programs say; silence where nothing fits.
 */
public final class Denials {
    private record Sign(Pattern service, Pattern words, String setting) {
        boolean fits(String reason, String said) {
            return service.matcher(reason).find() || words.matcher(said).find();
        }
    }

    private static final String CAPS = "CAPS=";
    private static final String DENIED = "(not permitted|permission denied|function not implemented|read-only file system)";
    private static final List<Sign> SIGNS = List.of(
            sign("\\b(ntp|ntpsec|ntpd|chrony|chronyd|openntpd|hwclock\\.sh)\\b", "(clock_settime|settimeofday|adjtimex|adjtime|set(ting)? (the )?(system )?(clock|time|date)|"
                    + "cannot set date).*" + DENIED, "CAPS=+sys_time"),
            sign("\\b(auditd)\\b", "audit.*" + DENIED, "CAPS=+audit_control +audit_read"),
            sign("\\b(kmod|module-init-tools)\\b", "(insmod|modprobe|init_module|insert '?[a-z0-9_-]+'?).*" + DENIED, "CAPS=+sys_module"),
            sign("\\b(nfs-kernel-server|nfs-common|autofs|mountnfs\\.sh|mountall\\.sh|quota|quotarpc)\\b", "(\\bmount\\b|umount|swapon|pivot_root).*" + DENIED,
                    "CAPS=+sys_admin"),
            sign("\\b(acct)\\b", "(accton|acct).*" + DENIED, "CAPS=+sys_pacct"),
            sign("(?!)", "(imklog|klogctl|/proc/kmsg|dmesg|read kernel buffer).*" + DENIED, "CAPS=+syslog"),
            sign("(?!)", "mknod.*" + DENIED, "DEVICES= for that device, or CAPS=+mknod"),
            sign("(?!)", "(setpriority|renice|\\bnice\\b|sched_set|scheduling|real-?time).*" + DENIED, "CAPS=+sys_nice"),
            sign("(?!)", "(unshare|user namespace|CLONE_NEWUSER|newuidmap).*" + DENIED, "NESTING=yes"),
            sign("(?!)", "(capability|cap_?net_?admin|net_admin|ambient).*(net_admin|" + DENIED + ")", "CAPS=+net_admin, which gives it the host's network, too"),
            sign("(?!)", "(keyctl|add_key|request_key|keyring).*" + DENIED, "SECCOMP=+keyctl +add_key +request_key"),
            sign("(?!)", "io_uring.*" + DENIED, "SECCOMP=+io_uring_setup +io_uring_enter +io_uring_register"),
            sign("(?!)", "perf_event.*" + DENIED, "CAPS=+perfmon"),
            sign("(?!)", "\\bbpf\\b.*" + DENIED, "CAPS=+bpf"),
            sign("(?!)", "chattr.*" + DENIED, "CAPS=+linux_immutable"),
            sign("(?!)", "/proc/sys/(?!net/).*" + DENIED, "the setting on the host, for it is the whole host's (or PROFILE=compat)"));

    private Denials() {
    }

    /**
     * @param reason why the subhost is degraded; names the services that failed
     * @param said their last lines
     * @param settings of its confinement
     * @return all of them, in one line
     */
    public static Optional<String> remedy(String reason, List<String> said, List<String> settings) {
        if (settings.contains("PROFILE=compat") || !reason.contains("failed")) {
            return Optional.empty();
        }
        String text = String.join("\n", said);
        List<String> all = SIGNS.stream().filter(sign -> sign.fits(reason, text)).map(Sign::setting).filter(setting -> !settings.contains(setting)).toList();
        // A file has one line of CAPS.
        String caps = all.stream().filter(Denials::isPlain).map(setting -> setting.substring(CAPS.length())).collect(Collectors.joining(" "));
        String line = Stream.concat(Stream.of(caps).filter(words -> !words.isEmpty()).map(words -> CAPS + words),
                all.stream().filter(setting -> !isPlain(setting))).collect(Collectors.joining("; "));
        return Optional.of(line).filter(found -> !found.isEmpty());
    }

    private static boolean isPlain(String setting) {
        return setting.startsWith(CAPS) && !setting.contains(",");
    }

    private static Sign sign(String service, String words, String setting) {
        return new Sign(Pattern.compile(service), Pattern.compile(words, Pattern.CASE_INSENSITIVE), setting);
    }
}
