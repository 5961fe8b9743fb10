package overlayd.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandLineTest {
    @Test
    void empty_arguments_count_and_bytes_are_kept() {
        byte[] line = "java\0\0\u00ff\0last\0".getBytes(StandardCharsets.ISO_8859_1);
        List<byte[]> fields = CommandLine.fields(line);
        assertEquals(4, fields.size());
        assertEquals(0, fields.get(1).length);
        assertArrayEquals(new byte[] {(byte) 0xff}, fields.get(2));
    }
}
