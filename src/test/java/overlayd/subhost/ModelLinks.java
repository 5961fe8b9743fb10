package overlayd.subhost;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import overlayd.kernel.Cable;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Link;
import overlayd.kernel.LinkAddress;
import overlayd.kernel.Links;
import overlayd.kernel.Vlan;

/** The links of one network namespace, over a {@link ModelHost}. */
final class ModelLinks implements Links {
    private final ModelKernel kernel;
    private final ModelHost host;
    private final ModelHost.Netns net;
    private final Fd socket;

    ModelLinks(ModelKernel kernel, ModelHost.Netns net, Fd socket) {
        this.kernel = kernel;
        this.host = kernel.host;
        this.net = net;
        this.socket = socket;
    }

    private Optional<ModelHost.Link> named(ModelHost.Netns where, String name) {
        return host.links.stream().filter(link -> link.in == where && link.name.equals(name)).findFirst();
    }

    private void free(ModelHost.Netns where, String name) throws KernelException {
        if (named(where, name).isPresent()) {
            throw new KernelException("make link", name, Errno.EEXIST);
        }
    }

    private void bridge(Optional<String> bridge) throws KernelException {
        if (bridge.isPresent() && named(host.hostNet, bridge.get()).isEmpty()) {
            throw new KernelException("make link", bridge.get(), Errno.ENODEV);
        }
    }

    @Override
    public List<Link> list() {
        return host.links.stream().filter(link -> link.in == net).map(this::shown).toList();
    }

    private Link shown(ModelHost.Link link) {
        return new Link(link.name, 1, link.name.startsWith("br") ? "bridge" : "veth", OptionalInt.empty(), Optional.empty(), true, link.alias);
    }

    @Override
    public Optional<Link> at(int index) {
        return Optional.empty(); // nothing here is plugged in
    }

    @Override
    public Optional<Link> find(String name) {
        return named(net, name).map(this::shown);
    }

    @Override
    public void createCable(Cable cable) throws KernelException {
        ModelHost.Netns inside = kernel.thing(ModelHost.Netns.class, cable.netns());
        free(net, cable.hostEnd());
        free(inside, cable.subhostEnd());
        bridge(cable.bridge());
        ModelHost.Link one = new ModelHost.Link(cable.hostEnd(), net, cable.alias());
        ModelHost.Link two = new ModelHost.Link(cable.subhostEnd(), inside, "");
        one.peer = two;
        two.peer = one;
        host.links.addAll(List.of(one, two));
    }

    @Override
    public void createVlan(Vlan vlan) throws KernelException {
        free(net, vlan.name());
        bridge(vlan.bridge());
        ModelHost.Link link = new ModelHost.Link(vlan.name(), net, "");
        link.parent = named(net, vlan.parent()).orElseThrow(() -> new KernelException("make vlan", vlan.parent(), Errno.ENODEV));
        host.links.add(link);
    }

    @Override
    public void createBridge(String name, Optional<String> mac, String alias) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void configure(List<String> up, List<overlayd.kernel.LinkAddress> addresses, List<overlayd.kernel.DefaultRoute> routes)
            throws KernelException {
        for (String name : up) {
            setUp(name);
        }
    }

    @Override
    public List<overlayd.kernel.RouteEntry> routes() {
        return List.of();
    }

    @Override
    public List<overlayd.kernel.Traffic> traffic() {
        return List.of();
    }

    @Override
    public List<java.net.InetAddress> neighbours(String link) {
        return List.of();
    }

    @Override
    public void setUp(String name) throws KernelException {
        if (named(net, name).isEmpty()) {
            throw new KernelException("set up", name, Errno.ENODEV);
        }
    }

    @Override
    public void addAddress(String link, java.net.InetAddress address, int prefix) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(String name) {
        named(net, name).ifPresent(host.links::remove);
        host.sweep();
    }

    @Override
    public List<LinkAddress> addresses() {
        return List.of();
    }

    @Override
    public Set<String> awaitGone(Collection<String> names, Deadline deadline) {
        Set<String> left = new LinkedHashSet<>(names);
        left.removeIf(name -> named(net, name).isEmpty());
        return left;
    }

    @Override
    public void close() {
        socket.close();
    }
}
