package overlayd.plan;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import overlayd.config.Addressing;
import overlayd.config.Subnet;
import overlayd.config.SubhostConfig;

/** Works out which addresses, default routes and forwarded ports a subhost gets. Pure. */
final class Addresses {
    private final SubhostConfig config;
    private final NetworkFacts facts;
    private final List<CableStep.EndAddress> addresses = new ArrayList<>();
    private final List<CableStep.DefaultRoute> routes = new ArrayList<>();

    private Addresses(SubhostConfig config, NetworkFacts facts) {
        this.config = config;
        this.facts = facts;
    }

    static Addresses of(SubhostConfig config, NetworkFacts facts) {
        Addresses made = new Addresses(config, facts);
        made.work();
        return made;
    }

    List<CableStep.EndAddress> addresses() {
        return List.copyOf(addresses);
    }

    List<CableStep.DefaultRoute> routes() {
        return List.copyOf(routes);
    }

    private void work() {
        for (Addressing.Address address : config.addressing().addresses()) {
            address.fixed().ifPresent(subnet -> addresses.add(new CableStep.EndAddress(address.end(), subnet)));
            if (address.source() == Addressing.Source.AUTO && facts.auto().containsKey(address.end())) {
                facts.auto().get(address.end()).chosen().forEach(subnet -> addresses.add(new CableStep.EndAddress(address.end(), subnet)));
            }
        }
        Set<Boolean> routed = new HashSet<>();
        for (Addressing.Gateway gateway : config.addressing().gateways()) {
            routes.add(route(gateway));
            routed.add(Subnet.isV4(gateway.address()));
        }
        if (config.addressing().noGateway()) {
            return;
        }
        for (Addressing.Address address : config.addressing().from(Addressing.Source.AUTO)) {
            NetworkFacts.Auto auto = facts.auto().get(address.end());
            for (Subnet bridge : auto == null ? List.<Subnet>of() : auto.bridgeAddresses()) {
                boolean ours = auto.chosen().stream().anyMatch(subnet -> subnet.overlaps(bridge));
                if (ours && routed.add(bridge.isV4())) {
                    routes.add(new CableStep.DefaultRoute(address.end(), bridge.address(), CableStep.Reach.IN_NETWORK));
                }
            }
        }
    }

    private CableStep.DefaultRoute route(Addressing.Gateway gateway) {
        Optional<String> near = addresses.stream().filter(address -> gateway.end().map(address.end()::equals).orElse(true))
                .filter(address -> address.subnet().contains(gateway.address())).map(CableStep.EndAddress::end).findFirst();
        boolean inNetwork = near.isPresent() || gateway.address().isLinkLocalAddress();
        String end = gateway.end().or(() -> near).orElse(config.addressing().addresses().get(0).end());
        return new CableStep.DefaultRoute(end, gateway.address(), inNetwork ? CableStep.Reach.IN_NETWORK : CableStep.Reach.ON_LINK);
    }

    /** What PUBLISH asks for, one for each version of IP that the subhost has an address of. */
    List<Forward> forwards() {
        Map<Boolean, CableStep.EndAddress> targets = new LinkedHashMap<>();
        addresses.forEach(address -> targets.putIfAbsent(address.subnet().isV4(), address));
        List<Forward> forwards = new ArrayList<>();
        for (Addressing.Publication one : config.addressing().published()) {
            targets.forEach((v4, target) -> {
                if (one.bound().map(Subnet::isV4).orElse(v4).equals(v4)) {
                    forwards.add(new Forward(one.bound(), one.hostPort(), one.transport(), target.subnet().address(), one.port(), config.bridgeOf(target.end())));
                }
            });
        }
        return forwards;
    }

    /** A published port for whose version of IP the subhost has no address. */
    List<Addressing.Publication> withoutTarget() {
        return config.addressing().published().stream().filter(one -> one.bound().isPresent() && addresses.stream()
                .noneMatch(address -> address.subnet().isV4() == Subnet.isV4(one.bound().get()))).toList();
    }
}
