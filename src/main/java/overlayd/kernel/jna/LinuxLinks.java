package overlayd.kernel.jna;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import overlayd.kernel.Cable;
import overlayd.kernel.Deadline;
import overlayd.kernel.DefaultRoute;
import overlayd.kernel.Errno;
import overlayd.kernel.KernelException;
import overlayd.kernel.Link;
import overlayd.kernel.LinkAddress;
import overlayd.kernel.Links;
import overlayd.kernel.RouteEntry;
import overlayd.kernel.Traffic;
import overlayd.kernel.Vlan;
import overlayd.kernel.jna.NetlinkSocket.Refusal;

/** {@link Links} on one rtnetlink socket, opened in the netns of the thread that makes this. */
final class LinuxLinks implements Links {
    private static final int NO_BRIDGE = 0;
    private static final int IFA_SCOPE = 3;
    private static final int LONGEST_NAME = 15;

    private final NetlinkSocket socket;

    LinuxLinks() throws KernelException {
        socket = new NetlinkSocket();
    }

    @Override
    public synchronized List<Link> list() throws KernelException {
        return socket.dump(LinkMessages.list()).stream().map(LinkMessages::link)
                .sorted(Comparator.comparingInt(Link::index)).toList();
    }

    @Override
    public synchronized Optional<Link> find(String name) throws KernelException {
        if (name.length() > LONGEST_NAME) {
            return Optional.empty();
        }
        return socket.get(LinkMessages.get(name), Errno.ENODEV).stream().map(LinkMessages::link).findFirst();
    }

    @Override
    public synchronized Optional<Link> at(int index) throws KernelException {
        return socket.get(LinkMessages.get(index), Errno.ENODEV).stream().map(LinkMessages::link).findFirst();
    }

    @Override
    public synchronized void createCable(Cable cable) throws KernelException {
        String what = "make cable";
        int bridge = bridge(what, cable.hostEnd(), cable.bridge());
        must(what, cable.hostEnd() + "=" + cable.subhostEnd(), socket.ask(LinkMessages.cable(cable, bridge)));
        if (cable.alias().isEmpty()) {
            return;
        }
        // The kernel takes no alias at creation. Two messages in one datagram would give a stranger's link our alias when the first fails.
        try {
            must("give alias to", cable.hostEnd(), socket.ask(LinkMessages.alias(cable.hostEnd(), cable.alias())));
        } catch (KernelException failure) {
            socket.ask(LinkMessages.delete(cable.hostEnd()));
            throw failure;
        }
    }

    @Override
    public synchronized void createVlan(Vlan vlan) throws KernelException {
        String what = "make VLAN";
        int parent = find(vlan.parent()).orElseThrow(() -> new KernelException(what, vlan.name(), Errno.ENODEV,
                "there is no interface \"" + vlan.parent() + "\"")).index();
        int bridge = bridge(what, vlan.name(), vlan.bridge());
        must(what, vlan.name(), socket.ask(LinkMessages.vlan(vlan, parent, bridge)));
    }

    @Override
    public synchronized void createBridge(String name, Optional<String> mac, String alias) throws KernelException {
        must("make bridge", name, socket.ask(LinkMessages.bridge(name, mac)));
        if (alias.isEmpty()) {
            return;
        }
        try {
            must("give alias to", name, socket.ask(LinkMessages.alias(name, alias)));
        } catch (KernelException failure) {
            socket.ask(LinkMessages.delete(name));
            throw failure;
        }
    }

    @Override
    public synchronized void configure(List<String> up, List<LinkAddress> addresses, List<DefaultRoute> routes) throws KernelException {
        List<NetlinkRequest> requests = new ArrayList<>();
        List<String> what = new ArrayList<>();
        List<String> subjects = new ArrayList<>();
        for (String link : up) {
            requests.add(LinkMessages.setUp(link));
            what.add("bring up");
            subjects.add(link);
        }
        Map<String, Integer> indexes = new HashMap<>();
        if (!addresses.isEmpty() || !routes.isEmpty()) {
            list().forEach(link -> indexes.put(link.name(), link.index()));
        }
        for (LinkAddress address : addresses) {
            requests.add(LinkMessages.addAddressAtOnce(indexes.getOrDefault(address.link(), 0), address.address(), address.prefix()));
            what.add("add address " + address + " to");
            subjects.add(address.link());
        }
        for (DefaultRoute route : routes) {
            requests.add(LinkMessages.defaultRoute(indexes.getOrDefault(route.link(), 0), route));
            what.add("add default route by " + route.gateway().getHostAddress() + " to");
            subjects.add(route.link());
        }
        List<Refusal> answers = socket.askAll(requests);
        for (int i = 0; i < answers.size(); i++) {
            must(what.get(i), subjects.get(i), answers.get(i));
        }
    }

    @Override
    public synchronized List<RouteEntry> routes() throws KernelException {
        Map<Integer, String> names = names();
        List<RouteEntry> routes = new ArrayList<>();
        for (NetlinkReply reply : socket.dump(LinkMessages.routes())) {
            Map<Integer, byte[]> attributes = reply.attributes(Abi.rtmsg_size);
            byte[] to = attributes.get(Abi.RTA_DST);
            byte[] by = attributes.get(Abi.RTA_OIF);
            boolean main = reply.fixedByte(Abi.rtmsg_at_rtm_table) == Abi.RT_TABLE_MAIN && reply.fixedByte(Abi.rtmsg_at_rtm_type) == Abi.RTN_UNICAST;
            if (main && to != null) {
                routes.add(new RouteEntry(address(to), reply.fixedByte(Abi.rtmsg_at_rtm_dst_len),
                        by == null ? "" : names.getOrDefault(NetlinkReply.number(by), "")));
            }
        }
        return routes;
    }

    @Override
    public synchronized List<InetAddress> neighbours(String link) throws KernelException {
        Optional<Link> found = find(link);
        List<InetAddress> neighbours = new ArrayList<>();
        for (NetlinkReply reply : found.isEmpty() ? List.<NetlinkReply>of() : socket.dump(LinkMessages.neighbours())) {
            byte[] address = reply.attributes(Abi.ndmsg_size).get(Abi.NDA_DST);
            int state = reply.fixedByte(Abi.ndmsg_at_ndm_state);
            boolean answered = (state & (Abi.NUD_FAILED | Abi.NUD_INCOMPLETE)) == 0;
            if (answered && address != null && reply.fixedInt(Abi.ndmsg_at_ndm_ifindex) == found.get().index()) {
                neighbours.add(address(address));
            }
        }
        return neighbours;
    }

    private Map<Integer, String> names() throws KernelException {
        Map<Integer, String> names = new HashMap<>();
        for (Link link : list()) {
            names.put(link.index(), link.name());
        }
        return names;
    }

    @Override
    public synchronized void setUp(String name) throws KernelException {
        must("bring up", name, socket.ask(LinkMessages.setUp(name)));
    }

    @Override
    public synchronized void addAddress(String link, InetAddress address, int prefix) throws KernelException {
        String what = "add address " + address.getHostAddress() + "/" + prefix + " to";
        int index = find(link).orElseThrow(() -> new KernelException(what, link, Errno.ENODEV)).index();
        must(what, link, socket.ask(LinkMessages.addAddress(index, address, prefix)));
    }

    @Override
    public synchronized void delete(String name) throws KernelException {
        Refusal refusal = socket.ask(LinkMessages.delete(name));
        if (refusal != null && refusal.errno() != Errno.ENODEV) {
            must("delete link", name, refusal);
        }
    }

    @Override
    public synchronized List<LinkAddress> addresses() throws KernelException {
        Map<Integer, String> names = names();
        List<LinkAddress> addresses = new ArrayList<>();
        for (NetlinkReply reply : socket.dump(LinkMessages.addresses())) {
            Map<Integer, byte[]> attributes = reply.attributes(Abi.ifaddrmsg_size);
            // On a point-to-point link IFA_ADDRESS is the other side's.
            byte[] bytes = attributes.getOrDefault(Abi.IFA_LOCAL, attributes.get(Abi.IFA_ADDRESS));
            String name = names.get(reply.fixedInt(Abi.ifaddrmsg_at_ifa_index));
            if (bytes != null && name != null) {
                addresses.add(new LinkAddress(name, address(bytes), reply.fixedByte(1), reply.fixedByte(IFA_SCOPE)));
            }
        }
        addresses.sort(Comparator.comparingInt(address -> address.address().getAddress().length));
        return addresses;
    }

    @Override
    public synchronized List<Traffic> traffic() throws KernelException {
        return socket.dump(LinkMessages.list()).stream().map(LinkMessages::traffic).flatMap(Optional::stream).toList();
    }

    @Override
    public Set<String> awaitGone(Collection<String> names, Deadline deadline) throws KernelException {
        // Subscribed before the list is read: what vanishes in between is noticed.
        try (NetlinkSocket notices = NetlinkSocket.ofNotices(Abi.RTMGRP_LINK, Abi.RTM_DELLINK)) {
            Set<String> left = present(names);
            while (!left.isEmpty() && notices.awaitNotices(deadline)) {
                try {
                    for (NetlinkReply deleted : notices.receive()) {
                        left.remove(LinkMessages.link(deleted).name());
                    }
                } catch (KernelException failure) {
                    if (failure.errno() != Errno.ENOBUFS) {
                        throw failure;
                    }
                    // Too many at once, some were dropped: look.
                    left = present(left);
                }
            }
            // Also says the truth about a link that was renamed, or made again, meanwhile.
            return left.isEmpty() ? left : present(left);
        }
    }

    private Set<String> present(Collection<String> names) throws KernelException {
        Set<String> present = new TreeSet<>();
        for (Link link : list()) {
            if (names.contains(link.name())) {
                present.add(link.name());
            }
        }
        return present;
    }

    private int bridge(String what, String subject, Optional<String> name) throws KernelException {
        if (name.isEmpty()) {
            return NO_BRIDGE;
        }
        return find(name.get()).orElseThrow(() -> new KernelException(what, subject, Errno.ENODEV,
                "there is no bridge \"" + name.get() + "\"")).index();
    }

    /** Throws what the kernel said; where it said only a number, what that number means here. */
    private static void must(String what, String subject, Refusal refusal) throws KernelException {
        if (refusal == null) {
            return;
        }
        throw new KernelException(what, subject, refusal.errno(),
                refusal.sentence().isEmpty() ? meaning(refusal.errno()) : refusal.sentence());
    }

    private static String meaning(Errno errno) {
        if (errno == Errno.EEXIST) {
            return "an interface of that name exists already";
        }
        if (errno == Errno.EADDRNOTAVAIL) {
            return "the MAC address is a multicast address";
        }
        if (errno == Errno.EOPNOTSUPP) {
            return "the kernel does not support this kind of interface, or the master is no bridge";
        }
        return "";
    }

    private static InetAddress address(byte[] bytes) throws KernelException {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new KernelException("read address of", bytes.length + " bytes", Errno.EPROTO);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
