package overlayd.subhost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import overlayd.kernel.Errno;

class FailAtTest {
    @Test
    void a_number_fails_with_eio() {
        assertEquals(Optional.of(new FailAt(12, Errno.EIO)), FailAt.parse("12"));
    }

    @Test
    void a_number_and_an_errno() {
        assertEquals(Optional.of(new FailAt(3, Errno.ENOSPC)), FailAt.parse("3:ENOSPC"));
        assertEquals(Optional.of(new FailAt(3, Errno.E2BIG)), FailAt.parse("3:E2BIG"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-1", "12345", "3:", "3:enospc", "3:ENOTHING", "3:UNKNOWN", "3 ", "3:EIO:EIO", "\u0663"})
    void anything_else_is_not_understood(String text) {
        assertEquals(Optional.empty(), FailAt.parse(text));
    }
}
