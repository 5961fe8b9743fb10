package overlayd.config;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * ADDRESS, GATEWAY, DNS, PUBLISH: how the subhost is reached and what it reaches. All of it empty where no such key is set: then its network
 * is the affair of its own programs, as in overlay-boot.
 *
 * @param addresses in order of the file
 * @param gateways  in order of the file
 * @param noGateway GATEWAY=none: also auto gives no default route
 * @param dns       what its /etc/resolv.conf holds
 * @param published ports of the host forwarded into it
 */
public record Addressing(List<Address> addresses, List<Gateway> gateways, boolean noGateway, Dns dns, List<Publication> published) {
    public Addressing {
        addresses = List.copyOf(addresses);
        gateways = List.copyOf(gateways);
        published = List.copyOf(published);
    }

    /** Where an address comes from. */
    public enum Source { STATIC, AUTO, DHCP }

    /**
     * One word of ADDRESS.
     *
     * @param end    name of the inner end, also of a VLAN on it: eth0, eth0.302
     * @param fixed  the address itself; present for {@link Source#STATIC} only
     */
    public record Address(String end, Source source, Optional<Subnet> fixed, Position at) {}

    /** One word of GATEWAY: a default route; {@code end} is empty where the address says which interface. */
    public record Gateway(Optional<String> end, InetAddress address, Position at) {}

    /** Where name servers come from. */
    public enum Servers { HOST, LISTED, NONE }

    /** DNS; {@code listed} for {@link Servers#LISTED} only. */
    public record Dns(Servers servers, List<InetAddress> listed) {
        public Dns {
            listed = List.copyOf(listed);
        }
    }

    /** Transport protocols that can be forwarded. */
    public enum Transport {
        TCP(6), UDP(17);

        private final int number;

        Transport(int number) {
            this.number = number;
        }

        /** The IP protocol number. */
        public int number() {
            return number;
        }

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** One word of PUBLISH. {@code bound}: the one address of the host it counts for; empty: all. */
    public record Publication(Optional<InetAddress> bound, int hostPort, int port, Transport transport, Position at) {}

    /** Whether any address is asked for. */
    public boolean isSet() {
        return !addresses.isEmpty();
    }

    /** Addresses from {@code source}. */
    public List<Address> from(Source source) {
        return addresses.stream().filter(address -> address.source() == source).toList();
    }
}
