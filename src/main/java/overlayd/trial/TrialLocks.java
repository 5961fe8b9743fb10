package overlayd.trial;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who works on a trial, and who carries over to a tree: a thread takes the trial's first. One trial that takes minutes holds up no other on another
 * tree. Numbers and names are few and come again, so none is forgotten. Thread-safe.
 */
final class TrialLocks {
    private final Map<Integer, Object> trials = new ConcurrentHashMap<>();
    private final Map<String, Object> trees = new ConcurrentHashMap<>();

    Object of(Trials.Trial trial) {
        return trials.computeIfAbsent(trial.id(), id -> new Object());
    }

    Object of(Trials.Subject tree) {
        return trees.computeIfAbsent(tree.name(), name -> new Object());
    }
}
