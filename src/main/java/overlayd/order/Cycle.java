package overlayd.order;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Subhosts who wait for one another in a circle. @param edges each from where the one before led to */
public record Cycle(List<Edge> edges) {
    public Cycle {
        edges = List.copyOf(edges);
        if (edges.isEmpty()) {
            throw new IllegalArgumentException("a cycle has an edge");
        }
    }

    /** The circle that {@code edge} closes, which leads back into {@code path}. */
    static Cycle closedBy(Edge edge, List<Edge> path) {
        List<Edge> circle = new ArrayList<>();
        boolean within = edge.from().equals(edge.to());
        for (Edge step : path) {
            within |= step.from().equals(edge.to());
            if (within && !edge.from().equals(edge.to())) {
                circle.add(step);
            }
        }
        circle.add(edge);
        return new Cycle(circle);
    }

    /** "web requires db (web.conf:3:10), db is after web (db.conf:2:7)", with the whole paths. */
    public String text() {
        return edges.stream().map(edge -> edge.words() + edge.place().map(place -> " (" + place.text() + ")").orElse(""))
                .collect(Collectors.joining(", "));
    }
}
