package overlayd.subhost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ServiceEndTest {
    @Test
    void each_end_has_its_words() {
        assertEquals("a started", ServiceEnd.ofStart("a", 0).words());
        assertEquals("a failed with status 7", ServiceEnd.ofStart("a", 7).words());
        assertEquals("a took too long to start", ServiceEnd.ofStart("a", 124).words());
        assertEquals("a stopped", new ServiceEnd("a", "stop", 0).words());
        assertEquals("a failed to stop with status 7", new ServiceEnd("a", "stop", 7).words());
        assertEquals("a took too long to stop, ended after 5.000 s", new ServiceEnd("a", "stop", 124).words(5_000_000));
        assertEquals("a started after 31.2 ms", ServiceEnd.ofStart("a", 0).words(31_200));
    }

    @Test
    void a_reason_is_read_as_it_was_written() {
        List<ServiceEnd> ends = List.of(ServiceEnd.ofStart("a", 7), ServiceEnd.ofStart("b.c", 124));
        String reason = ends.stream().map(ServiceEnd::words).collect(Collectors.joining(", ")) + ", bridge br0 is gone";
        for (ServiceEnd end : ends) {
            assertEquals(Optional.of(end), ServiceEnd.ofStartIn(reason, end.service()));
        }
        assertEquals(Optional.empty(), ServiceEnd.ofStartIn(reason, "bxc"));
        assertEquals(Optional.empty(), ServiceEnd.ofStartIn(reason, "c"));
    }
}
