package overlayd.kernel.jna;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The chains and rules of our table, which nft(8) shows as
 *
 * <pre>
 *   guard        prerouting, raw      ip daddr 127.0.0.0/8 iifname != "lo" drop
 *   prerouting   prerouting, dstnat   dnat ip to ip daddr . meta l4proto . th dport map @address4
 *                                     fib daddr type local dnat ip to meta l4proto . th dport map @any4
 *                                     the same for IPv6
 *   output       output, dstnat       the same: for connections of the host itself
 *   postrouting  postrouting, srcnat  iifname @masqueraded oifname != @masqueraded masquerade
 *                                     ip saddr 127.0.0.0/8 ct status dnat masquerade
 *                                     ct status dnat iifname . oifname @hairpin masquerade
 * </pre>
 *
 * The guard is there because forwarding 127.0.0.1 needs route_localnet on the bridge, which alone would open the host's own services to it.
 */
final class NatRules {
    private static final int CREATE = Abi.NLM_F_ACK | Abi.NLM_F_CREATE;
    private static final int RAW = -300;
    private static final int DSTNAT = -100;
    private static final int SRCNAT = 100;
    private static final int R = Abi.NFT_REG32_00;
    /** Where addresses lie in the IP headers. */
    private static final int SOURCE4 = 12;
    private static final int DESTINATION4 = 16;
    private static final int DESTINATION6 = 24;
    private static final int LOOPBACK = 127;

    private final NetlinkRequest request;

    private NatRules(String table, String chain) {
        request = NatMessages.message(Abi.NFT_MSG_NEWRULE, CREATE | Abi.NLM_F_APPEND).text(Abi.NFTA_RULE_TABLE, table).text(Abi.NFTA_RULE_CHAIN, chain);
    }

    static List<NetlinkRequest> of(String table) {
        List<NetlinkRequest> requests = new ArrayList<>();
        requests.add(chain(table, "guard", "filter", Abi.NF_INET_PRE_ROUTING, RAW));
        requests.add(new NatRules(table, "guard").expressions(rule -> rule.version(Abi.NFPROTO_IPV4).meta(Abi.NFT_META_IIFNAME, R)
                .compare(Abi.NFT_CMP_NEQ, Arrays.copyOf(new byte[] {'l', 'o'}, NatMessages.NAME_BYTES)).loopback(DESTINATION4).drop()));
        for (String chain : List.of("prerouting", "output")) {
            requests.add(chain(table, chain, "nat", chain.equals("output") ? Abi.NF_INET_LOCAL_OUT : Abi.NF_INET_PRE_ROUTING, DSTNAT));
            requests.add(new NatRules(table, chain).expressions(rule -> rule.version(Abi.NFPROTO_IPV4)
                    .payload(Abi.NFT_PAYLOAD_NETWORK_HEADER, DESTINATION4, 4, R).port(R + 1).map(NatMessages.ADDRESS4).destination(Abi.NFPROTO_IPV4, R + 1)));
            requests.add(new NatRules(table, chain).expressions(rule -> rule.version(Abi.NFPROTO_IPV4).local().port(R)
                    .map(NatMessages.ANY4).destination(Abi.NFPROTO_IPV4, R + 1)));
            requests.add(new NatRules(table, chain).expressions(rule -> rule.version(Abi.NFPROTO_IPV6)
                    .payload(Abi.NFT_PAYLOAD_NETWORK_HEADER, DESTINATION6, 16, R).port(R + 4).map(NatMessages.ADDRESS6).destination(Abi.NFPROTO_IPV6, R + 4)));
            requests.add(new NatRules(table, chain).expressions(rule -> rule.version(Abi.NFPROTO_IPV6).local().port(R)
                    .map(NatMessages.ANY6).destination(Abi.NFPROTO_IPV6, R + 4)));
        }
        requests.add(chain(table, "postrouting", "nat", Abi.NF_INET_POST_ROUTING, SRCNAT));
        requests.add(new NatRules(table, "postrouting").expressions(rule -> rule.meta(Abi.NFT_META_IIFNAME, R).in(NatMessages.MASQUERADED, 0)
                .meta(Abi.NFT_META_OIFNAME, R).in(NatMessages.MASQUERADED, Abi.NFT_LOOKUP_F_INV).masquerade()));
        requests.add(new NatRules(table, "postrouting").expressions(rule -> rule.version(Abi.NFPROTO_IPV4).loopback(SOURCE4).translated().masquerade()));
        requests.add(new NatRules(table, "postrouting").expressions(rule -> rule.translated().meta(Abi.NFT_META_IIFNAME, R)
                .meta(Abi.NFT_META_OIFNAME, R + 4).in(NatMessages.HAIRPIN, 0).masquerade()));
        return requests;
    }

    private static NetlinkRequest chain(String table, String name, String type, int hook, int priority) {
        NetlinkRequest request = NatMessages.message(Abi.NFT_MSG_NEWCHAIN, CREATE).text(Abi.NFTA_CHAIN_TABLE, table).text(Abi.NFTA_CHAIN_NAME, name);
        int place = request.begin(Abi.NFTA_CHAIN_HOOK);
        request.networkNumber(Abi.NFTA_HOOK_HOOKNUM, hook).networkNumber(Abi.NFTA_HOOK_PRIORITY, priority).end(place);
        return request.text(Abi.NFTA_CHAIN_TYPE, type);
    }

    private interface Body {
        NatRules on(NatRules rule);
    }

    private interface Attributes {
        NetlinkRequest on(NetlinkRequest request);
    }

    private NetlinkRequest expressions(Body body) {
        int list = request.begin(Abi.NFTA_RULE_EXPRESSIONS);
        body.on(this);
        return request.end(list);
    }

    private NatRules expression(String name, Attributes attributes) {
        int element = request.begin(Abi.NFTA_LIST_ELEM);
        request.text(Abi.NFTA_EXPR_NAME, name);
        int data = request.begin(Abi.NFTA_EXPR_DATA);
        attributes.on(request);
        request.end(data).end(element);
        return this;
    }

    private NatRules meta(int key, int register) {
        return expression("meta", r -> r.networkNumber(Abi.NFTA_META_KEY, key).networkNumber(Abi.NFTA_META_DREG, register));
    }

    private NatRules compare(int operator, byte[] value) {
        return expression("cmp", r -> NatMessages.value(r.networkNumber(Abi.NFTA_CMP_SREG, R).networkNumber(Abi.NFTA_CMP_OP, operator),
                Abi.NFTA_CMP_DATA, value));
    }

    private NatRules version(int protocol) {
        return meta(Abi.NFT_META_NFPROTO, R).compare(Abi.NFT_CMP_EQ, new byte[] {(byte) protocol});
    }

    private NatRules payload(int base, int offset, int length, int register) {
        return expression("payload", r -> r.networkNumber(Abi.NFTA_PAYLOAD_DREG, register).networkNumber(Abi.NFTA_PAYLOAD_BASE, base)
                .networkNumber(Abi.NFTA_PAYLOAD_OFFSET, offset).networkNumber(Abi.NFTA_PAYLOAD_LEN, length));
    }

    /** An address of 127.0.0.0/8 at {@code offset} of the IPv4 header. */
    private NatRules loopback(int offset) {
        return payload(Abi.NFT_PAYLOAD_NETWORK_HEADER, offset, 1, R).compare(Abi.NFT_CMP_EQ, new byte[] {LOOPBACK});
    }

    /** The transport protocol into {@code register}, its destination port (bytes 2 and 3 of TCP and UDP) into the next. */
    private NatRules port(int register) {
        return meta(Abi.NFT_META_L4PROTO, register).payload(Abi.NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, register + 1);
    }

    /** The destination is an address of this host. */
    private NatRules local() {
        return expression("fib", r -> r.networkNumber(Abi.NFTA_FIB_FLAGS, Abi.NFTA_FIB_F_DADDR)
                .networkNumber(Abi.NFTA_FIB_RESULT, Abi.NFT_FIB_RESULT_ADDRTYPE).networkNumber(Abi.NFTA_FIB_DREG, R))
                .compare(Abi.NFT_CMP_EQ, word(Abi.RTN_LOCAL));
    }

    private NatRules map(String map) {
        return expression("lookup", r -> r.text(Abi.NFTA_LOOKUP_SET, map).networkNumber(Abi.NFTA_LOOKUP_SREG, R).networkNumber(Abi.NFTA_LOOKUP_DREG, R));
    }

    private NatRules in(String set, int flags) {
        return expression("lookup", r -> r.text(Abi.NFTA_LOOKUP_SET, set).networkNumber(Abi.NFTA_LOOKUP_SREG, R)
                .networkNumber(Abi.NFTA_LOOKUP_FLAGS, flags));
    }

    private NatRules destination(int family, int portRegister) {
        return expression("nat", r -> r.networkNumber(Abi.NFTA_NAT_TYPE, Abi.NFT_NAT_DNAT).networkNumber(Abi.NFTA_NAT_FAMILY, family)
                .networkNumber(Abi.NFTA_NAT_REG_ADDR_MIN, R).networkNumber(Abi.NFTA_NAT_REG_PROTO_MIN, portRegister));
    }

    /** The connection has had its destination changed. */
    private NatRules translated() {
        return expression("ct", r -> r.networkNumber(Abi.NFTA_CT_KEY, Abi.NFT_CT_STATUS).networkNumber(Abi.NFTA_CT_DREG, R))
                .expression("bitwise", r -> NatMessages.value(NatMessages.value(r.networkNumber(Abi.NFTA_BITWISE_SREG, R)
                        .networkNumber(Abi.NFTA_BITWISE_DREG, R).networkNumber(Abi.NFTA_BITWISE_LEN, 4), Abi.NFTA_BITWISE_MASK,
                        word(Abi.IPS_DST_NAT)), Abi.NFTA_BITWISE_XOR, word(0)))
                .compare(Abi.NFT_CMP_NEQ, word(0));
    }

    private NatRules masquerade() {
        return expression("masq", r -> r);
    }

    private NatRules drop() {
        return expression("immediate", r -> {
            r.networkNumber(Abi.NFTA_IMMEDIATE_DREG, Abi.NFT_REG_VERDICT);
            int data = r.begin(Abi.NFTA_IMMEDIATE_DATA);
            int verdict = r.begin(Abi.NFTA_DATA_VERDICT);
            return r.networkNumber(Abi.NFTA_VERDICT_CODE, Abi.NF_DROP).end(verdict).end(data);
        });
    }

    /** A register's number, in the machine's own order. */
    private static byte[] word(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array();
    }
}
