package overlayd.order;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.config.ConfigFile;
import overlayd.config.ConfigReader;
import overlayd.config.HostDefaults;
import overlayd.config.Problem;
import overlayd.config.Relations;
import overlayd.config.Severity;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;

class OrderTest {
    @TempDir
    Path directory;

    /** {@code web>db} web is after db, {@code web=db} web requires db, a name alone is there. */
    private static Graph graph(String... words) {
        List<String> names = new ArrayList<>();
        List<Edge> edges = new ArrayList<>();
        for (String word : words) {
            String[] ends = word.split("[>=]");
            names.addAll(Arrays.asList(ends));
            if (ends.length == 2) {
                edges.add(new Edge(ends[0], ends[1], word.contains("=") ? Relations.Kind.REQUIRES : Relations.Kind.AFTER, Optional.empty()));
            }
        }
        return Graph.of(names, edges);
    }

    private SubhostConfig config(String name, String... lines) throws IOException {
        Path file = directory.resolve(name + ".conf");
        Files.writeString(file, "BASE=.\n" + String.join("\n", lines) + "\n");
        return ConfigReader.showing(Strictness.BOOT, HostDefaults.NONE).read(ConfigFile.open(file)).config().orElseThrow();
    }

    private List<String> texts(List<Problem> problems) {
        return problems.stream().map(problem -> problem.text().replace(directory + "/", "")).toList();
    }

    @Test
    void levels_are_as_early_as_they_can_be() {
        assertEquals(List.of(List.of("log", "db"), List.of("web", "mail"), List.of("shop")),
                graph("shop=web", "web=db", "web>log", "mail>log", "db").levels().stream().map(level -> level.stream()
                        .sorted((a, b) -> List.of("log", "db", "web", "mail", "shop").indexOf(a) - List.of("log", "db", "web", "mail", "shop").indexOf(b))
                        .toList()).toList());
    }

    @Test
    void whoever_is_not_among_them_is_not_waited_for() {
        Graph alone = Graph.of(List.of("web"), List.of(new Edge("web", "db", Relations.Kind.AFTER, Optional.empty())));
        assertEquals(List.of(List.of("web")), alone.levels());
    }

    @Test
    void a_stop_goes_the_other_way_round() {
        assertEquals(List.of(List.of("shop"), List.of("web"), List.of("db")), graph("shop=web", "web>db").reversed().levels());
    }

    @Test
    void who_requires_one_directly_or_through_others_depends_on_it() {
        Graph graph = graph("shop=web", "web=db", "mail>db", "ads=web", "db");
        assertEquals(Set.of("web", "shop", "ads"), graph.dependants("db"));
        assertEquals(Set.of(), graph.dependants("mail"));
    }

    @Test
    void who_requires_one_that_failed_is_not_begun_and_who_is_after_it_is() {
        Departures departures = new Departures(graph("web=db", "shop=web", "mail>db", "db"));
        assertEquals(List.of("db"), departures.next());
        assertEquals(List.of(), departures.next());
        assertEquals(List.of("web requires db", "shop requires web"), departures.failed("db").stream().map(Edge::words).toList());
        assertEquals(List.of("mail"), departures.next());
        assertTrue(departures.isOver());
    }

    @Test
    void one_is_begun_when_the_last_it_waits_for_is_ready() {
        Departures departures = new Departures(graph("web=db", "web>log"));
        assertEquals(Set.of("db", "log"), Set.copyOf(departures.next()));
        departures.ready("log");
        assertEquals(List.of(), departures.next());
        assertFalse(departures.isOver());
        departures.ready("db");
        assertEquals(List.of("web"), departures.next());
    }

    @Test
    void a_cycle_is_told_with_the_place_of_each_edge() throws IOException {
        assertEquals(List.of("shop.conf:2:12: error: subhosts wait for one another: shop requires web (shop.conf:2:12), web is after db"
                        + " (web.conf:3:13), db requires shop (db.conf:2:10) (take one of these out)"),
                texts(OrderProblems.circles(knot()).stream().map(OrderProblems.Circle::problem).toList()));
        assertEquals(List.of("web.conf:3:13"), texts(OrderProblems.cycles(knot(), Set.of(directory.resolve("web.conf")))).stream()
                .map(text -> text.substring(0, 13)).toList());
        assertEquals(List.of(), OrderProblems.cycles(knot(), Set.of(directory.resolve("mail.conf"))));
    }

    private List<SubhostConfig> knot() throws IOException {
        return List.of(config("shop", "REQUIRES=  web"), config("web", "LOWER=/", "AFTER= mail db"), config("db", "REQUIRES=shop"),
                config("mail"));
    }

    @Test
    void each_knot_is_told_once_and_what_leads_into_it_is_none() {
        assertEquals(2, graph("a>b", "b>a", "c=a", "d=e", "e=f", "f=d", "f>e").cycles().size() - 1);
        assertEquals(List.of(), graph("a>b", "a>c", "b>d", "c>d").cycles());
        assertThrows(IllegalStateException.class, () -> graph("a>b", "b>a").levels());
    }

    @Test
    void an_unknown_name_is_told_with_what_was_meant() throws IOException {
        SubhostConfig web = config("web", "AFTER=mial db.conf", "REQUIRES=dbb xyz");
        assertEquals(List.of("web.conf:3:10: error: web requires dbb, but no subhost of that name is known (did you mean db?)",
                        "web.conf:3:14: error: web requires xyz, but no subhost of that name is known"
                                + " (put its file beside this one or into /etc/overlayd/conf.d, or take the name out)",
                        "web.conf:2:7: warning: web is after mial, but no subhost of that name is known (did you mean mail?)",
                        "web.conf:2:12: warning: web is after db.conf, but no subhost of that name is known (did you mean db?)"),
                texts(OrderProblems.unknown(List.of(web), Set.of("web", "mail", "db"), Severity.ERROR)));
    }

    /** Of random graphs: levels are there exactly when there is no cycle, and then nobody comes before one it waits for. */
    @Test
    void levels_or_cycles() {
        Random random = new Random(4711);
        for (int round = 0; round < 500; round++) {
            List<String> words = new ArrayList<>(List.of("a"));
            for (int i = random.nextInt(9); i > 0; i--) {
                char from = (char) ('a' + random.nextInt(6));
                char to = (char) ('a' + random.nextInt(6));
                words.add(from == to ? "" + from : "" + from + (random.nextBoolean() ? ">" : "=") + to);
            }
            Graph graph = graph(words.toArray(String[]::new));
            if (graph.cycles().isEmpty()) {
                Set<String> before = new HashSet<>();
                for (List<String> level : graph.levels()) {
                    level.forEach(name -> graph.waits(name).forEach(edge -> assertTrue(before.contains(edge.to()), words::toString)));
                    before.addAll(level);
                }
                assertEquals(Set.copyOf(graph.names()), before);
            } else {
                assertThrows(IllegalStateException.class, graph::levels, words::toString);
                graph.cycles().forEach(cycle -> circles(cycle, words));
            }
        }
    }

    private static void circles(Cycle cycle, List<String> words) {
        List<Edge> edges = cycle.edges();
        for (int i = 0; i < edges.size(); i++) {
            assertEquals(edges.get(i).to(), edges.get((i + 1) % edges.size()).from(), () -> words + ": " + cycle.text());
        }
    }
}
