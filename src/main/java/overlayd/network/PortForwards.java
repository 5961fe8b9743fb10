package overlayd.network;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import overlayd.kernel.Errno;
import overlayd.kernel.Forwarding;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Link;
import overlayd.kernel.Links;
import overlayd.kernel.Nat;
import overlayd.plan.Forward;

/**
 * The instance's own nftables table: forwarded ports and masqueraded bridges. It is there while there is something in it. The kernel's table is
 * the truth; nothing is remembered here. Any host thread; one change at a time.
 */
public final class PortForwards {
    private final Kernel kernel;
    private final String table;
    private final String bridgeTag;

    /**
     * @param table name of the table
     * @param bridgeTag alias of bridges that this instance has made
     */
    public PortForwards(Kernel kernel, String table, String bridgeTag) {
        this.kernel = kernel;
        this.table = table;
        this.bridgeTag = bridgeTag;
    }

    /** Forwards ports, all or none. EEXIST: one is forwarded already; EOPNOTSUPP: the kernel has no nf_tables. */
    public synchronized void publish(List<Forward> forwards) throws KernelException {
        Set<String> bridges = new TreeSet<>();
        forwards.forEach(forward -> forward.bridge().ifPresent(bridges::add));
        try (Nat nat = kernel.openNat()) {
            nat.makeTable(table);
            try {
                publish(nat, forwards.stream().map(PortForwards::of).toList(), bridges);
            } catch (KernelException refused) {
                removeEmpty(nat);
                throw refused;
            }
        }
    }

    /** All of it, or nothing. */
    private void publish(Nat nat, List<Forwarding> ports, Set<String> bridges) throws KernelException {
        nat.publish(table, ports, bridges);
        try {
            for (String bridge : bridges) {
                openLocal(bridge);
            }
        } catch (KernelException refused) {
            for (Forwarding port : ports) {
                nat.unpublish(table, port);
            }
            throw refused;
        }
    }

    /** Takes forwarded ports back, as far as they still lead where {@code forwards} say. */
    public synchronized void unpublish(Collection<Forward> forwards) throws KernelException {
        try (Nat nat = kernel.openNat()) {
            for (Forward forward : forwards) {
                nat.unpublish(table, of(forward));
            }
            removeEmpty(nat);
        }
    }

    /** Takes back every forwarded port whose target is none of {@code alive}: what a subhost left whose journal was lost. */
    public synchronized List<Forwarding> sweep(Set<InetAddress> alive) throws KernelException {
        List<Forwarding> swept = new ArrayList<>();
        try (Nat nat = kernel.openNat()) {
            for (Forwarding port : nat.published(table)) {
                if (!alive.contains(port.target())) {
                    nat.unpublish(table, port);
                    swept.add(port);
                }
            }
            removeEmpty(nat);
        } catch (KernelException refused) {
            if (absent(refused)) {
                return swept;
            }
            throw refused;
        }
        return swept;
    }

    /** Every port that this instance forwards; none where the kernel has no nf_tables. */
    public synchronized List<Forwarding> published() throws KernelException {
        try (Nat nat = kernel.openNat()) {
            return nat.published(table);
        } catch (KernelException refused) {
            if (absent(refused)) {
                return List.of();
            }
            throw refused;
        }
    }

    /** Packets of {@code bridge}'s network leave the host with the host's address. */
    public synchronized void masquerade(String bridge) throws KernelException {
        try (Nat nat = kernel.openNat()) {
            nat.makeTable(table);
            try {
                nat.masquerade(table, bridge);
            } catch (KernelException refused) {
                removeEmpty(nat);
                throw refused;
            }
        }
    }

    /** Takes {@link #masquerade} back; what is not there is done. */
    public synchronized void endMasquerade(String bridge) throws KernelException {
        try (Nat nat = kernel.openNat()) {
            if (nat.hasTable(table)) {
                nat.endMasquerade(table, bridge);
                removeEmpty(nat);
            }
        } catch (KernelException refused) {
            if (!absent(refused)) {
                throw refused;
            }
        }
    }

    private static boolean absent(KernelException refused) {
        return refused.errno() == Errno.EOPNOTSUPP || refused.errno() == Errno.EPROTONOSUPPORT || refused.errno() == Errno.EAFNOSUPPORT;
    }

    private void removeEmpty(Nat nat) throws KernelException {
        if (nat.hasTable(table) && nat.published(table).isEmpty()) {
            // First what only the table's guard makes harmless.
            closeLocal();
            if (nat.masqueraded(table).isEmpty()) {
                nat.removeTable(table);
            }
        }
    }

    /** 127.0.0.1 of the host leads to published ports, too: where the bridge is ours to set up. */
    private void openLocal(String bridge) throws KernelException {
        try (Links links = kernel.openLinks()) {
            if (links.find(bridge).filter(link -> link.alias().equals(bridgeTag)).isPresent()) {
                set(Sysctl.localRouting(bridge), "1");
            }
        }
    }

    private void closeLocal() throws KernelException {
        try (Links links = kernel.openLinks()) {
            for (Link link : links.list()) {
                if (link.alias().equals(bridgeTag) && Sysctl.localRouting(link.name()).read().filter("1"::equals).isPresent()) {
                    set(Sysctl.localRouting(link.name()), "0");
                }
            }
        }
    }

    private static void set(Sysctl setting, String value) throws KernelException {
        try {
            setting.write(value);
        } catch (IOException refused) {
            throw new KernelException("set", setting.file(), Errno.EACCES, String.valueOf(refused.getMessage()));
        }
    }

    private static Forwarding of(Forward forward) {
        return new Forwarding(forward.bound(), forward.hostPort(), forward.transport().number(), forward.target(), forward.port());
    }
}
