package overlayd.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ByteTextTest {
    private static final byte[] ODD = {'/', 't', 'm', 'p', '/', (byte) 0xff, 'a', '%', ' ', (byte) 0xc3, (byte) 0xb1, (byte) 0xc3};

    @Property
    void any_bytes_survive_the_round_trip(@ForAll byte[] bytes) {
        assertArrayEquals(bytes, ByteText.encode(ByteText.decode(bytes)));
    }

    @Test
    void valid_utf8_reads_as_what_it_means() {
        assertEquals("año 𝄞", ByteText.decode("año 𝄞".getBytes(StandardCharsets.UTF_8)));
        assertArrayEquals("año 𝄞".getBytes(StandardCharsets.UTF_8), ByteText.encode("año 𝄞"));
    }

    @Test
    void a_path_keeps_its_exact_bytes_absolute_and_relative() {
        Path path = ByteText.path(ByteText.decode(ODD));
        assertTrue(path.isAbsolute());
        assertArrayEquals(ODD, ByteText.bytes(path));
        assertEquals(ByteText.decode(ODD), ByteText.of(path));
        Path relative = ByteText.path(ByteText.decode(new byte[] {(byte) 0xff, '/', 'b'}));
        assertFalse(relative.isAbsolute());
        assertArrayEquals(new byte[] {(byte) 0xff, '/', 'b'}, ByteText.bytes(relative));
        assertArrayEquals(new byte[] {'/', 'x', '/', (byte) 0xff, '/', 'b'}, ByteText.bytes(Path.of("/x").resolve(relative)));
    }

    @Test
    void a_directory_whose_name_is_not_utf8_is_found_on_disk(@TempDir Path dir) throws Exception {
        Path made = Files.createDirectory(dir.resolve(ByteText.path("\uDCFFñ")));
        byte[] bytes = ByteText.bytes(made);
        assertFalse(bytes[bytes.length - 1] == '/', "a directory that exists gets no slash");
        assertTrue(Files.isDirectory(ByteText.path(ByteText.decode(bytes))));
    }

    @Test
    void several_leading_slashes_are_one() {
        assertEquals("/ñ", ByteText.of(ByteText.path("///ñ")));
    }
}
