package overlayd.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class LineLoggerTest {
    @Test
    void under_systemd_every_line_of_a_stack_trace_has_the_priority_of_its_message() {
        assertEquals("<3>web: boot: overlayd.Broken\n<3>\tat overlayd.Main\n", LineLogger.prioritized("web: boot: overlayd.Broken\n\tat overlayd.Main\n",
                Level.ERROR));
        assertEquals("<6>web: running\n", LineLogger.prioritized("web: running\n", Level.INFO));
    }
}
