package overlayd.subject;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import overlayd.kernel.RawText;

class ShownTest {
    @Test
    void what_a_terminal_would_obey_is_shown() {
        assertEquals("a\\x1b[2Jb\\x07\tc\n", Shown.of("a\u001b[2Jb\u0007\tc\n"));
        assertEquals("\\x9b\\x7f\\x85", Shown.of("\u009b\u007f\u0085"));
        assertEquals("\\u202eevil\\u2066\\u2028", Shown.of("\u202eevil\u2066\u2028"));
    }

    @Test
    void a_byte_that_is_no_character_is_shown_where_a_terminal_would_obey_it() {
        assertEquals("\\x9b[2J", Shown.of(RawText.decode(new byte[] {(byte) 0x9b, '[', '2', 'J'})));
        String latin = RawText.decode(new byte[] {(byte) 0xf1});
        assertEquals(latin, Shown.of(latin));
    }

    @Test
    void other_text_stays_as_it_is() {
        assertEquals("ñ 漢字 🂡", Shown.of("ñ 漢字 🂡"));
    }
}
