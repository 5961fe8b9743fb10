package overlayd.group;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.config.Strictness;
import overlayd.order.Edge;
import overlayd.state.SubhostRecord;
import overlayd.subject.Door;

/**
 * Restarts a subhost, and says how it went. Those that require it are stopped before and booted after it; where that cannot be, they stay stopped.
 *
 * @param <R> what is told of one
 */
public final class GroupRestart<R> {
    /** How it went with one. {@code up}: it runs, so that those that require it may be booted. */
    public record Result<R>(boolean up, R told) {
    }

    /** What is done with each, and what is told of those with which nothing more is done. */
    public interface Work<R> {
        /** {@code edge.from()}, which nobody asked for, is going to be stopped before and booted after {@code edge.to()}. */
        void along(Edge edge);

        /** Stops one. @return empty: it is stopped; else why not */
        Optional<R> stop(String name);

        /** Stops and boots the one that was asked for. */
        Result<R> restart(String name);

        /** Boots one that was stopped. */
        R boot(String name, Path file);

        /** {@code edge.from()} is not booted again, for {@code edge.to()} is not up. */
        R stays(Edge edge);

        /** {@code name} was stopped, and is not booted again, for {@code other} could not be stopped. */
        R staysFor(String name, String other);

        /** The one that was asked for is not restarted, for {@code other}, which requires it, could not be stopped. */
        R spared(String name, String other);
    }

    private final Door door;
    private final Work<R> work;
    private final List<R> told = new ArrayList<>();

    private GroupRestart(Door door, Work<R> work) {
        this.door = door;
        this.work = work;
    }

    /** Returns when all of it is done; what is told, in the order in which it was. */
    public static <R> List<R> run(Door door, String name, Work<R> work) {
        GroupRestart<R> restart = new GroupRestart<>(door, work);
        restart.around(name);
        return restart.told;
    }

    private void around(String name) {
        List<SubhostRecord> records = door.list();
        StopSet set = StopSet.of(List.of(name), records);
        List<String> again = set.dependantsToBoot();
        if (again.isEmpty() || !bootable(name)) {
            told.add(work.restart(name).told());
            return;
        }
        set.dependants().forEach(work::along);
        if (!stopAll(name, again)) {
            return;
        }
        Result<R> result = work.restart(name);
        told.add(result.told());
        if (!result.up()) {
            set.dependants().forEach(edge -> told.add(work.stays(edge)));
            return;
        }
        for (String dependant : again) {
            Optional<SubhostRecord> record = records.stream().filter(r -> r.name().equals(dependant)).findFirst();
            told.add(work.boot(dependant, ByteText.path(record.orElseThrow().file())));
        }
    }

    /** The last first. @return whether all are stopped */
    private boolean stopAll(String name, List<String> dependants) {
        for (int i = dependants.size() - 1; i >= 0; i--) {
            String dependant = dependants.get(i);
            Optional<R> failed = work.stop(dependant);
            if (failed.isPresent()) {
                told.add(failed.get());
                dependants.subList(i + 1, dependants.size()).forEach(before -> told.add(work.staysFor(before, dependant)));
                told.add(work.spared(name, dependant));
                return false;
            }
        }
        return true;
    }

    /** Nobody is stopped for the sake of a file that is going to be refused. */
    private boolean bootable(String name) {
        return door.find(name).filter(record -> door.plan(ByteText.path(record.file()), Strictness.BOOT).plan().isPresent()).isPresent();
    }
}
