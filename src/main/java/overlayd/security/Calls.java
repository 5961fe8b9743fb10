package overlayd.security;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import overlayd.config.Capability;
import overlayd.config.Security;
import overlayd.kernel.Errno;
import overlayd.kernel.SyscallFilter;

/**
 * The system calls of the default profile's filter: a list of the denied, because services are arbitrary. Most of them would fail
 * for want of a capability too; the filter is what still holds when a kernel forgets to ask (CVE-2026-43391: open_by_handle_at on
 * a namespace).
 */
final class Calls {
    private static final int CLONE_NEWUSER = 0x10000000;
    private static final int TIOCSTI = 0x5412;
    private static final int TIOCLINUX = 0x541C;
    private static final int AF_VSOCK = 40;
    private static final long INT = 0xffffffffL;

    /** Calls denied together. {@code unless}: a capability in CAPS that shows they are wanted. */
    private record Row(Errno answer, Optional<Capability> unless, List<String> names) {
    }

    private static final List<Row> ROWS = List.of(
            row("kexec_load", "kexec_file_load", "open_by_handle_at", "lookup_dcookie", "userfaultfd", "io_uring_setup", "io_uring_enter",
                    "io_uring_register"),
            rowUnless(Capability.SYS_MODULE, "init_module", "finit_module", "delete_module", "create_module"),
            rowUnless(Capability.SYS_RAWIO, "iopl", "ioperm"),
            rowUnless(Capability.SYS_ADMIN, "swapon", "swapoff", "quotactl", "quotactl_fd", "fanotify_init"),
            rowUnless(Capability.SYS_PACCT, "acct"),
            rowUnless(Capability.SYS_TIME, "settimeofday", "clock_settime", "stime"),
            rowUnless(Capability.SYSLOG, "syslog"),
            rowUnless(Capability.BPF, "bpf"),
            rowUnless(Capability.PERFMON, "perf_event_open"),
            // The kernel's keyrings are one for all subhosts; ENOSYS, so that programs do without.
            new Row(Errno.ENOSYS, Optional.empty(), List.of("add_key", "request_key", "keyctl", "nfsservctl", "uselib", "_sysctl", "sysfs")));

    private Calls() {
    }

    /** The filter these keys ask for. */
    static SyscallFilter filter(Security security, Set<Capability> kept) {
        List<SyscallFilter.Rule> rules = new ArrayList<>();
        for (Row row : ROWS) {
            if (row.unless().filter(kept::contains).isEmpty()) {
                row.names().forEach(name -> rules.add(new SyscallFilter.Rule(name, row.answer(), Optional.empty())));
            }
        }
        if (security.nesting() == Security.Nesting.DENIED) {
            rules.add(only("clone", Errno.EPERM, 0, CLONE_NEWUSER, CLONE_NEWUSER));
            rules.add(only("unshare", Errno.EPERM, 0, CLONE_NEWUSER, CLONE_NEWUSER));
            // Its flags lie in memory, where no filter sees them; the C libraries then use clone.
            rules.add(new SyscallFilter.Rule("clone3", Errno.ENOSYS, Optional.empty()));
        }
        rules.add(only("ioctl", Errno.EPERM, 1, INT, TIOCSTI));
        rules.add(only("ioctl", Errno.EPERM, 1, INT, TIOCLINUX));
        rules.add(only("socket", Errno.EAFNOSUPPORT, 0, INT, AF_VSOCK));
        rules.removeIf(rule -> security.allowed().contains(rule.name()) || security.denied().contains(rule.name()));
        security.denied().stream().sorted().forEach(name -> rules.add(new SyscallFilter.Rule(name, Errno.EPERM, Optional.empty())));
        return new SyscallFilter(rules);
    }

    private static SyscallFilter.Rule only(String name, Errno answer, int argument, long mask, long value) {
        return new SyscallFilter.Rule(name, answer, Optional.of(new SyscallFilter.Match(argument, mask, value)));
    }

    private static Row row(String... names) {
        return new Row(Errno.EPERM, Optional.empty(), List.of(names));
    }

    private static Row rowUnless(Capability capability, String... names) {
        return new Row(Errno.EPERM, Optional.of(capability), List.of(names));
    }
}
