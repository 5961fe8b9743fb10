package overlayd.command;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import overlayd.config.Problem;
import overlayd.failure.RefusedException;
import overlayd.group.BootSet;
import overlayd.group.Procession;
import overlayd.order.Edge;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;
import overlayd.subject.Door;

/** Boots a set of subhosts in its order, and says of each how it went. */
final class GroupBoot {
    /** From the best on; whatever is not here is worse. */
    private static final List<ExitCode> SEVERITY = List.of(ExitCode.OK, ExitCode.DEGRADED, ExitCode.EXISTS, ExitCode.UNKNOWN, ExitCode.BUSY,
            ExitCode.CONFIG, ExitCode.STEP);

    /** Boots one that is not running yet, and says so. */
    interface Booter {
        OneBoot.Result boot(BootSet.Member member);
    }

    /** Hears of those that are not booted, and of those that need not be. */
    interface Listener {
        /** Its file, or its place in the order, has errors. */
        void refused(BootSet.Member member, List<Problem> problems);

        /** One that it requires did not become ready. {@code why}: "failed: ..." */
        void left(Edge edge, String why);

        /** It runs already, and nobody asked for it by name. */
        void runs(BootSet.Member member);
    }

    private final Door door;
    private final BootSet set;
    private final Booter booter;
    private final Listener listener;
    private final Map<String, OneBoot.Result> results = new ConcurrentHashMap<>();

    GroupBoot(Door door, BootSet set, Booter booter, Listener listener) {
        this.door = door;
        this.set = set;
        this.booter = booter;
        this.listener = listener;
    }

    /** Returns when each is booted, or is not going to be; answers the worst of it. */
    ExitCode run() {
        Procession.run(set.graph(), this::boot, this::left);
        return results.values().stream().map(OneBoot.Result::code).max(Comparator.comparingInt(GroupBoot::severity)).orElse(ExitCode.OK);
    }

    private static int severity(ExitCode code) {
        return SEVERITY.contains(code) ? SEVERITY.indexOf(code) : SEVERITY.size();
    }

    /** The worse of two. */
    static ExitCode worse(ExitCode one, ExitCode other) {
        return severity(other) > severity(one) ? other : one;
    }

    private boolean boot(String name) {
        BootSet.Member member = set.member(name);
        if (!set.problems(name).isEmpty()) {
            listener.refused(member, set.problems(name));
            return result(name, new OneBoot.Result(ExitCode.CONFIG, "has errors in its configuration"));
        }
        // Somebody else may be booting those just now.
        member.waits().stream().filter(other -> set.member(other) == null).forEach(other -> door.idle(other).join());
        boolean asked = member.why() == BootSet.Why.ASKED;
        if (!asked && runs(name)) {
            listener.runs(member);
            return result(name, new OneBoot.Result(ExitCode.OK, ""));
        }
        return result(name, booter.boot(member)) || runs(name) && results.get(name).code() == ExitCode.EXISTS;
    }

    private boolean runs(String name) {
        door.idle(name).join();
        SubhostState state = door.find(name).map(SubhostRecord::stateOf).orElse(SubhostState.STOPPED);
        return state == SubhostState.RUNNING || state == SubhostState.PAUSED || state == SubhostState.FOREIGN;
    }

    private boolean result(String name, OneBoot.Result result) {
        results.put(name, result);
        return result.code() == ExitCode.OK;
    }

    private void left(Edge edge) {
        listener.left(edge, results.get(edge.to()).why());
        results.put(edge.from(), new OneBoot.Result(ExitCode.of(RefusedException.Kind.STEP), "was not booted"));
    }
}
