package overlayd.kernel.jna;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import overlayd.kernel.OutOfMemory;

/**
 * {@link OutOfMemory} from the lines "oom-kill:constraint=...,task_memcg=GROUP,task=NAME,pid=PID,uid=UID" of the kernel's log
 * (mm/oom_kill.c, dump_oom_summary). It is read only when somebody asks, from where the last one stopped; first from its beginning.
 */
final class KernelLogVictims implements OutOfMemory {
    private static final String PREFIX = "oom-kill:";
    /** A command's name may hold commas: it ends where the pid begins. */
    private static final Pattern VICTIM = Pattern.compile(".*,task_memcg=([^,]*),task=(.*),pid=([0-9]+),uid=[0-9]+");

    private Optional<KernelLog> log = Optional.empty();

    @Override
    public synchronized List<Victim> victims() {
        if (log.isEmpty()) {
            log = Optional.of(KernelLog.openAtBeginning());
        }
        List<Victim> victims = new ArrayList<>();
        for (String line : log.get().all(PREFIX)) {
            parse(line).ifPresent(victims::add);
        }
        return victims;
    }

    static Optional<Victim> parse(String line) {
        Matcher fields = VICTIM.matcher(line);
        return fields.matches() ? Optional.of(new Victim(fields.group(1), fields.group(2), Integer.parseInt(fields.group(3)))) : Optional.empty();
    }
}
