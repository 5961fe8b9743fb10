package overlayd.subhost;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import overlayd.facts.Listeners;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.LinkAddress;
import overlayd.kernel.Links;
import overlayd.network.PortForwards;
import overlayd.state.Instance;

/** What an instance has of the host's network beside cables: addresses given away, forwarded ports, bridges of its own. */
record Wiring(Kernel kernel, AddressBook book, PortForwards ports, Networks networks, NetworkFactsReader facts) {
    static Wiring of(Kernel kernel, Instance instance, Registry registry) throws IOException {
        AddressBook book = new AddressBook(instance.state().resolve("addresses"));
        PortForwards ports = new PortForwards(kernel, instance.cgroup(), instance.bridgeTag());
        return new Wiring(kernel, book, ports, new Networks(kernel, instance, ports),
                new NetworkFactsReader(kernel, registry, book, ports, new Listeners(Path.of("/proc"))));
    }

    /** Makes networks again that the host's start has taken; takes back ports that lead to no living subhost, where a journal was lost. */
    void adopt(Registry registry) {
        networks.adopt();
        PortSweep.sweep(registry, ports);
    }

    /** As {@link Subhosts#addresses}. */
    List<String> addresses(String name) {
        try (Fd netns = kernel.namespaces().openNetns(name); Links links = kernel.openLinks(netns)) {
            return links.addresses().stream().filter(address -> !address.link().equals("lo")).filter(LinkAddress::isGlobal)
                    .map(address -> address.link() + " " + address).toList();
        } catch (KernelException ended) {
            return List.of();
        }
    }
}
