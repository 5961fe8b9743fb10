package overlayd.group;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import overlayd.config.Position;
import overlayd.config.Problem;
import overlayd.config.Relations;
import overlayd.config.Rule;
import overlayd.config.Severity;
import overlayd.config.SubhostConfig;
import overlayd.order.Edge;
import overlayd.order.Graph;
import overlayd.order.OrderProblems;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.subject.Neighbours;

/**
 * The subhosts that one command boots: those that were asked for, and those that they require and that do not run. What keeps one of them
 * from being booted in order is kept beside it. Immutable once gathered.
 */
public final class BootSet {
    /** Why one is booted. */
    public enum Why { ASKED, LISTED, REQUIRED }

    /** One of them; {@code config} is empty when the file has errors. */
    public record Member(String name, Path file, Optional<SubhostConfig> config, Why why) {
        /** Names of those it waits for. */
        public List<String> waits() {
            return config.map(c -> c.upkeep().relations().list().stream().map(Relations.Relation::name).toList()).orElse(List.of());
        }
    }

    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, List<Problem>> problems = new LinkedHashMap<>();
    private final List<Problem> others = new ArrayList<>();
    private final Neighbours neighbours;
    private final Door door;

    private BootSet(Door door, Neighbours neighbours) {
        this.door = door;
        this.neighbours = neighbours;
    }

    /** The set of {@code files} and of what they require. */
    public static BootSet of(List<Path> files, Why why, Door door, Neighbours neighbours) {
        BootSet set = new BootSet(door, neighbours);
        files.forEach(file -> set.add(file, why));
        for (Member member : List.copyOf(set.members.values())) {
            set.addRequired(member);
        }
        set.findCycles();
        return set;
    }

    private void add(Path file, Why why) {
        Optional<SubhostConfig> config = Locator.read(file);
        String name = Locator.nameIn(file, config);
        Member same = members.putIfAbsent(name, new Member(name, file, config, why));
        if (same != null && !Locator.same(same.file(), file)) {
            Position at = config.map(c -> c.at(overlayd.config.ConfigKey.NAME)).orElse(Position.START);
            others.add(new Problem(file, at.line(), at.column(), Severity.ERROR, Rule.NAME_TWICE.id(), "NAME " + name
                    + " is also the name of " + overlayd.config.ByteText.of(same.file()), "choose another NAME"));
        }
    }

    /** Depth first; whoever is there already has been looked at, or is being. */
    private void addRequired(Member member) {
        for (String name : member.config().map(c -> c.upkeep().relations().names(Relations.Kind.REQUIRES)).orElse(List.of())) {
            if (members.containsKey(name) || runs(name)) {
                continue;
            }
            Optional<Path> file = neighbours.file(name, member.file());
            if (file.isPresent()) {
                add(file.get(), Why.REQUIRED);
                addRequired(members.get(name));
            } else {
                unknown(member);
            }
        }
    }

    private boolean runs(String name) {
        return door.find(name).map(SubhostRecord::state).filter(state -> state.isLive() && state != SubhostState.STOPPING).isPresent();
    }

    private void unknown(Member member) {
        Set<String> names = new TreeSet<>(neighbours.names(member.file()));
        names.addAll(members.keySet());
        problems.put(member.name(), OrderProblems.unknown(List.of(member.config().orElseThrow()), names, Severity.ERROR).stream()
                .filter(Problem::isError).toList());
    }

    private void findCycles() {
        while (true) {
            List<SubhostConfig> sound = members.values().stream().filter(member -> !problems.containsKey(member.name()))
                    .flatMap(member -> member.config().stream()).toList();
            List<OrderProblems.Circle> circles = OrderProblems.circles(sound);
            if (circles.isEmpty()) {
                return;
            }
            circles.forEach(circle -> circle.cycle().edges().forEach(edge -> problems.putIfAbsent(edge.from(), List.of(circle.problem()))));
        }
    }

    /** Who waits for whom; those with problems wait for nobody, for they are not booted. */
    public Graph graph() {
        List<Edge> edges = members.values().stream().filter(member -> !problems.containsKey(member.name()))
                .flatMap(member -> member.config().stream()).flatMap(config -> Graph.edges(config).stream()).toList();
        return Graph.of(members.keySet(), edges);
    }

    public Member member(String name) {
        return members.get(name);
    }

    public List<Member> members() {
        return List.copyOf(members.values());
    }

    /** What keeps {@code name} from being booted; empty: nothing here does. */
    public List<Problem> problems(String name) {
        return problems.getOrDefault(name, List.of());
    }

    /** What is wrong with files that are not even members. */
    public List<Problem> others() {
        return List.copyOf(others);
    }

    /** Whether one subhost is booted that waits for nobody. */
    public boolean isPlain() {
        return members.size() == 1 && problems.isEmpty() && members().get(0).why() == Why.ASKED && members().get(0).waits().isEmpty();
    }

    /** Everybody's problems, each once. */
    public List<Problem> allProblems() {
        Set<Problem> all = new HashSet<>();
        List<Problem> list = new ArrayList<>(others);
        problems.values().forEach(found -> found.stream().filter(all::add).forEach(list::add));
        return list;
    }
}
