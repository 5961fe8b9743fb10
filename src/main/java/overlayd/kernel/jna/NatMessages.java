package overlayd.kernel.jna;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlayd.kernel.Forwarding;
import overlayd.kernel.RawText;

/** Requests to nf_tables about our one table (linux/netfilter/nf_tables.h). Pure: golden tests hold the bytes. */
final class NatMessages {
    /** Names in the table; {@link NatRules} uses them. */
    static final String ANY4 = "any4";
    static final String ADDRESS4 = "address4";
    static final String ANY6 = "any6";
    static final String ADDRESS6 = "address6";
    static final String MASQUERADED = "masqueraded";
    static final String HAIRPIN = "hairpin";
    static final List<String> MAPS = List.of(ANY4, ADDRESS4, ANY6, ADDRESS6);

    static final int NAME_BYTES = 16;

    private static final int CREATE = Abi.NLM_F_ACK | Abi.NLM_F_CREATE;
    /** Numbers of nft(8)'s own types, for what it shows: ipv4_addr 7, ipv6_addr 8, inet_proto 12, inet_service 13, ifname 41; six bits each. */
    private static final int V4 = 7;
    private static final int V6 = 8;
    private static final int PROTO_PORT = 12 << 6 | 13;
    private static final int PORT = 13;
    private static final int NAME = 41;

    private NatMessages() {
    }

    static NetlinkRequest begin() {
        return NetlinkRequest.netfilter(Abi.NFNL_MSG_BATCH_BEGIN, 0, Abi.AF_UNSPEC, Abi.NFNL_SUBSYS_NFTABLES);
    }

    static NetlinkRequest end() {
        return NetlinkRequest.netfilter(Abi.NFNL_MSG_BATCH_END, 0, Abi.AF_UNSPEC, Abi.NFNL_SUBSYS_NFTABLES);
    }

    static NetlinkRequest message(int type, int flags) {
        return NetlinkRequest.netfilter(Abi.NFNL_SUBSYS_NFTABLES << 8 | type, flags, Abi.NFPROTO_INET, 0);
    }

    /** The whole table, as requests of one transaction that fails with EEXIST where there is one. */
    static List<NetlinkRequest> table(String table) {
        List<NetlinkRequest> requests = new ArrayList<>();
        requests.add(message(Abi.NFT_MSG_NEWTABLE, CREATE | Abi.NLM_F_EXCL).text(Abi.NFTA_TABLE_NAME, table));
        requests.add(map(table, ANY4, 1, new Sizes(PROTO_PORT, 8, V4 << 6 | PORT, 8)));
        requests.add(map(table, ADDRESS4, 2, new Sizes(V4 << 12 | PROTO_PORT, 12, V4 << 6 | PORT, 8)));
        requests.add(map(table, ANY6, 3, new Sizes(PROTO_PORT, 8, V6 << 6 | PORT, 20)));
        requests.add(map(table, ADDRESS6, 4, new Sizes(V6 << 12 | PROTO_PORT, 24, V6 << 6 | PORT, 20)));
        requests.add(set(table, MASQUERADED, 5, NAME, NAME_BYTES));
        requests.add(set(table, HAIRPIN, 6, NAME << 6 | NAME, 2 * NAME_BYTES));
        requests.addAll(NatRules.of(table));
        return requests;
    }

    private record Sizes(int keyType, int keyBytes, int dataType, int dataBytes) {
    }

    private static NetlinkRequest map(String table, String name, int id, Sizes sizes) {
        return set(table, name, id, sizes.keyType(), sizes.keyBytes()).networkNumber(Abi.NFTA_SET_FLAGS, Abi.NFT_SET_MAP)
                .networkNumber(Abi.NFTA_SET_DATA_TYPE, sizes.dataType()).networkNumber(Abi.NFTA_SET_DATA_LEN, sizes.dataBytes());
    }

    private static NetlinkRequest set(String table, String name, int id, int keyType, int keyBytes) {
        return message(Abi.NFT_MSG_NEWSET, CREATE).text(Abi.NFTA_SET_TABLE, table).text(Abi.NFTA_SET_NAME, name)
                .networkNumber(Abi.NFTA_SET_KEY_TYPE, keyType).networkNumber(Abi.NFTA_SET_KEY_LEN, keyBytes).networkNumber(Abi.NFTA_SET_ID, id);
    }

    static NetlinkRequest removeTable(String table) {
        return message(Abi.NFT_MSG_DELTABLE, Abi.NLM_F_ACK).text(Abi.NFTA_TABLE_NAME, table);
    }

    static NetlinkRequest getTable(String table) {
        return message(Abi.NFT_MSG_GETTABLE, 0).text(Abi.NFTA_TABLE_NAME, table);
    }

    /** A bridge in a set of names; done already is no failure. */
    static NetlinkRequest addName(String table, String set, String... names) {
        return element(Abi.NFT_MSG_NEWSETELEM, CREATE, table, set, names(names), Optional.empty());
    }

    static NetlinkRequest removeName(String table, String set, String... names) {
        return element(Abi.NFT_MSG_DELSETELEM, Abi.NLM_F_ACK, table, set, names(names), Optional.empty());
    }

    /** EEXIST: the port is forwarded already. */
    static NetlinkRequest publish(String table, Forwarding port) {
        return element(Abi.NFT_MSG_NEWSETELEM, CREATE | Abi.NLM_F_EXCL, table, map(port), key(port), Optional.of(data(port)));
    }

    static NetlinkRequest unpublish(String table, Forwarding port) {
        return element(Abi.NFT_MSG_DELSETELEM, Abi.NLM_F_ACK, table, map(port), key(port), Optional.empty());
    }

    static NetlinkRequest elements(String table, String set) {
        return message(Abi.NFT_MSG_GETSETELEM, Abi.NLM_F_DUMP).text(Abi.NFTA_SET_ELEM_LIST_TABLE, table).text(Abi.NFTA_SET_ELEM_LIST_SET, set);
    }

    private static NetlinkRequest element(int type, int flags, String table, String set, byte[] key, Optional<byte[]> data) {
        NetlinkRequest request = message(type, flags).text(Abi.NFTA_SET_ELEM_LIST_TABLE, table).text(Abi.NFTA_SET_ELEM_LIST_SET, set);
        int elements = request.begin(Abi.NFTA_SET_ELEM_LIST_ELEMENTS);
        int element = request.begin(Abi.NFTA_LIST_ELEM);
        value(request, Abi.NFTA_SET_ELEM_KEY, key);
        data.ifPresent(bytes -> value(request, Abi.NFTA_SET_ELEM_DATA, bytes));
        return request.end(element).end(elements);
    }

    static NetlinkRequest value(NetlinkRequest request, int attribute, byte[] bytes) {
        int place = request.begin(attribute);
        return request.bytes(Abi.NFTA_DATA_VALUE, bytes).end(place);
    }

    /** Which map a forwarded port belongs to. */
    static String map(Forwarding port) {
        boolean v4 = port.target().getAddress().length == 4;
        return port.bound().isPresent() ? v4 ? ADDRESS4 : ADDRESS6 : v4 ? ANY4 : ANY6;
    }

    /** Each part of a concatenation begins at a multiple of four. */
    private static byte[] key(Forwarding port) {
        ByteArrayOutputStream key = new ByteArrayOutputStream();
        port.bound().ifPresent(address -> key.writeBytes(address.getAddress()));
        key.writeBytes(new byte[] {(byte) port.transport(), 0, 0, 0, (byte) (port.hostPort() >> 8), (byte) port.hostPort(), 0, 0});
        return key.toByteArray();
    }

    private static byte[] data(Forwarding port) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        data.writeBytes(port.target().getAddress());
        data.writeBytes(new byte[] {(byte) (port.port() >> 8), (byte) port.port(), 0, 0});
        return data.toByteArray();
    }

    private static byte[] names(String... names) {
        ByteArrayOutputStream key = new ByteArrayOutputStream();
        for (String name : names) {
            key.writeBytes(Arrays.copyOf(RawText.encode(name), NAME_BYTES));
        }
        return key.toByteArray();
    }

    /** Keys and data of the elements in one message of a dump; data is empty in a set. */
    static List<Map.Entry<byte[], byte[]>> read(NetlinkReply reply) {
        List<Map.Entry<byte[], byte[]>> elements = new ArrayList<>();
        byte[] list = reply.attributes(Abi.nfgenmsg_size).getOrDefault(Abi.NFTA_SET_ELEM_LIST_ELEMENTS, new byte[0]);
        for (byte[] element : NetlinkReply.all(list, Abi.NFTA_LIST_ELEM)) {
            Map<Integer, byte[]> parts = NetlinkReply.attributes(element, 0);
            elements.add(Map.entry(bytes(parts.get(Abi.NFTA_SET_ELEM_KEY)), bytes(parts.get(Abi.NFTA_SET_ELEM_DATA))));
        }
        return elements;
    }

    private static byte[] bytes(byte[] nested) {
        return nested == null ? new byte[0] : NetlinkReply.attributes(nested, 0).getOrDefault(Abi.NFTA_DATA_VALUE, new byte[0]);
    }

    /** A forwarded port as a map holds it. */
    static Forwarding port(byte[] key, byte[] data) {
        int bound = key.length - 8;
        int target = data.length - 4;
        return new Forwarding(bound == 0 ? Optional.empty() : Optional.of(address(Arrays.copyOf(key, bound))), number(key, bound + 4), key[bound],
                address(Arrays.copyOf(data, target)), number(data, target));
    }

    private static int number(byte[] bytes, int at) {
        return Byte.toUnsignedInt(bytes[at]) << 8 | Byte.toUnsignedInt(bytes[at + 1]);
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
