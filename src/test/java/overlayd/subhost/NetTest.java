package overlayd.subhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.config.Subnet;
import overlayd.network.RouterSettings;
import overlayd.network.Sysctl;

class NetTest {
    private static final Net NET = new Net("br0", List.of(Subnet.parse("10.0.3.1/24").orElseThrow(), Subnet.parse("fd03::1/64").orElseThrow()),
            Net.Masquerade.YES);

    @TempDir
    Path directory;

    @Test
    void it_comes_back_as_it_was_written() {
        for (Net.State state : Net.State.values()) {
            assertEquals(Optional.of(new Net.Stored(NET, state)), Net.Stored.parse("br0", NET.text(state)));
        }
        Net plain = new Net("br0", NET.addresses(), Net.Masquerade.NO);
        assertEquals(Optional.of(new Net.Stored(plain, Net.State.READY)), Net.Stored.parse("br0", plain.text(Net.State.READY)));
    }

    @Test
    void what_is_no_such_file_is_none() {
        for (String text : List.of("", "state READY\naddress nonsense\n", "state SOMEHOW\n", "masquerade YES\n", "\0\0", "state READY\nmore\n")) {
            assertEquals(Optional.empty(), Net.Stored.parse("br0", text), text);
        }
    }

    @Test
    void the_address_of_a_bridge_is_its_own_and_local() {
        assertTrue(NET.mac("fe00-1").matches("02:00(:[0-9a-f]{2}){4}"));
        assertEquals(NET.mac("fe00-1"), NET.mac("fe00-1"));
        assertNotEquals(NET.mac("fe00-1"), NET.mac("fe00-2"));
    }

    @Test
    void a_changed_setting_is_restored_unless_somebody_changed_it_since() throws IOException {
        Path one = Files.writeString(directory.resolve("one"), "1\n");
        Path two = Files.writeString(directory.resolve("two"), "7\n");
        Path file = directory.resolve("router");
        String lines = "boot b\n" + one + " 0 1\n" + two + " 1 2\n" + directory.resolve("gone") + " 1 2\n";
        Files.writeString(file, lines);
        new RouterSettings(file, "another").restore();
        assertEquals("1", Files.readString(one).strip(), "of another boot of the host");
        assertFalse(Files.exists(file));
        Files.writeString(file, lines);
        new RouterSettings(file, "b").restore();
        assertEquals("0", Files.readString(one).strip());
        assertEquals("7", Files.readString(two).strip());
        assertEquals(Optional.empty(), new Sysctl(directory.resolve("gone")).read());
    }
}
