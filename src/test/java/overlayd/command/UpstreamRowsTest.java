package overlayd.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each fault of overlay-boot 1.6.4 that overlayd answers (rows U1 to U18 of tests/system/topics/upstream) has a test named after it. */
class UpstreamRowsTest {
    private static final List<Path> PLACES = List.of(Path.of("tests/system/topics/upstream"), Path.of("tests/vm/guest"));
    private static final Pattern NAMED = Pattern.compile("(?m)^ *expect \"U(\\d+)_\\w+\" ");

    @Test
    void every_row_has_a_named_test() throws IOException {
        Set<Integer> found = new TreeSet<>();
        for (Path place : PLACES) {
            NAMED.matcher(Files.readString(place)).results().forEach(m -> found.add(Integer.parseInt(m.group(1))));
        }
        assertEquals(IntStream.rangeClosed(1, 18).boxed().collect(Collectors.toCollection(TreeSet::new)), found);
    }
}
