package overlayd.plan;

import java.util.Map;
import java.util.Optional;
import overlayd.config.Cable;
import overlayd.config.Position;
import overlayd.config.SubhostConfig;
import overlayd.config.Vlan;

/** Holds the cables against the host's interfaces: names that are taken, bridges, MAC addresses. */
final class CableRules {
    private final SubhostConfig config;
    private final HostFacts facts;
    private final Findings found;

    CableRules(SubhostConfig config, HostFacts facts, Findings found) {
        this.config = config;
        this.facts = facts;
        this.found = found;
    }

    void check() {
        config.cables().forEach(this::cable);
    }

    private void cable(Cable cable) {
        String hostEnd = config.hostEnd(cable.index());
        taken(hostEnd, cable.bridgeAt());
        cable.bridge().ifPresent(bridge -> bridge(bridge, cable.bridgeAt()));
        cable.mac().ifPresent(mac -> mac(mac.toString(), cable.bridgeAt()));
        for (Vlan vlan : cable.vlans()) {
            taken(hostEnd + "." + vlan.tag(), vlan.bridgeAt());
            vlan.bridge().ifPresent(bridge -> bridge(bridge, vlan.bridgeAt()));
        }
    }

    private void taken(String link, Position at) {
        if (facts.links().containsKey(link)) {
            found.add(HostRule.INTERFACE_TAKEN, at, "the host has an interface " + link + " already",
                    "choose another NAME, or remove it: ip link delete " + link);
        }
    }

    private void bridge(String bridge, Position at) {
        HostFacts.Link link = facts.links().get(bridge);
        if (link == null) {
            String likely = facts.links().entrySet().stream().filter(e -> e.getValue().bridge()).map(Map.Entry::getKey).sorted()
                    .reduce((a, b) -> a + ", " + b).map(all -> "; bridges of this host: " + all).orElse("");
            found.add(HostRule.BRIDGE_NOT_THERE, at, "bridge " + bridge + " does not exist" + likely,
                    "make it: overlay net create " + bridge + " 10.0.3.1/24 --nat, or without addresses: ip link add " + bridge
                            + " type bridge && ip link set " + bridge + " up");
        } else if (!link.bridge()) {
            found.add(HostRule.BRIDGE_NO_BRIDGE, at, bridge + " is no bridge", "name a bridge (ip link show type bridge)");
        }
    }

    private void mac(String mac, Position at) {
        Optional<String> user = facts.subhosts().stream().filter(other -> other.macs().contains(mac)).map(other -> "subhost " + other.name())
                .findFirst().or(() -> facts.links().entrySet().stream().filter(e -> e.getValue().mac().equals(mac))
                        .map(e -> "interface " + e.getKey()).findFirst());
        user.ifPresent(who -> found.add(HostRule.MAC_IN_USE, at, "MAC address " + mac + " is in use by " + who, "choose another"));
    }
}
