package overlayd.order;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import overlayd.config.Relations;
import overlayd.config.SubhostConfig;

/** Subhosts by name, and who of them waits for whom. An edge to somebody who is not among them is none here. Immutable. */
public final class Graph {
    private final Map<String, List<Edge>> edges;

    private Graph(Map<String, List<Edge>> edges) {
        this.edges = edges;
    }

    /** A graph of {@code names}, in the order they were asked for. */
    public static Graph of(Iterable<String> names, Iterable<Edge> waits) {
        Map<String, List<Edge>> edges = new LinkedHashMap<>();
        names.forEach(name -> edges.putIfAbsent(name, new ArrayList<>()));
        waits.forEach(edge -> {
            if (edges.containsKey(edge.from()) && edges.containsKey(edge.to())) {
                edges.get(edge.from()).add(edge);
            }
        });
        return new Graph(edges);
    }

    /** What one configuration says. */
    public static List<Edge> edges(SubhostConfig config) {
        return config.upkeep().relations().list().stream().map(relation -> new Edge(config.name(), relation.name(), relation.kind(),
                java.util.Optional.of(new Edge.Place(config.file(), relation.at())))).toList();
    }

    /** Every name, in the order of the beginning. */
    public List<String> names() {
        return List.copyOf(edges.keySet());
    }

    /** Whom {@code name} waits for. */
    public List<Edge> waits(String name) {
        return List.copyOf(edges.getOrDefault(name, List.of()));
    }

    /** The same with every arrow turned round: the order of a stop. */
    public Graph reversed() {
        List<Edge> turned = edges.values().stream().flatMap(List::stream).map(Edge::reversed).toList();
        return of(edges.keySet(), turned);
    }

    /** Everybody who requires {@code name}, or requires one who does, and so on. */
    public Set<String> dependants(String name) {
        Set<String> found = new LinkedHashSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(name));
        while (!open.isEmpty()) {
            String one = open.pop();
            edges.values().stream().flatMap(List::stream).filter(e -> e.to().equals(one) && e.kind() == Relations.Kind.REQUIRES)
                    .map(Edge::from).filter(from -> !from.equals(name) && found.add(from)).forEach(open::add);
        }
        return found;
    }

    /**
     * Those who wait for nobody, then those who wait for them only, and so on.
     *
     * @throws IllegalStateException there is a cycle
     */
    public List<List<String>> levels() {
        List<List<String>> levels = new ArrayList<>();
        Departures departures = new Departures(this);
        for (List<String> level = departures.next(); !level.isEmpty(); level = departures.next()) {
            levels.add(level);
            level.forEach(departures::ready);
        }
        if (levels.stream().mapToInt(List::size).sum() < edges.size()) {
            throw new IllegalStateException("a cycle has no levels");
        }
        return levels;
    }

    /** One circle for each knot of subhosts who wait for one another; none: the graph can be gone through. */
    public List<Cycle> cycles() {
        List<Cycle> cycles = new ArrayList<>();
        Map<String, Integer> done = new HashMap<>();
        for (String name : edges.keySet()) {
            walk(name, done, cycles);
        }
        return cycles;
    }

    private static final int UNDERWAY = 1;
    private static final int OVER = 2;

    /** Depth first without recursion: a chain of thousands is no reason to end in an error. */
    private void walk(String start, Map<String, Integer> done, List<Cycle> cycles) {
        if (done.containsKey(start)) {
            return;
        }
        Deque<Edge> path = new ArrayDeque<>();
        Deque<Deque<Edge>> open = new ArrayDeque<>();
        done.put(start, UNDERWAY);
        open.push(new ArrayDeque<>(waits(start)));
        Set<String> told = new HashSet<>();
        while (!open.isEmpty()) {
            Edge edge = open.peek().poll();
            if (edge == null) {
                open.pop();
                done.put(path.isEmpty() ? start : path.removeLast().to(), OVER);
            } else if (!done.containsKey(edge.to())) {
                done.put(edge.to(), UNDERWAY);
                path.addLast(edge);
                open.push(new ArrayDeque<>(waits(edge.to())));
            } else if (done.get(edge.to()) == UNDERWAY && told.add(edge.to())) {
                cycles.add(Cycle.closedBy(edge, List.copyOf(path)));
            }
        }
    }
}
