package overlayd.kernel;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Address translation by one nftables table of our own, over nfnetlink: the kernel's nf_tables, no program. A table of family inet holds maps of
 * forwarded ports and a set of bridges whose networks are masqueraded; its rules never change. Works on the netns it was opened in. One call at
 * a time; any thread. Every change is one transaction, all or nothing.
 *
 * <p>EOPNOTSUPP or EPROTONOSUPPORT: the kernel has no nf_tables, or not its NAT; ENOENT: no such table; EPERM: not root.
 */
public interface Nat extends AutoCloseable {
    /** Makes the table with its chains, where there is none. */
    void makeTable(String table) throws KernelException;

    /** Removes the table with all that is in it; one that is not there is removed already. */
    void removeTable(String table) throws KernelException;

    /** Whether the table is there. */
    boolean hasTable(String table) throws KernelException;

    /** Packets from {@code bridge} to elsewhere get the host's address as source (masquerade). Done already counts as done. */
    void masquerade(String table, String bridge) throws KernelException;

    /** Takes {@link #masquerade} back; not there counts as done. */
    void endMasquerade(String table, String bridge) throws KernelException;

    /** Bridges that are masqueraded. */
    Set<String> masqueraded(String table) throws KernelException;

    /**
     * Forwards ports, all or none; packets of {@code bridges} that come back to the bridge they came from get the host's address as source,
     * so that neighbours reach each other by the published port, too. EEXIST: one of the ports is forwarded already.
     */
    void publish(String table, List<Forwarding> ports, Collection<String> bridges) throws KernelException;

    /** Takes a forwarded port back, if it still leads to that target; what is gone, or another's by now, counts as done. */
    void unpublish(String table, Forwarding port) throws KernelException;

    /** Every forwarded port; none where there is no table. */
    List<Forwarding> published(String table) throws KernelException;

    @Override
    void close();
}
