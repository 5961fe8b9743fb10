package overlayd.order;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import overlayd.config.Relations;

/**
 * Goes through a graph: says who can be begun now, hears how it ended. Who requires somebody that failed is not begun; who is only after
 * it is. Not thread-safe.
 */
public final class Departures {
    private final Graph graph;
    private final Set<String> waiting;
    private final Set<String> over = new HashSet<>();

    public Departures(Graph graph) {
        this.graph = graph;
        this.waiting = new LinkedHashSet<>(graph.names());
    }

    /** Those who wait for nobody any more; each is told once. */
    public List<String> next() {
        List<String> free = waiting.stream().filter(name -> graph.waits(name).stream().allMatch(edge -> over.contains(edge.to()))).toList();
        free.forEach(waiting::remove);
        return free;
    }

    /** {@code name} is ready: nobody needs to wait for it any more. */
    public void ready(String name) {
        over.add(name);
    }

    /** {@code name} has failed. @return those who will not be begun for it, with whom each requires; nearest first */
    public List<Edge> failed(String name) {
        over.add(name);
        List<Edge> dropped = new ArrayList<>();
        for (String other : List.copyOf(waiting)) {
            graph.waits(other).stream().filter(edge -> edge.to().equals(name) && edge.kind() == Relations.Kind.REQUIRES).findFirst()
                    .filter(edge -> waiting.remove(other)).ifPresent(dropped::add);
        }
        List.copyOf(dropped).forEach(edge -> dropped.addAll(failed(edge.from())));
        return dropped;
    }

    /** Nobody is left who could be begun, now or later. */
    public boolean isOver() {
        return waiting.isEmpty();
    }
}
