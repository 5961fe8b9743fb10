package overlayd.config;

import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class SpellingTest {
    @ParameterizedTest
    @CsvSource({"LOWER,LOWER,0", "LOWR,LOWER,1", "LWR,LOWER,2", "NAEM,NAME,1", "ABCD,NAME,3", "A,NAME,3", "'',IO,2", "BASEXX,BASE,2", "XBASEXX,BASE,3"})
    void distance_counts_insertions_deletions_replacements_and_swaps(String a, String b, int distance) {
        assertEquals(distance, Spelling.distance(a, b));
        assertEquals(distance, Spelling.distance(b, a));
    }

    @Test
    void the_nearest_known_name_is_meant() {
        assertEquals(Optional.of("UPPER"), Spelling.nearest("UPER", List.of("LOWER", "UPPER")));
        assertEquals(Optional.of("UPPER"), Spelling.nearest("upper", List.of("LOWER", "UPPER")));
        assertEquals(Optional.empty(), Spelling.nearest("COLOUR", List.of("LOWER", "UPPER")));
    }

    @Test
    void short_names_must_be_nearer() {
        assertEquals(Optional.empty(), Spelling.nearest("AB", List.of("IO", "LOG")));
        assertEquals(Optional.of("LOG"), Spelling.nearest("LOGS", List.of("LOG")));
    }
}
