package overlayd.state;

import java.util.List;
import java.util.stream.Stream;

/**
 * What the daemon keeps of one subhost, in its runtime directory: enough to list it, to stop it when its file is gone, and to know it
 * again after a restart. A hint only: pid 1's existence is asked of the kernel.
 *
 * @param name subhost's name
 * @param file its configuration file, absolute; as given when it was booted
 * @param bootId /proc/sys/kernel/random/boot_id of the boot it belongs to
 * @param state name of a {@link SubhostState}
 * @param reason why it failed or is degraded; empty otherwise
 * @param initPid host's view of pid 1; 0 when there is none
 * @param initStart start time of that process in clock ticks since boot (proc(5), stat field 22): with it the pid is unique
 * @param bootedAt seconds since the epoch when it became ready; 0 before
 * @param rootKind overlay, bind or premounted
 * @param lower lowerdirs, top first
 * @param upper upperdir
 * @param work workdir
 * @param live mount point of the root
 * @param log log file
 * @param hostEnds host ends of its cables
 * @param macs fixed MAC addresses of its cables
 * @param services services that START lists, in order, for the stop in reverse
 * @param startSeconds bound for one service's start or stop
 * @param stopSeconds grace after TERM before everything left is killed
 * @param exit how pid 1 ended ("exited 0", "killed by SIGKILL"); empty while it lives
 * @param settings what of its confinement is not as by default, as KEY=value
 * @param writes what of the host is shared with it for writing, or was since its boot: paths without links
 * @param upkeep limits, and whether it is booted again
 */
public record SubhostRecord(String name, String file, String bootId, String state, String reason, int initPid, long initStart,
        long bootedAt, String rootKind, List<String> lower, String upper, String work, String live, String log,
        List<String> hostEnds, List<String> macs, List<String> services, long startSeconds, long stopSeconds, String exit,
        List<String> settings, List<String> writes, Upkeep upkeep) {

    /** @throws IllegalArgumentException {@code state} names none. What is missing in a file counts as empty */
    public SubhostRecord {
        SubhostState.valueOf(text(state));
        name = text(name);
        file = text(file);
        bootId = text(bootId);
        reason = text(reason);
        rootKind = text(rootKind);
        lower = list(lower);
        upper = text(upper);
        work = text(work);
        live = text(live);
        log = text(log);
        hostEnds = list(hostEnds);
        macs = list(macs);
        services = list(services);
        exit = text(exit);
        settings = list(settings);
        writes = list(writes);
        upkeep = upkeep == null ? Upkeep.NONE : upkeep;
    }

    private static String text(String text) {
        return text == null ? "" : text;
    }

    private static List<String> list(List<String> texts) {
        return texts == null ? List.of() : List.copyOf(texts);
    }

    /** A subhost of which nothing is known but its name. */
    public static SubhostRecord unknown(String name, String bootId) {
        return new SubhostRecord(name, "", bootId, SubhostState.STOPPED.name(), "", 0, 0, 0, "", List.of(), "", "", "", "", List.of(),
                List.of(), List.of(), 90, 10, "", List.of(), List.of(), Upkeep.NONE);
    }

    public SubhostRecord with(SubhostState newState, String newReason) {
        return new SubhostRecord(name, file, bootId, newState.name(), newReason, initPid, initStart, bootedAt, rootKind, lower,
                upper, work, live, log, hostEnds, macs, services, startSeconds, stopSeconds, exit, settings, writes, upkeep);
    }

    public SubhostRecord withInit(int pid, long start) {
        return new SubhostRecord(name, file, bootId, state, reason, pid, start, bootedAt, rootKind, lower, upper, work, live, log,
                hostEnds, macs, services, startSeconds, stopSeconds, exit, settings, writes, upkeep);
    }

    public SubhostRecord ready(long at, String degraded) {
        return new SubhostRecord(name, file, bootId, SubhostState.RUNNING.name(), degraded, initPid, initStart, at, rootKind, lower,
                upper, work, live, log, hostEnds, macs, services, startSeconds, stopSeconds, exit, settings, writes, upkeep);
    }

    public SubhostRecord ended(SubhostState newState, String newReason, String how) {
        return new SubhostRecord(name, file, bootId, newState.name(), newReason, 0, 0, bootedAt, rootKind, lower, upper, work, live,
                log, hostEnds, macs, services, startSeconds, stopSeconds, how, settings, writes, upkeep);
    }

    public SubhostRecord with(Upkeep other) {
        return new SubhostRecord(name, file, bootId, state, reason, initPid, initStart, bootedAt, rootKind, lower, upper, work, live, log,
                hostEnds, macs, services, startSeconds, stopSeconds, exit, settings, writes, other);
    }

    /** The same, with which something more is shared for writing. */
    public SubhostRecord writing(String path) {
        return new SubhostRecord(name, file, bootId, state, reason, initPid, initStart, bootedAt, rootKind, lower, upper, work, live, log,
                hostEnds, macs, services, startSeconds, stopSeconds, exit, settings,
                Stream.concat(writes.stream(), Stream.of(path)).distinct().toList(), upkeep);
    }

    /** The state as a constant. */
    public SubhostState stateOf() {
        return SubhostState.valueOf(state);
    }
}
