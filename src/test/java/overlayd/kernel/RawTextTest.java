package overlayd.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RawTextTest {
    @Test
    void utf8_is_itself() {
        assertEquals("ñ 😀", RawText.decode(RawText.encode("ñ 😀")));
    }

    @Test
    void a_byte_that_is_no_utf8_becomes_one_escape() {
        assertEquals("a\uDCFFb", RawText.decode(new byte[] {'a', (byte) 0xFF, 'b'}));
        assertArrayEquals(new byte[] {(byte) 0x80}, RawText.encode("\uDC80"));
    }

    @Test
    void any_bytes_survive() {
        Random random = new Random(1);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            assertArrayEquals(bytes, RawText.encode(RawText.decode(bytes)));
        }
    }
}
