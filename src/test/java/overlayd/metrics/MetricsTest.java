package overlayd.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import overlayd.state.SubhostState;
import overlayd.subhost.StateChange;

class MetricsTest {
    private final Tally tally = new Tally();
    private long clock = 1000;

    private void go(String name, Object... states) {
        for (Object state : states) {
            boolean unasked = state.equals("ended");
            tally.accept(new StateChange(name, unasked ? SubhostState.STOPPING : (SubhostState) state, unasked ? "pid 1 has ended" : "", 0, clock));
            clock += 500;
        }
    }

    @Test
    void boots_stops_and_failures_are_told_apart() {
        go("web", SubhostState.STOPPED, SubhostState.STARTING, SubhostState.RUNNING, SubhostState.PAUSED, SubhostState.RUNNING,
                SubhostState.STOPPING, SubhostState.STOPPED, SubhostState.STARTING, SubhostState.FAILED);
        go("db", SubhostState.STARTING, SubhostState.RUNNING, "ended", SubhostState.FAILED, SubhostState.STARTING, SubhostState.RUNNING, "ended",
                SubhostState.STOPPED);
        assertEquals(Map.of("web", 1L, "db", 2L), tally.of(Tally.Count.BOOTS));
        assertEquals(Map.of("web", 1L), tally.of(Tally.Count.BOOT_FAILURES));
        assertEquals(Map.of("web", 1L), tally.of(Tally.Count.STOPS));
        assertEquals(Map.of("db", 1L), tally.of(Tally.Count.FAILURES));
        assertEquals(new Tally.Durations(3, 1.5), tally.boots());
        assertEquals(new Tally.Durations(1, 0.5), tally.stops());
    }

    @Test
    void one_that_was_adopted_did_not_boot() {
        go("web", SubhostState.RUNNING, SubhostState.STOPPING, SubhostState.STOPPED);
        assertEquals(Map.of(), tally.of(Tally.Count.BOOTS));
        assertEquals(Map.of("web", 1L), tally.of(Tally.Count.STOPS));
    }

    @Test
    void the_text_is_what_prometheus_reads() {
        String text = new Exposition().family("a_total", "counter", "back\\slash").sample(3, "subhost", "a\"b\\c\nd")
                .sample(1L << 40, "subhost", "x", "state", "y").family("b_seconds", "summary", "x").summary(2, 0.25).toString();
        assertEquals("""
                # HELP a_total back\\\\slash
                # TYPE a_total counter
                a_total{subhost="a\\"b\\\\c\\nd"} 3
                a_total{subhost="x",state="y"} 1099511627776
                # HELP b_seconds x
                # TYPE b_seconds summary
                b_seconds_sum 0.250000
                b_seconds_count 2
                """, text);
        strict(text);
    }

    /** The grammar of the text format 0.0.4, as far as it concerns us: every line, and each sample behind its family once. */
    static void strict(String text) {
        Pattern help = Pattern.compile("# HELP ([a-z_]+) (?:[^\\\\\\n]|\\\\\\\\|\\\\n)+");
        Pattern type = Pattern.compile("# TYPE ([a-z_]+) (counter|gauge|summary)");
        Pattern sample = Pattern.compile("([a-z_]+)(\\{[a-z_]+=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\"(?:,[a-z_]+=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\")*\\})? "
                + "(-?[0-9]+(?:\\.[0-9]+)?)");
        assertTrue(text.endsWith("\n"));
        String family = "";
        String kind = "";
        Set<String> seen = new HashSet<>();
        for (String line : text.split("\n")) {
            Matcher helped = help.matcher(line);
            Matcher typed = type.matcher(line);
            Matcher sampled = sample.matcher(line);
            if (helped.matches()) {
                family = helped.group(1);
                assertTrue(seen.add("family " + family), line);
            } else if (typed.matches()) {
                assertEquals(family, typed.group(1));
                kind = typed.group(2);
                assertEquals(kind.equals("counter"), family.endsWith("_total"), line);
            } else {
                assertTrue(sampled.matches(), line);
                List<String> names = kind.equals("summary") ? List.of(family + "_sum", family + "_count") : List.of(family);
                assertTrue(names.contains(sampled.group(1)), line);
                assertTrue(seen.add(sampled.group(1) + sampled.group(2)), "twice: " + line);
            }
        }
    }
}
