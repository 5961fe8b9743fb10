package overlayd.kernel.jna;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import overlayd.kernel.Errno;
import overlayd.kernel.Forwarding;
import overlayd.kernel.KernelException;
import overlayd.kernel.Nat;
import overlayd.kernel.jna.NetlinkSocket.Refusal;

/** {@link Nat} on one nfnetlink socket, opened in the netns of the thread that makes this. */
final class LinuxNat implements Nat {
    private final NetlinkSocket socket;

    LinuxNat() throws KernelException {
        try {
            socket = new NetlinkSocket(Abi.NETLINK_NETFILTER);
        } catch (KernelException refused) {
            throw explained("open nfnetlink socket", "", refused.errno(), refused.kernelText());
        }
    }

    @Override
    public synchronized void makeTable(String table) throws KernelException {
        if (!hasTable(table)) {
            transact("make nftables table", table, NatMessages.table(table), Errno.EEXIST);
        }
    }

    @Override
    public synchronized void removeTable(String table) throws KernelException {
        transact("remove nftables table", table, List.of(NatMessages.removeTable(table)), Errno.ENOENT);
    }

    @Override
    public synchronized boolean hasTable(String table) throws KernelException {
        try {
            return !socket.get(NatMessages.getTable(table), Errno.ENOENT).isEmpty();
        } catch (KernelException refused) {
            // nfnetlink without nf_tables knows nothing of its messages.
            throw explained("look for nftables table", table, refused.errno() == Errno.EINVAL ? Errno.EOPNOTSUPP : refused.errno(), refused.kernelText());
        }
    }

    @Override
    public synchronized void masquerade(String table, String bridge) throws KernelException {
        transact("masquerade", bridge, List.of(NatMessages.addName(table, NatMessages.MASQUERADED, bridge)), Errno.EEXIST);
    }

    @Override
    public synchronized void endMasquerade(String table, String bridge) throws KernelException {
        transact("end masquerading", bridge, List.of(NatMessages.removeName(table, NatMessages.MASQUERADED, bridge)), Errno.ENOENT);
        transact("end masquerading", bridge, List.of(NatMessages.removeName(table, NatMessages.HAIRPIN, bridge, bridge)), Errno.ENOENT);
    }

    @Override
    public synchronized Set<String> masqueraded(String table) throws KernelException {
        Set<String> names = new TreeSet<>();
        if (hasTable(table)) {
            for (NetlinkReply reply : socket.dump(NatMessages.elements(table, NatMessages.MASQUERADED))) {
                NatMessages.read(reply).forEach(element -> names.add(NetlinkReply.text(element.getKey())));
            }
        }
        return names;
    }

    @Override
    public synchronized void publish(String table, List<Forwarding> ports, Collection<String> bridges) throws KernelException {
        List<NetlinkRequest> requests = new ArrayList<>();
        List<String> subjects = new ArrayList<>();
        for (Forwarding port : ports) {
            requests.add(NatMessages.publish(table, port));
            subjects.add(port.bound().map(address -> address.getHostAddress() + " ").orElse("") + "port " + port.hostPort());
        }
        for (String bridge : bridges) {
            requests.add(NatMessages.addName(table, NatMessages.HAIRPIN, bridge, bridge));
            subjects.add(bridge);
        }
        for (Map.Entry<Integer, Refusal> refused : socket.transact(NatMessages.begin(), requests, NatMessages.end()).entrySet()) {
            throw explained("forward", refused.getKey() < 0 ? table : subjects.get(refused.getKey()), refused.getValue().errno(),
                    refused.getValue().errno() == Errno.EEXIST ? "that port is forwarded already" : refused.getValue().sentence());
        }
    }

    @Override
    public synchronized void unpublish(String table, Forwarding port) throws KernelException {
        if (published(table).contains(port)) {
            transact("end forwarding", "port " + port.hostPort(), List.of(NatMessages.unpublish(table, port)), Errno.ENOENT);
        }
    }

    @Override
    public synchronized List<Forwarding> published(String table) throws KernelException {
        List<Forwarding> ports = new ArrayList<>();
        if (hasTable(table)) {
            for (String map : NatMessages.MAPS) {
                for (NetlinkReply reply : socket.dump(NatMessages.elements(table, map))) {
                    NatMessages.read(reply).forEach(element -> ports.add(NatMessages.port(element.getKey(), element.getValue())));
                }
            }
        }
        return ports;
    }

    private void transact(String what, String subject, List<NetlinkRequest> requests, Errno harmless) throws KernelException {
        Map<Integer, Refusal> refused = socket.transact(NatMessages.begin(), requests, NatMessages.end());
        if (refused.values().stream().anyMatch(refusal -> refusal.errno() == harmless)) {
            return;
        }
        for (Refusal refusal : refused.values()) {
            throw explained(what, subject, refusal.errno(), refusal.sentence());
        }
    }

    private static KernelException explained(String what, String subject, Errno errno, String sentence) {
        boolean absent = errno == Errno.EOPNOTSUPP || errno == Errno.EPROTONOSUPPORT || errno == Errno.EAFNOSUPPORT;
        return new KernelException(what, subject, errno, !sentence.isEmpty() || !absent ? sentence
                : "this kernel has no nf_tables (modules nf_tables, nft_chain_nat, nft_nat, nft_masq, nft_fib_inet)");
    }

    @Override
    public void close() {
        socket.close();
    }
}
