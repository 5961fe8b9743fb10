package overlayd.subhost;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import overlayd.config.Addressing;
import overlayd.config.SubhostConfig;
import overlayd.config.Subnet;
import overlayd.facts.Listeners;
import overlayd.kernel.Forwarding;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.LinkAddress;
import overlayd.kernel.Links;
import overlayd.network.PortForwards;
import overlayd.network.Sysctl;
import overlayd.plan.NetworkFacts;
import overlayd.plan.NetworkFacts.DhcpClient;

/** Gathers what ADDRESS and PUBLISH need to know of the host; asks nothing where neither is set. Reads only. Any host thread. */
final class NetworkFactsReader {
    /** Paths below a root, and the words before and after the interface's name; %i is that name, too. */
    private static final Map<String, DhcpClient> CLIENTS = clients();

    private final Kernel kernel;
    private final Registry registry;
    private final AddressBook book;
    private final PortForwards ports;
    private final Listeners listeners;

    NetworkFactsReader(Kernel kernel, Registry registry, AddressBook book, PortForwards ports, Listeners listeners) {
        this.kernel = kernel;
        this.registry = registry;
        this.book = book;
        this.ports = ports;
        this.listeners = listeners;
    }

    private static Map<String, DhcpClient> clients() {
        Map<String, DhcpClient> clients = new LinkedHashMap<>();
        for (String directory : List.of("sbin/", "usr/sbin/")) {
            clients.put(directory + "dhclient", new DhcpClient(List.of("/" + directory + "dhclient", "-1", "-pf", "/run/dhclient.%i.pid", "-lf",
                    "/var/lib/dhcp/dhclient.%i.leases"), List.of()));
            clients.put(directory + "dhcpcd", new DhcpClient(List.of("/" + directory + "dhcpcd", "-w"), List.of()));
            clients.put(directory + "udhcpc", new DhcpClient(List.of("/" + directory + "udhcpc", "-n", "-p", "/run/udhcpc.%i.pid", "-i"), List.of()));
        }
        return clients;
    }

    /** @param dhcp the client of the subhost's root, where one is wanted */
    NetworkFacts read(SubhostConfig config, Optional<DhcpClient> dhcp) throws KernelException {
        Addressing addressing = config.addressing();
        if (!addressing.isSet()) {
            return NetworkFacts.NONE;
        }
        Map<InetAddress, String> inUse = new HashMap<>();
        Map<String, NetworkFacts.Auto> auto = new HashMap<>();
        Set<InetAddress> own = new HashSet<>();
        registry.all().stream().filter(subhost -> subhost.state().isLive()).forEach(subhost -> subhost.rundir().addresses().forEach(address -> {
            if (subhost.name().equals(config.name())) {
                own.add(address.address());
            } else {
                inUse.put(address.address(), "subhost " + subhost.name());
            }
        }));
        try (Links links = kernel.openLinks()) {
            List<LinkAddress> addresses = links.addresses();
            addresses.forEach(address -> inUse.put(address.address(), "the host (" + address.link() + ")"));
            for (Addressing.Address one : addressing.from(Addressing.Source.AUTO)) {
                Optional<String> bridge = config.bridgeOf(one.end());
                if (bridge.isPresent() && links.find(bridge.get()).isPresent()) {
                    auto.put(one.end(), choose(new AddressBook.Asker(config.name(), one.end(), bridge.get()), addresses, links, inUse.keySet()));
                }
            }
        }
        return new NetworkFacts(auto, inUse, taken(addressing, own), forwarding(), dhcp);
    }

    private NetworkFacts.Auto choose(AddressBook.Asker asker, List<LinkAddress> addresses, Links links, Set<InetAddress> taken) throws KernelException {
        List<Subnet> bridge = addresses.stream().filter(address -> address.link().equals(asker.bridge()) && address.isGlobal())
                .map(address -> new Subnet(address.address(), address.prefix())).toList();
        AddressBook.Used used = new AddressBook.Used(taken, Set.copyOf(links.neighbours(asker.bridge())));
        return new NetworkFacts.Auto(asker.bridge(), book.choose(asker, bridge, used,
                name -> registry.find(name).filter(subhost -> subhost.state().isLive()).isPresent()), bridge);
    }

    private Map<Addressing.Publication, String> taken(Addressing addressing, Set<InetAddress> own) throws KernelException {
        Map<Addressing.Publication, String> taken = new HashMap<>();
        if (addressing.published().isEmpty()) {
            return taken;
        }
        List<Forwarding> published = ports.published();
        for (Addressing.Publication one : addressing.published()) {
            Optional<Forwarding> other = published.stream().filter(port -> collides(port, one) && !own.contains(port.target())).findFirst();
            other.map(port -> publisher(port.target())).or(() -> listeners.of(one)).ifPresent(who -> taken.put(one, who));
        }
        return taken;
    }

    private static boolean collides(Forwarding port, Addressing.Publication wanted) {
        return port.hostPort() == wanted.hostPort() && port.transport() == wanted.transport().number()
                && (port.bound().isEmpty() || wanted.bound().isEmpty() || port.bound().equals(wanted.bound()));
    }

    private String publisher(InetAddress target) {
        return registry.all().stream().filter(subhost -> subhost.rundir().addresses().stream().anyMatch(a -> a.address().equals(target)))
                .findFirst().map(subhost -> "subhost " + subhost.name()).orElse("the subhost at " + Subnet.text(target));
    }

    private static NetworkFacts.Forwarding forwarding() {
        return Sysctl.FORWARD4.read().filter("0"::equals).isPresent() ? NetworkFacts.Forwarding.OFF : NetworkFacts.Forwarding.ON;
    }

    /** @param inRoot whether the subhost's root has a file, by its path without leading slash */
    static Optional<DhcpClient> client(Predicate<String> inRoot) {
        return CLIENTS.entrySet().stream().filter(client -> inRoot.test(client.getKey())).map(Map.Entry::getValue).findFirst();
    }
}
