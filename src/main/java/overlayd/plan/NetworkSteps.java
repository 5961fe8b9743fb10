package overlayd.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.config.Addressing;
import overlayd.config.Cable;
import overlayd.config.Mac;
import overlayd.config.SubhostConfig;
import overlayd.config.Vlan;

/** The steps that make the network: the network namespace, cables and VLANs, addresses, published ports. */
final class NetworkSteps {
    private final SubhostConfig config;
    private final HostFacts facts;

    NetworkSteps(SubhostConfig config, HostFacts facts) {
        this.config = config;
        this.facts = facts;
    }

    void addTo(List<HostStep> steps) {
        steps.add(new CableStep.MakeNetns(config.name(), config.cables().stream().map(cable -> config.hostEnd(cable.index())).toList(), facts.tag()));
        List<String> inner = new ArrayList<>(List.of("lo"));
        for (Cable cable : config.cables()) {
            cable(cable, steps, inner);
        }
        Addresses addresses = Addresses.of(config, facts.network());
        config.addressing().from(Addressing.Source.AUTO).forEach(address -> Optional.ofNullable(facts.network().auto().get(address.end()))
                .ifPresent(auto -> steps.add(new CableStep.KeepAddress(config.name(), address.end(), auto.bridge(), auto.chosen()))));
        steps.add(new CableStep.BringUp(inner, addresses.addresses(), addresses.routes()));
        if (!config.addressing().published().isEmpty()) {
            steps.add(new CableStep.Publish(addresses.forwards()));
        }
    }

    private void cable(Cable cable, List<HostStep> steps, List<String> inner) {
        String hostEnd = config.hostEnd(cable.index());
        steps.add(new CableStep.PlugCable(hostEnd, cable.subhostEnd(), cable.bridge(), cable.mac().map(Mac::toString),
                facts.tag()));
        inner.add(cable.subhostEnd());
        if (cable.bridge().isEmpty() && facts.ifupdown()) {
            steps.add(new CableStep.Ifup(hostEnd));
        }
        for (Vlan vlan : cable.vlans()) {
            CableStep.PlugVlan step = new CableStep.PlugVlan(hostEnd, cable.subhostEnd(), vlan.tag(), vlan.bridge());
            steps.add(step);
            inner.add(step.subhostVlan());
            if (vlan.bridge().isEmpty() && facts.ifupdown()) {
                steps.add(new CableStep.Ifup(step.hostVlan()));
            }
        }
    }
}
