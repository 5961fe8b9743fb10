package overlayd.kernel.jna;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import overlayd.kernel.DefaultRoute;
import overlayd.kernel.Forwarding;

/** Messages to nf_tables and about routes, byte for byte, as strace shows those of nft(8) and ip(8) for the same wish. */
class NatMessagesTest {
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

    private static Forwarding port(String bound, String target) throws Exception {
        return new Forwarding(bound.isEmpty() ? Optional.empty() : Optional.of(InetAddress.getByName(bound)), 8080, 6, InetAddress.getByName(target), 80);
    }

    @Test
    void a_transaction_names_the_subsystem_in_network_order() {
        assertEquals(joined("14000000 1000 0100 07000000 00000000", "00 00 000a"), hex(NatMessages.begin()));
        assertEquals(joined("14000000 1100 0100 07000000 00000000", "00 00 000a"), hex(NatMessages.end()));
    }

    @Test
    void a_published_port_is_one_exclusive_element() throws Exception {
        assertEquals(joined("50000000 0c0a 0506 07000000 00000000", "01 00 0000",
                "0600 0100 7400 0000",
                "0900 0200 616e793400 000000",
                "2800 0380", "2400 0180",
                "1000 0180", "0c00 0100", "06000000 1f900000",
                "1000 0280", "0c00 0100", "0a000305 00500000"),
                hex(NatMessages.publish("t", port("", "10.0.3.5"))));
    }

    @Test
    void keys_and_data_come_back_as_the_port_they_were() throws Exception {
        for (Forwarding port : List.of(port("", "10.0.3.5"), port("192.0.2.1", "10.0.3.5"), port("", "fd00::5"), port("2001:db8::1", "fd00::5"))) {
            byte[] message = NatMessages.publish("table", port).encode(7);
            // As in a dump: the same list of elements behind the same fixed part.
            Map.Entry<byte[], byte[]> element = NatMessages.read(NetlinkReply.split(message).get(0)).get(0);
            assertEquals(port, NatMessages.port(element.getKey(), element.getValue()));
        }
        assertEquals(List.of("any4", "address4", "any6", "address6"), List.of(NatMessages.map(port("", "10.0.3.5")), NatMessages.map(port("192.0.2.1", "10.0.3.5")),
                NatMessages.map(port("", "fd00::5")), NatMessages.map(port("2001:db8::1", "fd00::5"))));
    }

    @Test
    void a_default_route_names_gateway_and_interface() throws Exception {
        assertEquals(joined("2c000000 1800 0506 07000000 00000000", "02 00 00 00 fe 04 00 01 00000000", "0800 0500 0a000301", "0800 0400 03000000"),
                hex(LinkMessages.defaultRoute(3, new DefaultRoute("eth0", InetAddress.getByName("10.0.3.1"), false))));
        assertEquals(joined("38000000 1800 0506 07000000 00000000", "0a 00 00 00 fe 04 00 01 04000000", "1400 0500 fe800000000000000000000000000001",
                "0800 0400 03000000"), hex(LinkMessages.defaultRoute(3, new DefaultRoute("eth0", InetAddress.getByName("fe80::1"), true))));
    }

    @Test
    void an_ipv6_address_is_not_looked_for_on_the_link_first() throws Exception {
        assertEquals(joined("40000000 1400 0506 07000000 00000000", "0a 40 02 00 03000000", "1400 0200 fd000000000000000000000000000005",
                "1400 0100 fd000000000000000000000000000005"), hex(LinkMessages.addAddressAtOnce(3, InetAddress.getByName("fd00::5"), 64)));
    }

    @Test
    void a_bridge_keeps_the_address_it_is_given() {
        assertEquals(joined("44000000 1000 0506 07000000 00000000", "00 00 0000 00000000 01000000 01000000", "0800 0300 62723000",
                "0a00 0100 020000000001 0000", "1000 1280", "0b00 0100 62726964676500 00"),
                hex(LinkMessages.bridge("br0", Optional.of("02:00:00:00:00:01"))));
    }

    /** The guard's rule in full, as nft(8) sends it for: meta nfproto ipv4 iifname != "lo" ip daddr 127.0.0.0/8 drop. */
    @Test
    void a_rule_is_a_list_of_expressions() {
        byte[] rule = NatMessages.table("t").stream().map(request -> request.encode(7)).filter(bytes -> bytes[4] == Abi.NFT_MSG_NEWRULE).findFirst().orElseThrow();
        NetlinkReply read = NetlinkReply.split(rule).get(0);
        Map<Integer, byte[]> attributes = read.attributes(Abi.nfgenmsg_size);
        assertEquals("guard", NetlinkReply.text(attributes.get(Abi.NFTA_RULE_CHAIN)));
        List<byte[]> expressions = NetlinkReply.all(attributes.get(Abi.NFTA_RULE_EXPRESSIONS), Abi.NFTA_LIST_ELEM);
        assertEquals(List.of("meta", "cmp", "meta", "cmp", "payload", "cmp", "immediate"), expressions.stream()
                .map(bytes -> NetlinkReply.text(NetlinkReply.attributes(bytes, 0).get(Abi.NFTA_EXPR_NAME))).toList());
        assertArrayEquals(HexFormat.of().parseHex(joined("0800 0200 0000000f", "0800 0100 00000008")),
                NetlinkReply.attributes(expressions.get(0), 0).get(Abi.NFTA_EXPR_DATA));
        assertArrayEquals(HexFormat.of().parseHex(joined("0800 0100 00000008", "0800 0200 00000000", "0c00 0380", "0500 0100 02 000000")),
                NetlinkReply.attributes(expressions.get(1), 0).get(Abi.NFTA_EXPR_DATA));
        assertArrayEquals(HexFormat.of().parseHex(joined("0800 0100 00000000", "1000 0280", "0c00 0280", "0800 0100 00000000")),
                NetlinkReply.attributes(expressions.get(6), 0).get(Abi.NFTA_EXPR_DATA));
    }

    @Test
    void the_table_comes_before_what_is_in_it_and_nothing_is_forgotten() {
        List<Integer> types = NatMessages.table("t").stream().map(request -> (int) request.encode(7)[4]).toList();
        assertEquals(Abi.NFT_MSG_NEWTABLE, types.get(0));
        assertEquals(6, types.stream().filter(type -> type == Abi.NFT_MSG_NEWSET).count());
        assertEquals(4, types.stream().filter(type -> type == Abi.NFT_MSG_NEWCHAIN).count());
        assertEquals(12, types.stream().filter(type -> type == Abi.NFT_MSG_NEWRULE).count());
    }
}
