package overlayd.kernel;

import java.util.List;
import java.util.Optional;

/**
 * System calls that are answered with an errno instead of being made; every other one is made. A call by another machine's numbers
 * (32-bit ones on a 64-bit kernel, x32) is answered ENOSYS.
 */
public record SyscallFilter(List<Rule> rules) {
    public SyscallFilter {
        rules = List.copyOf(rules);
    }

    /** One refusal. {@code name}: as in syscalls(2); one that this machine does not have is passed over. */
    public record Rule(String name, Errno answer, Optional<Match> only) {
    }

    /** Only where {@code (argument & mask) == value}; {@code argument} counts from 0. */
    public record Match(int argument, long mask, long value) {
    }
}
