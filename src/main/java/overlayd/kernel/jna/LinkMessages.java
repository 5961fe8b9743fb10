package overlayd.kernel.jna;

import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import overlayd.kernel.Cable;
import overlayd.kernel.DefaultRoute;
import overlayd.kernel.Link;
import overlayd.kernel.Traffic;
import overlayd.kernel.Vlan;

/** Requests about links, and links read from messages. Pure: golden tests hold the bytes. */
final class LinkMessages {
    private static final int NEW = Abi.NLM_F_ACK | Abi.NLM_F_CREATE | Abi.NLM_F_EXCL;
    private static final Pattern MAC = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");
    private static final HexFormat COLONS = HexFormat.ofDelimiter(":");
    private static final int NO_MASTER = 0;

    private LinkMessages() {
    }

    /** Both ends in one message. IFF_UP on the peer would fail with ENOTCONN: its other end does not exist yet. */
    static NetlinkRequest cable(Cable cable, int bridge) {
        NetlinkRequest request = NetlinkRequest.link(Abi.RTM_NEWLINK, NEW, Abi.IFF_UP).text(Abi.IFLA_IFNAME, cable.hostEnd());
        master(request, bridge);
        int info = request.begin(Abi.IFLA_LINKINFO);
        request.text(Abi.IFLA_INFO_KIND, "veth");
        int data = request.begin(Abi.IFLA_INFO_DATA);
        int peer = request.begin(Abi.VETH_INFO_PEER);
        request.linkHeader(0).text(Abi.IFLA_IFNAME, cable.subhostEnd());
        cable.mac().ifPresent(mac -> request.bytes(Abi.IFLA_ADDRESS, mac(mac)));
        request.number(Abi.IFLA_NET_NS_FD, cable.netns().number());
        return request.end(peer).end(data).end(info);
    }

    static NetlinkRequest vlan(Vlan vlan, int parent, int bridge) {
        NetlinkRequest request = NetlinkRequest.link(Abi.RTM_NEWLINK, NEW, Abi.IFF_UP).text(Abi.IFLA_IFNAME, vlan.name())
                .number(Abi.IFLA_LINK, parent);
        master(request, bridge);
        int info = request.begin(Abi.IFLA_LINKINFO);
        request.text(Abi.IFLA_INFO_KIND, "vlan");
        int data = request.begin(Abi.IFLA_INFO_DATA);
        return request.shortNumber(Abi.IFLA_VLAN_ID, vlan.tag()).end(data).end(info);
    }

    /** Without an address of its own a bridge takes that of one of its ports, another one with every cable that comes or goes. */
    static NetlinkRequest bridge(String name, Optional<String> mac) {
        NetlinkRequest request = NetlinkRequest.link(Abi.RTM_NEWLINK, NEW, Abi.IFF_UP).text(Abi.IFLA_IFNAME, name);
        mac.ifPresent(address -> request.bytes(Abi.IFLA_ADDRESS, mac(address)));
        int info = request.begin(Abi.IFLA_LINKINFO);
        return request.text(Abi.IFLA_INFO_KIND, "bridge").end(info);
    }

    static NetlinkRequest setUp(String name) {
        return NetlinkRequest.link(Abi.RTM_SETLINK, Abi.NLM_F_ACK, Abi.IFF_UP).text(Abi.IFLA_IFNAME, name);
    }

    /** Without the terminating NUL, which the kernel would make part of the alias. */
    static NetlinkRequest alias(String name, String alias) {
        return NetlinkRequest.link(Abi.RTM_SETLINK, Abi.NLM_F_ACK, 0).text(Abi.IFLA_IFNAME, name)
                .bytes(Abi.IFLA_IFALIAS, overlayd.kernel.RawText.encode(alias));
    }

    static NetlinkRequest delete(String name) {
        return NetlinkRequest.link(Abi.RTM_DELLINK, Abi.NLM_F_ACK, 0).text(Abi.IFLA_IFNAME, name);
    }

    static NetlinkRequest get(String name) {
        return NetlinkRequest.link(Abi.RTM_GETLINK, 0, 0).text(Abi.IFLA_IFNAME, name);
    }

    static NetlinkRequest get(int index) {
        return NetlinkRequest.linkAt(Abi.RTM_GETLINK, 0, index);
    }

    static NetlinkRequest list() {
        return NetlinkRequest.link(Abi.RTM_GETLINK, Abi.NLM_F_DUMP, 0);
    }

    static NetlinkRequest addresses() {
        return NetlinkRequest.address(Abi.RTM_GETADDR, Abi.NLM_F_DUMP, Abi.AF_UNSPEC, 0, 0);
    }

    static NetlinkRequest addAddress(int link, InetAddress address, int prefix) {
        byte[] bytes = address.getAddress();
        return NetlinkRequest.address(Abi.RTM_NEWADDR, NEW, bytes.length == 4 ? Abi.AF_INET : Abi.AF_INET6, prefix, link)
                .bytes(Abi.IFA_LOCAL, bytes).bytes(Abi.IFA_ADDRESS, bytes);
    }

    /** As above, usable at once: an IPv6 address would be tentative for a second while the kernel looks for a duplicate. */
    static NetlinkRequest addAddressAtOnce(int link, InetAddress address, int prefix) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return addAddress(link, address, prefix);
        }
        return NetlinkRequest.addressAtOnce(Abi.RTM_NEWADDR, NEW, prefix, link).bytes(Abi.IFA_LOCAL, bytes).bytes(Abi.IFA_ADDRESS, bytes);
    }

    static NetlinkRequest defaultRoute(int link, DefaultRoute route) {
        byte[] bytes = route.gateway().getAddress();
        return NetlinkRequest.route(Abi.RTM_NEWROUTE, NEW, bytes.length == 4 ? Abi.AF_INET : Abi.AF_INET6, route.onLink() ? Abi.RTNH_F_ONLINK : 0)
                .bytes(Abi.RTA_GATEWAY, bytes).number(Abi.RTA_OIF, link);
    }

    static NetlinkRequest routes() {
        return NetlinkRequest.route(Abi.RTM_GETROUTE, Abi.NLM_F_DUMP, Abi.AF_UNSPEC, 0);
    }

    static NetlinkRequest neighbours() {
        return NetlinkRequest.neighbours(Abi.RTM_GETNEIGH, Abi.NLM_F_DUMP);
    }

    /** The link of an RTM_NEWLINK or RTM_DELLINK message. */
    static Link link(NetlinkReply reply) {
        Map<Integer, byte[]> attributes = reply.attributes(Abi.ifinfomsg_size);
        byte[] info = attributes.getOrDefault(Abi.IFLA_LINKINFO, new byte[0]);
        byte[] master = attributes.get(Abi.IFLA_MASTER);
        byte[] address = attributes.getOrDefault(Abi.IFLA_ADDRESS, new byte[0]);
        return new Link(NetlinkReply.text(attributes.get(Abi.IFLA_IFNAME)), reply.fixedInt(Abi.ifinfomsg_at_ifi_index),
                NetlinkReply.text(NetlinkReply.attributes(info, 0).get(Abi.IFLA_INFO_KIND)),
                master == null ? OptionalInt.empty() : OptionalInt.of(NetlinkReply.number(master)),
                address.length == 0 ? Optional.empty() : Optional.of(COLONS.formatHex(address)),
                (reply.fixedInt(Abi.ifinfomsg_at_ifi_flags) & Abi.IFF_UP) != 0,
                NetlinkReply.text(attributes.get(Abi.IFLA_IFALIAS)));
    }

    /** The counters of an RTM_NEWLINK message; empty where the interface has none. */
    static Optional<Traffic> traffic(NetlinkReply reply) {
        Map<Integer, byte[]> attributes = reply.attributes(Abi.ifinfomsg_size);
        byte[] counters = attributes.get(Abi.IFLA_STATS64);
        if (counters == null || counters.length < Abi.rtnl_link_stats64_at_tx_bytes + Long.BYTES) {
            return Optional.empty();
        }
        return Optional.of(new Traffic(NetlinkReply.text(attributes.get(Abi.IFLA_IFNAME)),
                NetlinkReply.longNumber(counters, Abi.rtnl_link_stats64_at_rx_bytes), NetlinkReply.longNumber(counters, Abi.rtnl_link_stats64_at_tx_bytes)));
    }

    private static void master(NetlinkRequest request, int bridge) {
        if (bridge != NO_MASTER) {
            request.number(Abi.IFLA_MASTER, bridge);
        }
    }

    private static byte[] mac(String text) {
        if (!MAC.matcher(text).matches()) {
            throw new IllegalArgumentException("not a MAC address: " + text);
        }
        return COLONS.parseHex(text);
    }
}
