package overlayd.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import overlayd.failure.RefusedException.Kind;

/** The table of conventions, as scripts rely on it. */
class ExitCodeTest {
    @Test
    void each_refusal_has_its_code() {
        Map<Kind, Integer> expected = Map.of(Kind.CONFIG, 78, Kind.STEP, 71, Kind.EXISTS, 73, Kind.UNKNOWN, 1, Kind.BUSY, 75,
                Kind.NOT_RUNNING, 1,
                Kind.CANCELLED, 75);
        assertEquals(new TreeMap<>(expected), Arrays.stream(Kind.values())
                .collect(Collectors.toMap(kind -> kind, kind -> ExitCode.of(kind).number(), (a, b) -> a, TreeMap::new)));
    }

    @Test
    void the_numbers_are_those_of_the_conventions() {
        assertEquals(Set.of(0, 1, 64, 69, 70, 71, 72, 73, 75, 76, 77, 78, 125, 126, 127, 130, 141, 143),
                Arrays.stream(ExitCode.values()).map(ExitCode::number).collect(Collectors.toSet()));
        assertEquals(ExitCode.values().length, new HashSet<>(Arrays.stream(ExitCode.values()).map(ExitCode::number).toList()).size());
    }

    @Test
    void signals_end_with_128_and_their_number_but_a_hangup_ends_nothing() {
        assertEquals(Optional.of(ExitCode.INTERRUPTED), ExitCode.ofSignal(2));
        assertEquals(Optional.of(ExitCode.TERMINATED), ExitCode.ofSignal(15));
        assertEquals(Optional.empty(), ExitCode.ofSignal(1));
    }

    @Test
    void every_code_is_explained_in_one_line() {
        for (ExitCode code : ExitCode.values()) {
            assertTrue(!code.meaning().isEmpty() && code.meaning().length() < 60 && !code.meaning().endsWith("."), code.name());
        }
    }
}
