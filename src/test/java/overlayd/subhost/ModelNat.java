package overlayd.subhost;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Forwarding;
import overlayd.kernel.KernelException;
import overlayd.kernel.Nat;

/** Forwarded ports of a {@link ModelHost}; no network is masqueraded there. */
final class ModelNat implements Nat {
    private final ModelHost host;
    private final Fd socket;

    ModelNat(ModelHost host, Fd socket) {
        this.host = host;
        this.socket = socket;
    }

    @Override
    public void makeTable(String table) {
        host.tables.computeIfAbsent(table, name -> new ArrayList<>());
    }

    @Override
    public void removeTable(String table) {
        host.tables.remove(table);
    }

    @Override
    public boolean hasTable(String table) {
        return host.tables.containsKey(table);
    }

    @Override
    public void masquerade(String table, String bridge) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void endMasquerade(String table, String bridge) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<String> masqueraded(String table) {
        return Set.of();
    }

    @Override
    public void publish(String table, List<Forwarding> ports, Collection<String> bridges) throws KernelException {
        List<Forwarding> there = host.tables.get(table);
        if (there == null || ports.stream().anyMatch(there::contains)) {
            throw new KernelException("publish", table, there == null ? Errno.ENOENT : Errno.EEXIST);
        }
        there.addAll(ports);
    }

    @Override
    public void unpublish(String table, Forwarding port) {
        host.tables.getOrDefault(table, new ArrayList<>()).remove(port);
    }

    @Override
    public List<Forwarding> published(String table) {
        return List.copyOf(host.tables.getOrDefault(table, List.of()));
    }

    @Override
    public void close() {
        socket.close();
    }
}
