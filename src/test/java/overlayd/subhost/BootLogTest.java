package overlayd.subhost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import overlayd.state.Course;
import overlayd.state.Course.Kind;
import overlayd.state.Course.Span;

class BootLogTest {
    private static Span span(Kind kind, String name, long start, long micros) {
        return new Span(kind, start, micros, name);
    }

    @Test
    void each_service_has_a_line_with_its_seconds_and_how_it_ended() {
        Course course = new Course(List.of(span(Kind.PLAN, "plan", 0, 4_000), span(Kind.SERVICE, "networking", 10_000, 31_000),
                span(Kind.SERVICE, "nginx", 50_000, 120_000), span(Kind.SERVICE, "slow", 200_000, 4_000_000)));
        assertEquals("overlayd: networking started after 31.0 ms\noverlayd: nginx failed with status 1 after 120.0 ms\n"
                + "overlayd: slow took too long to start, ended after 4.000 s\noverlayd: booted after 4.200 s\n",
                BootLog.lines(course, Map.of("nginx", 1, "slow", 124)));
    }

    @Test
    void without_services_nothing_is_said() {
        assertEquals("", BootLog.lines(new Course(List.of(span(Kind.PLAN, "plan", 0, 4_000))), Map.of()));
    }
}
