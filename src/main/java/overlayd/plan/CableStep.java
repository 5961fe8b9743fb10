package overlayd.plan;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import overlayd.config.Subnet;

/**
 * A step that makes a subhost's network: its network namespace, the cables that are plugged into it, and what leads to them. One family in
 * one file: each is short, and who reads one wants to see its neighbours.
 */
public sealed interface CableStep extends HostStep {
    <R, X extends Exception> R match(Cases<R, X> cases) throws X;

    @Override
    default <R, X extends Exception> R match(HostStep.Cases<R, X> cases) throws X {
        return cases.cable(this);
    }

    /** One case per kind. */
    interface Cases<R, X extends Exception> {
        R netns(MakeNetns step) throws X;

        R cable(PlugCable step) throws X;

        R vlan(PlugVlan step) throws X;

        R bringUp(BringUp step) throws X;

        R ifup(Ifup step) throws X;

        R address(KeepAddress step) throws X;

        R publish(Publish step) throws X;
    }

    /**
     * Makes a network namespace and pins it under its name as iproute2 does. The host ends of its cables go with it, which is four times
     * faster than deleting them; so this step's undo sees to them too, by {@code tag}, their alias.
     */
    record MakeNetns(String netns, List<String> hostEnds, String tag) implements CableStep {
        public MakeNetns {
            hostEnds = List.copyOf(hostEnds);
        }

        @Override
        public String name() {
            return "make netns";
        }

        @Override
        public String operands() {
            return netns;
        }

        @Override
        public Optional<Undo> undo() {
            return Optional.of(new Undo.RemoveNetns(netns, hostEnds, tag));
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.netns(this);
        }
    }

    /**
     * Makes one cable (a veth pair) by one netlink message: the host end up and, where a bridge is given, plugged into it; the
     * subhost end in the netns, with its MAC address where one is given. The host end's alias is {@code tag}: whose it is.
     */
    record PlugCable(String hostEnd, String subhostEnd, Optional<String> bridge, Optional<String> mac, String tag) implements CableStep {
        @Override
        public String name() {
            return "plug cable";
        }

        @Override
        public String operands() {
            return hostEnd + " = " + subhostEnd + bridge.map(b -> ", bridge " + b).orElse("") + mac.map(m -> ", mac " + m).orElse("");
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.cable(this);
        }
    }

    /** Makes VLAN {@code tag} on both ends of a cable: NAMEi.TAG on the host (plugged into the bridge where given), ethi.TAG inside. */
    record PlugVlan(String hostEnd, String subhostEnd, int tag, Optional<String> bridge) implements CableStep {
        @Override
        public String name() {
            return "plug vlan";
        }

        @Override
        public String operands() {
            return hostVlan() + " = " + subhostVlan() + bridge.map(b -> ", bridge " + b).orElse("");
        }

        /** The VLAN interface on the host. */
        public String hostVlan() {
            return hostEnd + "." + tag;
        }

        /** The VLAN interface in the subhost. */
        public String subhostVlan() {
            return subhostEnd + "." + tag;
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.vlan(this);
        }
    }

    /** An address of an inner end. */
    record EndAddress(String end, Subnet subnet) {
    }

    /** Where a gateway is: in a network of the interface's addresses, or only on its link. */
    enum Reach { IN_NETWORK, ON_LINK }

    /** A default route. */
    record DefaultRoute(String end, InetAddress gateway, Reach reach) {
    }

    /**
     * Brings interfaces inside the netns up at link level: lo, and the subhost ends; with the addresses and default routes that the
     * configuration gives them, if any, in one batch. IPv6 addresses are usable at once, without duplicate address detection.
     */
    record BringUp(List<String> interfaces, List<EndAddress> addresses, List<DefaultRoute> routes) implements CableStep {
        public BringUp {
            interfaces = List.copyOf(interfaces);
            addresses = List.copyOf(addresses);
            routes = List.copyOf(routes);
        }

        @Override
        public String name() {
            return "bring up";
        }

        @Override
        public String operands() {
            StringBuilder text = new StringBuilder(String.join(" ", interfaces));
            addresses.forEach(address -> text.append(", ").append(address.end()).append(' ').append(address.subnet()));
            routes.forEach(route -> text.append(", default via ").append(Subnet.text(route.gateway())).append(" dev ").append(route.end())
                    .append(route.reach() == Reach.ON_LINK ? " onlink" : ""));
            return text.toString();
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.bringUp(this);
        }
    }

    /** Writes down which addresses ADDRESS=auto has chosen: they stay this name's, so that it has the same ones at its next boot. */
    record KeepAddress(String subhost, String end, String bridge, List<Subnet> addresses) implements CableStep {
        public KeepAddress {
            addresses = List.copyOf(addresses);
        }

        @Override
        public String name() {
            return "keep address";
        }

        @Override
        public String operands() {
            return String.join(" ", addresses.stream().map(Subnet::toString).toList()) + " of bridge " + bridge + " for " + subhost + "'s " + end;
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.address(this);
        }
    }

    /** Forwards ports of the host into the subhost: elements of the instance's own nftables table, in one transaction. */
    record Publish(List<Forward> forwards) implements CableStep {
        public Publish {
            forwards = List.copyOf(forwards);
        }

        @Override
        public String name() {
            return "publish";
        }

        @Override
        public String operands() {
            return String.join(", ", forwards.stream().map(Forward::toString).toList());
        }

        @Override
        public Optional<Undo> undo() {
            return Optional.of(new Undo.Unpublish(forwards));
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.publish(this);
        }
    }

    /** Configures a host end without a bridge by ifup(8); its failure is a warning. */
    record Ifup(String hostEnd) implements CableStep {
        @Override
        public String name() {
            return "ifup";
        }

        @Override
        public String operands() {
            return hostEnd;
        }

        @Override
        public Optional<Undo> undo() {
            return Optional.of(new Undo.Ifdown(hostEnd));
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.ifup(this);
        }
    }
}
