package overlayd.group;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import overlayd.config.Relations;
import overlayd.order.Edge;
import overlayd.order.Graph;
import overlayd.state.SubhostRecord;

/**
 * The subhosts that one command stops: those that were asked for, and those that require them. They stop in the reverse of the order in
 * which they were booted, which their records tell, for files may have been changed since.
 */
public final class StopSet {
    private final Set<String> asked;
    private final Set<String> dependants = new LinkedHashSet<>();
    private final Graph graph;

    private StopSet(Set<String> asked, Graph boots) {
        this.asked = asked;
        asked.forEach(name -> boots.dependants(name).stream().filter(other -> !asked.contains(other)).forEach(dependants::add));
        List<String> all = Stream.concat(asked.stream(), dependants.stream()).toList();
        Graph some = Graph.of(all, boots.names().stream().flatMap(name -> boots.waits(name).stream()).toList());
        // Two that were booted before their files were changed may wait for each other by now: then there is no order.
        this.graph = some.cycles().isEmpty() ? some : Graph.of(all, List.of());
    }

    /** @param records every subhost's */
    public static StopSet of(Collection<String> names, Collection<SubhostRecord> records) {
        List<SubhostRecord> live = records.stream().filter(record -> record.state().isLive()).toList();
        List<Edge> edges = new ArrayList<>();
        for (SubhostRecord record : live) {
            record.upkeep().waits().after().forEach(other -> edges.add(edge(record, other, Relations.Kind.AFTER)));
            record.upkeep().waits().requires().forEach(other -> edges.add(edge(record, other, Relations.Kind.REQUIRES)));
        }
        List<String> all = Stream.concat(names.stream(), live.stream().map(SubhostRecord::name)).toList();
        return new StopSet(new LinkedHashSet<>(names), Graph.of(all, edges));
    }

    /** All there are to stop; also those that would boot again (RESTART). */
    public static List<String> everybody(Collection<SubhostRecord> records) {
        return records.stream().filter(record -> record.state().isLive() || record.upkeep().restartAt() != 0).map(SubhostRecord::name).toList();
    }

    private static Edge edge(SubhostRecord record, String other, Relations.Kind kind) {
        return new Edge(record.name(), other, kind, Optional.empty());
    }

    /** Who stops before whom. That one could not be stopped keeps no other from being stopped. */
    public Graph order() {
        return graph.reversed();
    }

    /** Those that nobody named, each with one whom it requires. */
    public List<Edge> dependants() {
        return dependants.stream().flatMap(name -> graph.waits(name).stream().filter(edge -> edge.kind() == Relations.Kind.REQUIRES)
                .limit(1)).toList();
    }

    /** Those that were named. */
    Set<String> asked() {
        return asked;
    }

    /** In the order of the boot. */
    public List<String> dependantsToBoot() {
        return graph.levels().stream().flatMap(List::stream).filter(dependants::contains).toList();
    }
}
