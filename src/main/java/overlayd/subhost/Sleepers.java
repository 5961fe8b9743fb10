package overlayd.subhost;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;

/**
 * The processes of a subhost that are in uninterruptible sleep (state D of proc_pid_stat(5)), which not even SIGKILL ends: what they are
 * called and where in the kernel they wait. Reads only. Any thread.
 */
final class Sleepers {
    private static final int LIMIT = 4096;
    private static final int SHOWN = 5;

    private final Kernel kernel;
    private final Groups groups;

    Sleepers(Kernel kernel, Groups groups) {
        this.kernel = kernel;
        this.groups = groups;
    }

    /** As in "cat (pid 4711, in request_wait_answer)", the first five; empty when none can be seen. */
    String of(String name) {
        List<String> found = new ArrayList<>();
        try {
            for (int pid : groups.processes(name)) {
                sleeping(pid).ifPresent(found::add);
            }
        } catch (KernelException unseen) {
            // without its groups they cannot be told from others; ignoring
        }
        String more = found.size() > SHOWN ? " and " + (found.size() - SHOWN) + " more" : "";
        return String.join(", ", found.subList(0, Math.min(SHOWN, found.size()))) + more;
    }

    private Optional<String> sleeping(int pid) {
        try {
            String stat = text("/proc/" + pid + "/stat");
            int end = stat.lastIndexOf(')');
            if (end < 0 || !stat.startsWith(" D", end + 1)) {
                return Optional.empty();
            }
            String place = text("/proc/" + pid + "/wchan");
            return Optional.of(stat.substring(stat.indexOf('(') + 1, end) + " (pid " + pid + (place.length() < 2 ? "" : ", in " + place) + ")");
        } catch (KernelException ended) {
            return Optional.empty();
        }
    }

    private String text(String file) throws KernelException {
        return new String(kernel.files().read(file, LIMIT), StandardCharsets.ISO_8859_1);
    }
}
