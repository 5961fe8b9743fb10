package overlayd.plan;

import java.net.InetAddress;
import overlayd.config.Addressing;
import overlayd.config.ConfigKey;
import overlayd.config.Init;
import overlayd.config.Subnet;
import overlayd.config.SubhostConfig;

/** Holds ADDRESS and PUBLISH against the host. */
final class AddressRules {
    private static final String CLIENTS = "isc-dhcp-client, dhcpcd-base or udhcpc";

    private final SubhostConfig config;
    private final NetworkFacts facts;
    private final Findings found;

    AddressRules(SubhostConfig config, NetworkFacts facts, Findings found) {
        this.config = config;
        this.facts = facts;
        this.found = found;
    }

    void check() {
        for (Addressing.Address address : config.addressing().addresses()) {
            switch (address.source()) {
                case STATIC -> fixed(address);
                case AUTO -> auto(address);
                case DHCP -> dhcp(address);
            }
        }
        ports();
    }

    private void fixed(Addressing.Address address) {
        InetAddress wanted = address.fixed().orElseThrow().address();
        if (facts.inUse().containsKey(wanted)) {
            found.add(HostRule.ADDRESS_IN_USE, address.at(), Subnet.text(wanted) + " belongs to " + facts.inUse().get(wanted), "choose another, or auto");
        }
    }

    private void auto(Addressing.Address address) {
        NetworkFacts.Auto auto = facts.auto().get(address.end());
        if (auto == null || !auto.chosen().isEmpty()) {
            return; // where there is no bridge, that is the problem
        }
        if (auto.bridgeAddresses().isEmpty()) {
            found.add(HostRule.AUTO_WITHOUT_NETWORK, address.at(), "bridge " + auto.bridge() + " has no address, so auto does not know its network",
                    "give it one: ip address add 10.0.3.1/24 dev " + auto.bridge() + "; or make another: overlay net create br1 10.0.4.1/24 --nat");
        } else {
            found.add(HostRule.AUTO_WITHOUT_NETWORK, address.at(), "no address of " + auto.bridgeAddresses().get(0) + " is free any more",
                    "use a larger network, or remove subhosts that are not needed (overlay remove)");
        }
    }

    private void dhcp(Addressing.Address address) {
        if (!(config.boot().init() instanceof Init.BuiltIn)) {
            found.add(HostRule.DHCP_WITH_INIT, address.at(), "dhcp is for the built-in init", "leave ADDRESS away: this INIT runs its own DHCP client");
        } else if (facts.dhcp().isEmpty()) {
            found.add(HostRule.DHCP_CLIENT_ABSENT, address.at(), "the root has no DHCP client", "install one in the root: " + CLIENTS);
        }
    }

    private void ports() {
        for (Addressing.Publication one : config.addressing().published()) {
            if (facts.taken().containsKey(one)) {
                found.add(HostRule.PORT_TAKEN, one.at(), "port " + one.hostPort() + "/" + one.transport() + " of the host is taken by " + facts.taken().get(one),
                        "publish another port, or end that");
            }
        }
        for (Addressing.Publication one : Addresses.of(config, facts).withoutTarget()) {
            found.add(HostRule.PUBLISH_WITHOUT_TARGET, one.at(), "port " + one.hostPort() + " is bound to " + Subnet.text(one.bound().orElseThrow())
                    + ", but the subhost has no address of that version of IP", "add one to ADDRESS, or leave the bound address away");
        }
        if (!config.addressing().published().isEmpty() && facts.forwarding() == NetworkFacts.Forwarding.OFF) {
            found.add(HostRule.PUBLISH_NOT_FORWARDED, config.at(ConfigKey.PUBLISH),
                    "the host passes no packets on between its interfaces: published ports can be reached from the host only",
                    "make the bridge by overlay net create --nat, or set net.ipv4.ip_forward=1");
        }
    }
}
