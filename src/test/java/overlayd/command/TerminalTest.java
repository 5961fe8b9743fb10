package overlayd.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import overlayd.kernel.Terminals;

class TerminalTest {
    private static String filtered(String... pieces) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TerminalFilter filter = new TerminalFilter(out::writeBytes);
        for (String piece : pieces) {
            filter.accept(piece.getBytes(StandardCharsets.UTF_8));
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void text_colours_and_line_ends_pass() {
        assertEquals("ñ \u001b[1;31mred\u001b[0m\r\n\ttab\u001b[m", filtered("ñ \u001b[1;31mred\u001b[0m\r\n\ttab\u001b[m"));
    }

    @Test
    void what_a_terminal_would_obey_is_shown() {
        assertEquals("\\x1b]0;title\\x07", filtered("\u001b]0;title\u0007"));
        assertEquals("\\x1b[2J\\x1b[H", filtered("\u001b[2J\u001b[H"));
        assertEquals("\\x1b[5n", filtered("\u001b[5n"));
        assertEquals("\\x1b\u001b[0m", filtered("\u001b\u001b[0m"));
    }

    @Test
    void controls_of_the_upper_half_are_shown_as_bytes_and_as_characters() {
        assertEquals("\\xc2\\x9b2J", filtered("\u009b2J"));
        assertEquals("© ñ 漢字 \u2014 🂡", filtered("© ñ 漢字 \u2014 🂡"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TerminalFilter filter = new TerminalFilter(out::writeBytes);
        filter.accept(new byte[] {(byte) 0x9b, '2', 'J', (byte) 0xc2});
        filter.accept(new byte[] {0x1b, '['});
        filter.accept(new byte[] {'H', (byte) 0xc2});
        filter.accept(new byte[] {(byte) 0x9b});
        assertEquals("\\x9b2J\ufffd\\x1b[H\\xc2\\x9b", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void a_sequence_may_be_cut_anywhere() {
        assertEquals("a\u001b[31mb", filtered("a\u001b", "[3", "1", "mb"));
        assertEquals("a\\x1b[2Jb", filtered("a\u001b", "[", "2", "Jb"));
    }

    /** As the kernel has them: c_iflag, c_oflag, c_cflag, c_lflag. */
    private static Terminals.Modes modes(int oflag, int lflag) {
        return new Terminals.Modes(ByteBuffer.allocate(36).order(ByteOrder.nativeOrder()).putInt(4, oflag).putInt(12, lflag).array());
    }

    @Test
    void only_a_raw_terminal_counts_as_left_behind() {
        assertTrue(ClientTerminal.isRaw(modes(0, 0)), "cfmakeraw");
        assertFalse(ClientTerminal.isRaw(modes(5, 0x8a3b)), "a shell's, cooked");
        assertFalse(ClientTerminal.isRaw(modes(5, 0x8a31)), "readline: neither canonical nor echo, but signals");
    }
}
