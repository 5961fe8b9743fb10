package overlayd.subhost;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import overlayd.config.IdRange;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Files;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pidfd;
import overlayd.kernel.RawText;

/**
 * The confinement of a running pid 1, for a command that joins it: the bounding set as the kernel has it, and the filter's program
 * as it was kept when pid 1 was given it. Read from the kernel, so that a restarted or newer daemon confines no less.
 *
 * @param capabilities CapBnd, hexadecimal
 * @param ids of its user namespace; empty where that is ours
 * @param filter the program; empty where pid 1 has none. The caller's to close
 */
record InnerConfinement(String capabilities, Optional<IdRange> ids, Optional<Fd> filter) implements AutoCloseable {
    private static final Pattern BOUNDING = Pattern.compile("(?m)^CapBnd:\\s+([0-9a-f]{16})$");
    private static final Pattern MODE = Pattern.compile("(?m)^Seccomp:\\s+([0-9])$");
    private static final int STATUS_LIMIT = 1 << 16;

    /** @throws KernelException ESRCH: it has ended; EACCES: it is filtered by a program nobody knows any more */
    static InnerConfinement of(Kernel kernel, Pidfd init, Path keptFilter, String name) throws KernelException {
        Files files = kernel.files();
        Optional<IdRange> ids = IdRanges.of(kernel, init.pid());
        String status = RawText.decode(files.read("/proc/" + init.pid() + "/status", STATUS_LIMIT));
        // Only now is it certain whose status that is: the number could have been given to another process in between.
        if (init.hasEnded()) {
            throw new KernelException("enter", name, Errno.ESRCH, "the subhost has ended");
        }
        String capabilities = first(BOUNDING, status).orElseThrow(() -> new KernelException("enter", name, Errno.EPROTO, "no CapBnd in its status"));
        if (first(MODE, status).orElse("0").equals("0")) {
            return new InnerConfinement(capabilities, ids, Optional.empty());
        }
        try {
            return new InnerConfinement(capabilities, ids, Optional.of(files.openForReading(keptFilter.toString())));
        } catch (KernelException lost) {
            throw new KernelException("enter", name, Errno.EACCES, "pid 1 has a system call filter, and its program, which every command that"
                    + " enters must have too, cannot be read (" + lost.getMessage() + "); stop the subhost and boot it again");
        }
    }

    private static Optional<String> first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    @Override
    public void close() {
        filter.ifPresent(Fd::close);
    }
}
