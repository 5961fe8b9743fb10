package overlayd.group;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import overlayd.config.Problem;
import overlayd.order.Edge;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;
import overlayd.subject.Door;

/**
 * Boots a set of subhosts in its order, and says of each how it went.
 *
 * @param <R> what is told of one
 */
public final class GroupBoot<R> {
    /** Whether those that require one may go on; of one that exists, if it runs. One that is misconfigured is not ready either. */
    public enum End { READY, EXISTS, NOT_READY, MISCONFIGURED }

    /**
     * How it went with one.
     *
     * @param why what those are told that require it: "failed: ..."; empty when it is ready
     */
    public record Result<R>(End end, String why, R told) {
    }

    /** What is done with each, and with those that are not booted or need not be. */
    public interface Work<R> {
        /** Boots one that is not running yet, on a thread of its own. */
        Result<R> boot(BootSet.Member member);

        /** Its file, or its place in the order, has errors. */
        R refused(BootSet.Member member, List<Problem> problems);

        /** The one that {@code edge.from()} requires did not become ready: so it ended. */
        R left(Edge edge, Result<R> required);

        /** It runs already, and nobody asked for it by name. */
        R runs(BootSet.Member member);
    }

    private final Door door;
    private final BootSet set;
    private final Work<R> work;
    private final Map<String, Result<R>> results = new ConcurrentHashMap<>();

    public GroupBoot(Door door, BootSet set, Work<R> work) {
        this.door = door;
        this.set = set;
        this.work = work;
    }

    /** Returns when each is booted, or is not going to be; what is told of each, by level. */
    public List<R> run() {
        Procession.run(set.graph(), this::boot, this::left);
        return set.graph().levels().stream().flatMap(List::stream).filter(results::containsKey).map(name -> results.get(name).told()).toList();
    }

    private boolean boot(String name) {
        BootSet.Member member = set.member(name);
        if (!set.problems(name).isEmpty()) {
            return result(name, new Result<>(End.MISCONFIGURED, "has errors in its configuration", work.refused(member, set.problems(name))));
        }
        // Somebody else may be booting those just now.
        member.waits().stream().filter(other -> set.member(other) == null).forEach(other -> door.idle(other).join());
        boolean asked = member.why() == BootSet.Why.ASKED;
        if (!asked && runs(name)) {
            return result(name, new Result<>(End.READY, "", work.runs(member)));
        }
        return result(name, work.boot(member)) || runs(name) && results.get(name).end() == End.EXISTS;
    }

    private boolean runs(String name) {
        door.idle(name).join();
        SubhostState state = door.find(name).map(SubhostRecord::state).orElse(SubhostState.STOPPED);
        return state == SubhostState.RUNNING || state == SubhostState.PAUSED || state == SubhostState.FOREIGN;
    }

    private boolean result(String name, Result<R> result) {
        results.put(name, result);
        return result.end() == End.READY;
    }

    private void left(Edge edge) {
        Result<R> required = results.get(edge.to());
        End end = required.end() == End.MISCONFIGURED ? End.MISCONFIGURED : End.NOT_READY;
        results.put(edge.from(), new Result<>(end, "was not booted", work.left(edge, required)));
    }
}
