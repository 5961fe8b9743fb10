package overlayd.plan;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlayd.config.Addressing.Publication;
import overlayd.config.Subnet;

/**
 * What of the host's network planning needs to know; empty for a configuration without ADDRESS.
 *
 * @param auto for each inner end with ADDRESS=auto: what it gets
 * @param inUse addresses that somebody has already, and who
 * @param taken ports of PUBLISH that somebody has already, and who
 * @param forwarding whether the host passes packets on between its interfaces
 * @param dhcp command line of the root's DHCP client, but for the interface
 */
public record NetworkFacts(Map<String, Auto> auto, Map<InetAddress, String> inUse, Map<Publication, String> taken, Forwarding forwarding,
        Optional<DhcpClient> dhcp) {
    /** Nothing was asked. */
    public static final NetworkFacts NONE = new NetworkFacts(Map.of(), Map.of(), Map.of(), Forwarding.ON, Optional.empty());

    public NetworkFacts {
        auto = Map.copyOf(auto);
        inUse = Map.copyOf(inUse);
        taken = Map.copyOf(taken);
    }

    /** Whether the host is a router. */
    public enum Forwarding { ON, OFF }

    /** A DHCP client in the subhost's root, by the words before the interface's name and those after it. */
    public record DhcpClient(List<String> before, List<String> after) {
        public DhcpClient {
            before = List.copyOf(before);
            after = List.copyOf(after);
        }
    }

    /**
     * The addresses chosen for one end, one for each network of its bridge that has a free one, and the bridge's own.
     *
     * @param bridge its name
     */
    public record Auto(String bridge, List<Subnet> chosen, List<Subnet> bridgeAddresses) {
        public Auto {
            chosen = List.copyOf(chosen);
            bridgeAddresses = List.copyOf(bridgeAddresses);
        }
    }
}
