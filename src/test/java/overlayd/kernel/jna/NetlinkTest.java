package overlayd.kernel.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import overlayd.kernel.Cable;
import overlayd.kernel.Fd;
import overlayd.kernel.Link;
import overlayd.kernel.LinkAddress;
import overlayd.kernel.Vlan;

/** Messages byte for byte, as strace shows those of ip(8) for the same wish. */
class NetlinkTest {
    @BeforeEach
    void little_endian() {
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "not testable here: big-endian");
    }

    private static String hex(NetlinkRequest request) {
        return HexFormat.of().formatHex(request.encode(7));
    }

    private static String joined(String... parts) {
        return String.join("", parts).replace(" ", "");
    }

    @Test
    void a_cable_is_one_message() {
        Fd netns = new Fd(9, number -> { });
        Cable cable = new Cable("web0", netns, "eth0", Optional.of("br0"), Optional.of("02:00:00:00:00:0A"), "");
        assertEquals(joined(
                "7c000000 1000 0506 07000000 00000000",
                "00 00 0000 00000000 01000000 01000000",
                "0900 0300 77656230 00 000000",
                "0800 0a00 05000000",
                "4800 1280",
                "0900 0100 76657468 00 000000",
                "3800 0280",
                "3400 0180",
                "00 00 0000 00000000 00000000 00000000",
                "0900 0300 65746830 00 000000",
                "0a00 0100 02000000000a 0000",
                "0800 1c00 09000000"), hex(LinkMessages.cable(cable, 5)));
    }

    @Test
    void a_vlan_names_its_parent_by_index() {
        assertEquals(joined(
                "50000000 1000 0506 07000000 00000000",
                "00 00 0000 00000000 01000000 01000000",
                "0b00 0300 776562302e3700 00",
                "0800 0500 04000000",
                "1c00 1280",
                "0900 0100 766c616e 00 000000",
                "0c00 0280",
                "0600 0100 0700 0000"), hex(LinkMessages.vlan(new Vlan("web0.7", "web0", 7, Optional.empty()), 4, 0)));
    }

    @Test
    void up_changes_nothing_but_the_flag() {
        assertEquals(joined("28000000 1300 0500 07000000 00000000", "00 00 0000 00000000 01000000 01000000", "0700 0300 6c6f00 00"),
                hex(LinkMessages.setUp("lo")));
    }

    @Test
    void an_alias_has_no_terminator() {
        assertEquals(joined("30000000 1300 0500 07000000 00000000", "00 00 0000 00000000 00000000 00000000", "0700 0300 6c6f00 00",
                "0600 1400 6869 0000"), hex(LinkMessages.alias("lo", "hi")));
    }

    @Test
    void an_address_is_given_as_local_and_as_address() throws Exception {
        assertEquals(joined("28000000 1400 0506 07000000 00000000", "02 18 00 00 03000000", "0800 0200 0a000002", "0800 0100 0a000002"),
                hex(LinkMessages.addAddress(3, InetAddress.getByName("10.0.0.2"), 24)));
    }

    @Test
    void a_broken_mac_is_refused_before_the_kernel_sees_it() {
        Cable cable = new Cable("web0", new Fd(9, number -> { }), "eth0", Optional.empty(), Optional.of("02:00:00"), "");
        assertThrows(IllegalArgumentException.class, () -> LinkMessages.cable(cable, 0));
    }

    @Test
    void a_link_is_read_with_kind_master_and_alias() {
        byte[] datagram = HexFormat.of().parseHex(joined(
                "58000000 1000 0200 07000000 00000000",
                "00 00 0100 2a000000 43100100 00000000",
                "0900 0300 77656230 00 000000",
                "0800 0a00 05000000",
                "0a00 0100 02000000000a 0000",
                "1000 1200 0900 0100 76657468 00 000000",
                "0600 1400 6869 0000"));
        NetlinkReply reply = NetlinkReply.split(datagram).get(0);
        assertEquals(new Link("web0", 42, "veth", OptionalInt.of(5), Optional.of("02:00:00:00:00:0a"), true, "hi"), LinkMessages.link(reply));
    }

    @Test
    void the_kernels_sentence_is_found_behind_the_echoed_header() {
        byte[] datagram = HexFormat.of().parseHex(joined(
                "2c000000 0200 0003 07000000 00000000",
                "a1ffffff",
                "50000000 1000 0506 07000000 00000000",
                "0600 0100 6869 0000"));
        NetlinkReply reply = NetlinkReply.split(datagram).get(0);
        assertEquals(95, reply.errno());
        assertEquals("hi", reply.sentence());
    }

    @Test
    void addresses_are_written_short() throws Exception {
        assertEquals("10.0.0.2/24", text("10.0.0.2", 24));
        assertEquals("fd00::1/64", text("fd00:0:0:0:0:0:0:1", 64));
        assertEquals("::1/128", text("::1", 128));
        assertEquals("::/0", text("::", 0));
        assertEquals("1:0:2::3:0/64", text("1:0:2:0:0:0:3:0", 64));
        assertEquals("fe80::/10", text("fe80::", 10));
    }

    private static String text(String address, int prefix) throws Exception {
        return new LinkAddress("eth0", InetAddress.getByName(address), prefix, 0).toString();
    }
}
