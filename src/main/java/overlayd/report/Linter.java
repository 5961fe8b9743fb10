package overlayd.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import overlayd.config.Collisions;
import overlayd.config.ConfigFile;
import overlayd.config.ConfigKey;
import overlayd.config.Problem;
import overlayd.config.Severity;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;
import overlayd.config.Upstream;
import overlayd.order.OrderProblems;
import overlayd.subhost.Subhosts;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.subject.Neighbours;

/** Everything there is to say about configuration files: the language strictly, the host's facts, the files among each other. */
public final class Linter {
    private final Door door;
    private final Locator locator;

    public Linter(Door door, Locator locator) {
        this.door = door;
        this.locator = locator;
    }

    /** All problems, file by file, then those between files. */
    public List<Problem> check(List<Path> files) {
        List<Problem> problems = new ArrayList<>();
        List<SubhostConfig> configs = new ArrayList<>();
        for (Path file : files) {
            Subhosts.Planning planning = door.plan(file, Strictness.CHECK);
            problems.addAll(planning.problems());
            planning.config().ifPresent(configs::add);
            if (planning.config().isEmpty()) {
                // What is merely odd keeps it from being compared with the host; an admin wants to know everything at once.
                Subhosts.Planning lenient = door.plan(file, Strictness.BOOT);
                lenient.config().ifPresent(configs::add);
                lenient.problems().stream().filter(p -> problems.stream().noneMatch(known -> sameButSeverity(known, p)))
                        .forEach(problems::add);
            }
        }
        configs.forEach(config -> Drift.of(config).ifPresent(problems::add));
        problems.addAll(Collisions.find(configs));
        problems.addAll(order(files, configs));
        return List.copyOf(problems);
    }

    /** What is wrong with whom they wait for, also through files that are not checked. */
    private List<Problem> order(List<Path> files, List<SubhostConfig> configs) {
        Neighbours neighbours = new Neighbours(locator, door::list);
        Map<String, SubhostConfig> all = new LinkedHashMap<>();
        configs.forEach(config -> all.putIfAbsent(config.name(), config));
        Set<String> known = new HashSet<>(all.keySet());
        Deque<SubhostConfig> open = new ArrayDeque<>(all.values());
        while (!open.isEmpty()) {
            SubhostConfig config = open.pop();
            if (!config.upkeep().relations().list().isEmpty()) {
                known.addAll(neighbours.names(config.file()));
            }
            config.upkeep().relations().list().stream().filter(relation -> !all.containsKey(relation.name()))
                    .flatMap(relation -> neighbours.file(relation.name(), config.file()).stream()).flatMap(file -> Locator.read(file).stream())
                    .filter(found -> all.putIfAbsent(found.name(), found) == null).forEach(open::add);
        }
        return Stream.concat(OrderProblems.cycles(all.values(), files).stream(),
                OrderProblems.unknown(configs, known, Severity.ERROR).stream()).map(Problem::asError).toList();
    }

    private static boolean sameButSeverity(Problem one, Problem other) {
        return one.asError().equals(other.asError());
    }

    /**
     * What overlay-boot 1.6.4 does otherwise with a file: what its text tells, and what only the host knows.
     *
     * @throws IOException it cannot be read
     */
    public static List<Upstream.Difference> upstream(Path file) throws IOException {
        List<Upstream.Difference> all = new ArrayList<>(Upstream.differences(ConfigFile.open(file)));
        Locator.read(file).filter(config -> Files.isRegularFile(config.root().upper())).ifPresent(config -> all.add(0,
                new Upstream.Difference(Optional.of(config.at(ConfigKey.UPPER)), ConfigKey.UPPER,
                        "1.6.4 fails with an UPPER that is a program; overlayd runs it with ACTION=setup, and ACTION=teardown at the end")));
        return all;
    }
}
