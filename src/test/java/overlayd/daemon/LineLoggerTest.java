package overlayd.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

class LineLoggerTest {
    private static final Object[] ARGUMENTS = {"web", "EBUSY"};

    @Test
    void under_systemd_every_line_of_a_stack_trace_has_the_priority_of_its_message() {
        assertEquals("<3>web: boot: overlayd.Broken\n<3>\tat overlayd.Main\n", StandardError.prioritized(new LogLine(Level.ERROR,
                "web: boot: overlayd.Broken\n\tat overlayd.Main", Map.of())));
        assertEquals("<6>web: running\n", StandardError.prioritized(new LogLine(Level.INFO, "web: running", Map.of())));
    }

    @Test
    void a_message_about_a_subhost_has_its_name_for_a_field() {
        assertEquals(Map.of("SUBHOST", "web"), new LineLogger("overlayd.subhost.Boots").fields("{}: undo: {}", ARGUMENTS, List.of()));
        assertEquals(Map.of(), new LineLogger("overlayd.varlink.Server").fields("{}: {}", ARGUMENTS, null));
        assertEquals(Map.of(), new LineLogger("overlayd.subhost.Networks").fields("network {}: {}", ARGUMENTS, null));
    }

    @Test
    void what_is_given_by_name_is_a_field_unless_it_is_empty() {
        assertEquals(Map.of("SUBHOST", "web", "STEP", "mount overlay"), new LineLogger("overlayd.subhost.Told").fields("{}: boot: {}", ARGUMENTS,
                List.of(new KeyValuePair("STEP", "mount overlay"), new KeyValuePair("ERRNO_NAME", ""))));
    }
}
