package overlayd.subhost;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import overlayd.failure.Absence;
import overlayd.failure.RefusedException;
import overlayd.state.Rundir;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;

/** Every subhost this instance knows: live ones, and ended ones whose record is kept until the host's next start. Thread-safe. */
final class Registry {
    private final Map<String, Subhost> subhosts = new ConcurrentHashMap<>();
    private final News news = new News();
    private volatile Runnable changed = () -> { };

    /** Has {@code listener} told, from any thread and with locks held, that a subhost's state has changed. */
    void onChange(Runnable listener) {
        changed = listener;
    }

    /** Of every change of state of any of them. */
    News news() {
        return news;
    }

    /** The subhost of that name. @throws RefusedException UNKNOWN */
    Subhost known(String name) throws RefusedException {
        return find(name).orElseThrow(() -> new RefusedException(RefusedException.Kind.UNKNOWN, name + " " + Absence.notBooted(name)));
    }

    /** The same, which must run. @throws RefusedException UNKNOWN, NOT_RUNNING */
    Subhost running(String name) throws RefusedException {
        Subhost subhost = known(name);
        if (subhost.state() != SubhostState.RUNNING) {
            throw new RefusedException(RefusedException.Kind.NOT_RUNNING, name + " " + notRunning(subhost));
        }
        return subhost;
    }

    private static String notRunning(Subhost subhost) {
        String state = subhost.state().word();
        return switch (subhost.state()) {
            case PAUSED -> "is paused, not running; let it go on: overlay resume " + subhost.name();
            case STOPPED, FAILED -> Absence.notRunning(state, subhost.name());
            case STARTING, RUNNING, STOPPING, FOREIGN -> "is " + state + ", not running";
        };
    }

    Optional<Subhost> find(String name) {
        return Optional.ofNullable(subhosts.get(name));
    }

    /** The subhost of that name, made as STOPPED where there is none. */
    Subhost findOrMake(String name, Rundir rundir) {
        return subhosts.computeIfAbsent(name, n -> listenedTo(new Subhost(rundir, SubhostRecord.unbooted(n))));
    }

    private Subhost listenedTo(Subhost subhost) {
        subhost.onChange(() -> {
            news.tell(subhost.record());
            changed.run();
        });
        return subhost;
    }

    void add(Subhost subhost) {
        subhosts.put(subhost.name(), listenedTo(subhost));
        news.tell(subhost.record());
    }

    void forget(Subhost subhost) {
        subhosts.remove(subhost.name(), subhost);
    }

    /** All, by name. */
    List<Subhost> all() {
        return subhosts.values().stream().sorted(Comparator.comparing(Subhost::name)).toList();
    }
}
