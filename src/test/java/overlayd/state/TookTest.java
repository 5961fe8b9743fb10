package overlayd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TookTest {
    @Test
    void as_many_digits_as_one_wants_to_read() {
        assertEquals("0.42 ms", Took.text(420));
        assertEquals("31.2 ms", Took.text(31_200));
        assertEquals("1.204 s", Took.text(1_204_000));
        assertEquals("1 min 2.3 s", Took.text(62_300_000));
    }
}
