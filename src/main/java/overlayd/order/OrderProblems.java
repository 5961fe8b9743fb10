package overlayd.order;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import overlayd.config.Position;
import overlayd.config.Problem;
import overlayd.config.Relations;
import overlayd.config.Rule;
import overlayd.config.Severity;
import overlayd.config.Spelling;
import overlayd.config.SubhostConfig;

/** What is wrong with who waits for whom: circles, and names that nobody has. Pure. */
public final class OrderProblems {
    private OrderProblems() {
    }

    /** A circle, and how it is told: where its first edge stands. */
    public record Circle(Cycle cycle, Problem problem) {
    }

    /** Circles; none of them: there are none. @param configs of subhosts with different names */
    public static List<Circle> circles(Collection<SubhostConfig> configs) {
        List<Edge> edges = configs.stream().flatMap(config -> Graph.edges(config).stream()).toList();
        return Graph.of(configs.stream().map(SubhostConfig::name).toList(), edges).cycles().stream()
                .map(cycle -> new Circle(cycle, problem(cycle.edges().get(0), cycle))).toList();
    }

    /** Every circle with an edge in one of {@code files}, told there. */
    public static List<Problem> cycles(Collection<SubhostConfig> configs, Collection<Path> files) {
        return circles(configs).stream().flatMap(circle -> circle.cycle().edges().stream()
                .filter(edge -> files.contains(edge.place().orElseThrow().file())).findFirst().stream()
                .map(edge -> problem(edge, circle.cycle()))).toList();
    }

    private static Problem problem(Edge edge, Cycle cycle) {
        return problem(edge, Rule.ORDER_CYCLE, Rule.ORDER_CYCLE.severity(), "subhosts wait for one another: " + cycle.text(),
                "take one of these out");
    }

    /**
     * Every name of a file's AFTER and REQUIRES that is not {@code known}.
     *
     * @param required as what an unknown name of REQUIRES counts: it keeps a subhost from booting
     */
    public static List<Problem> unknown(Collection<SubhostConfig> configs, Set<String> known, Severity required) {
        List<Problem> problems = new ArrayList<>();
        for (SubhostConfig config : configs) {
            for (Edge edge : Graph.edges(config)) {
                if (!known.contains(edge.to())) {
                    Severity severity = edge.kind() == Relations.Kind.REQUIRES ? required : Rule.ORDER_UNKNOWN.severity();
                    problems.add(problem(edge, Rule.ORDER_UNKNOWN, severity, edge.words() + ", but no subhost of that name is known",
                            remedy(edge, known)));
                }
            }
        }
        return problems;
    }

    private static String remedy(Edge edge, Set<String> known) {
        Set<String> others = new HashSet<>(known);
        others.remove(edge.from());
        String meant = edge.to().endsWith(".conf") ? edge.to().substring(0, edge.to().length() - ".conf".length()) : edge.to();
        return (others.contains(meant) ? java.util.Optional.of(meant) : Spelling.nearest(meant, others))
                .map(name -> "did you mean " + name + "?")
                .orElse("put its file beside this one or into /etc/overlayd/conf.d, or take the name out");
    }

    private static Problem problem(Edge edge, Rule rule, Severity severity, String message, String remedy) {
        Edge.Place place = edge.place().orElseThrow();
        Position at = place.at();
        return new Problem(place.file(), at.line(), at.column(), severity, rule.id(), message, remedy);
    }
}
