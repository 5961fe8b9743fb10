package overlayd.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import overlayd.config.ByteText;
import overlayd.kernel.RawText;
import overlayd.subject.UsageException;

class ArgumentsTest {
    private static Arguments decode(String text) throws UsageException {
        return Arguments.decode(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void words_directory_and_environment_are_told_apart_by_the_count() throws UsageException {
        Arguments arguments = decode("2\0overlay-boot\0web\0/home/x\0A=1\0B=x=y\0");
        assertEquals(List.of("overlay-boot", "web"), arguments.words());
        assertEquals("/home/x", arguments.directory());
        assertEquals(Map.of("A", "1", "B", "x=y"), arguments.environment());
    }

    @Test
    void empty_words_and_a_removed_directory_are_kept() throws UsageException {
        Arguments arguments = decode("3\0overlay\0\0x\0\0");
        assertEquals(List.of("overlay", "", "x"), arguments.words());
        assertEquals(Optional.empty(), arguments.workingDirectory());
    }

    @Test
    void of_a_variable_set_twice_the_first_counts_and_what_is_no_variable_is_passed_over() throws UsageException {
        assertEquals(Map.of("A", "1"), decode("1\0o\0/\0A=1\0A=2\0=x\0junk\0").environment());
    }

    @Test
    void bytes_that_are_no_utf8_survive() throws UsageException {
        Arguments arguments = decode("2\0overlay-boot\0\u00ff.conf\0/t\u00c3\u00b1\0");
        assertArrayEquals(new byte[] {(byte) 0xff, '.', 'c', 'o', 'n', 'f'}, RawText.encode(arguments.words().get(1)));
        assertEquals("/tñ", arguments.directory());
        assertArrayEquals("/tñ".getBytes(StandardCharsets.UTF_8), ByteText.bytes(arguments.workingDirectory().orElseThrow()));
    }

    @Test
    void what_is_cut_or_counted_wrongly_is_refused() {
        for (String broken : List.of("", "1", "1\0", "1\0overlay\0", "2\0overlay\0/\0", "0\0/\0", "x\0overlay\0/\0", "-1\0o\0/\0",
                "1\0o\0/",
                "99999999\0o\0/\0")) {
            assertThrows(UsageException.class, () -> decode(broken), broken);
        }
    }
}
