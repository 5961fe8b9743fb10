package overlayd.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PacketTest {
    @Test
    void a_packet_is_nul_terminated_strings_with_the_verb_first() {
        Packet packet = Packet.of("PLAN").with("name", "tiny").withAll("arg", List.of("/bin/sh", "-c", "a=b")).withFds(List.of("mnt", "net")).build();
        String wire = "PLAN\0name=tiny\0arg=/bin/sh\0arg=-c\0arg=a=b\0fds=mnt net\0";
        assertArrayEquals(wire.getBytes(StandardCharsets.US_ASCII), packet.encode());
        assertEquals(Optional.of(packet), Packet.decode(packet.encode()));
        assertEquals(List.of("/bin/sh", "-c", "a=b"), packet.all("arg"));
    }

    @Test
    void numbers_are_decimal_and_signed() {
        Packet packet = Packet.decode("FAILED\0step=clone3\0errno=11\0pid=x\0".getBytes(StandardCharsets.US_ASCII)).orElseThrow();
        assertEquals(Optional.of(11), packet.number("errno"));
        assertEquals(Optional.empty(), packet.number("pid"));
        assertEquals(Optional.empty(), packet.number("absent"));
    }

    @Test
    void what_is_no_packet_is_not_decoded() {
        for (String bad : List.of("", "PLAN", "\0", "\0a=b\0", "PLAN\0=b\0", "PLAN\0word\0", "PLAN\0a=b")) {
            assertEquals(Optional.empty(), Packet.decode(bad.getBytes(StandardCharsets.US_ASCII)), bad);
        }
    }

    @Test
    void a_nul_or_an_equals_sign_cannot_be_smuggled_in() {
        assertThrows(IllegalArgumentException.class, () -> Packet.of("PLAN").with("name", "a\0mask=/proc"));
        assertThrows(IllegalArgumentException.class, () -> Packet.of("PLAN").with("a=b", "c"));
        assertThrows(IllegalArgumentException.class, () -> Packet.of("").build());
    }

    @Test
    void bytes_that_are_not_utf8_survive() {
        byte[] raw = {'A', 0, 'a', '=', (byte) 0xFF, (byte) 0xC3, (byte) 0xB1, (byte) 0x80, 0};
        assertArrayEquals(raw, Packet.decode(raw).orElseThrow().encode());
    }
}
