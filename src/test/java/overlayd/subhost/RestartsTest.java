package overlayd.subhost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RestartsTest {
    @Test
    void each_wait_is_twice_the_one_before_up_to_five_minutes() {
        assertEquals(List.of(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 300L, 300L),
                IntStream.range(0, 11).mapToObj(Restarts::delay).toList());
        assertEquals(300, Restarts.delay(1_000_000));
    }
}
