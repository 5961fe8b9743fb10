package overlayd.config;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SubnetTest {
    private static Subnet subnet(String text) {
        return Subnet.parse(text).orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/24", "10.0.0.1", "10.0.0.1/", "10.0.0.1/33", "10.0.0.1/024", "10.0.0.256/24", "10.0.1/24", "010.0.0.1/24",
        "fd00::1/129", "fd00::1%eth0/64", "localhost/8", "::ffff:1.2.3.4/96", "1:2:3/64", "10.0.0.1/-1", "a.b/8"})
    void what_is_no_address_with_a_prefix_is_none(String text) {
        assertTrue(Subnet.parse(text).isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"10.0.3.1/24, 10.0.3.1/24", "FD00:0:0:0:0:0:0:1/64, fd00::1/64", "::/0, ::/0", "1:0:2:0:0:0:3:0/64, 1:0:2::3:0/64", "fe80::/10, fe80::/10",
        "::1/128, ::1/128", "2001:db8:0:1:1:1:1:1/64, 2001:db8:0:1:1:1:1:1/64", "1:2:3:4:5:6:0:0/1, 1:2:3:4:5:6::/1"})
    void it_is_shown_as_people_write_it(String text, String shown) {
        assertEquals(shown, subnet(text).toString());
    }

    @ParameterizedTest
    @CsvSource({"10.0.3.1/24, 10.0.3.0, 10.0.3.255", "10.0.3.77/30, 10.0.3.76, 10.0.3.79", "fd00::5/127, fd00::4, fd00::5", "1.2.3.4/0, 0.0.0.0, 255.255.255.255"})
    void first_and_last_address(String text, String first, String last) {
        assertEquals(first, Subnet.text(subnet(text).network()));
        assertEquals(last, Subnet.text(subnet(text).last()));
    }

    @Test
    void networks_overlap_when_one_holds_the_other() {
        assertTrue(subnet("10.0.3.1/24").overlaps(subnet("10.0.0.0/8")));
        assertTrue(subnet("10.0.0.0/8").overlaps(subnet("10.0.3.1/24")));
        assertFalse(subnet("10.0.3.1/24").overlaps(subnet("10.0.4.1/24")));
        assertFalse(subnet("10.0.3.1/24").overlaps(subnet("fd00::1/8")));
        assertTrue(subnet("10.0.3.1/25").contains(Subnet.literal("10.0.3.127").orElseThrow()));
        assertFalse(subnet("10.0.3.1/25").contains(Subnet.literal("10.0.3.128").orElseThrow()));
    }

    @Test
    void both_ends_of_a_network_for_two_are_usable() {
        assertTrue(subnet("10.0.3.0/31").unusable().isEmpty());
        assertTrue(subnet("10.0.3.0/32").unusable().isEmpty());
        assertTrue(subnet("10.0.3.0/30").unusable().isPresent());
    }
}
