package overlayd.plan;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import overlayd.config.IdRange;
import overlayd.config.Subnet;

/** A step on the host itself. Its undo, where it has one, is journalled before it is done. */
public sealed interface HostStep extends Step {
    <R, X extends Exception> R match(Cases<R, X> cases) throws X;

    /** One case per kind; a new kind does not compile until every reader has one. */
    interface Cases<R, X extends Exception> {
        R lock(LockDirectory step) throws X;

        R openLog(OpenLog step) throws X;

        R cgroup(MakeCgroup step) throws X;

        R limitDevices(LimitDevices step) throws X;

        R upperScript(RunUpperScript step) throws X;

        R userns(MakeUserns step) throws X;

        R netns(MakeNetns step) throws X;

        R cable(PlugCable step) throws X;

        R vlan(PlugVlan step) throws X;

        R bringUp(BringUp step) throws X;

        R ifup(Ifup step) throws X;

        R file(WriteFile step) throws X;

        R address(KeepAddress step) throws X;

        R publish(Publish step) throws X;
    }

    /** Locks an upperdir or workdir against a second overlay, held by the monitor (flock(2)). {@code on}: the checkpoints it must lie on. */
    record LockDirectory(Path directory, String role, Optional<List<Path>> on) implements HostStep {
        @Override
        public String name() {
            return "lock " + role;
        }

        @Override
        public String operands() {
            return Quoted.path(directory);
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.lock(this);
        }
    }

    /**
     * Opens the log file without following symbolic links; makes it, and its directory, where they are missing.
     *
     * @param before what was there when planning: one that this step made goes again with a failed boot, as long as it is empty
     */
    record OpenLog(Path file, PathFacts.Kind before) implements HostStep {
        @Override
        public String name() {
            return "open log";
        }

        @Override
        public String operands() {
            return Quoted.path(file);
        }

        @Override
        public Optional<Undo> undo() {
            return before == PathFacts.Kind.ABSENT ? Optional.of(new Undo.RemoveEmptyLog(file)) : Optional.empty();
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.openLog(this);
        }
    }

    /** Makes the subhost's control groups in every hierarchy that is used, and sets their limits. */
    record MakeCgroup(String group, Allowance allowance) implements HostStep {
        @Override
        public String name() {
            return "make cgroup";
        }

        @Override
        public String operands() {
            return group + (allowance.texts().isEmpty() ? "" : ", " + String.join(" ", allowance.texts()));
        }

        @Override
        public Optional<Undo> undo() {
            return Optional.of(new Undo.RemoveCgroup(group));
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.cgroup(this);
        }
    }

    /**
     * Lets the processes of the control group open the harmless devices, terminals and {@code devices} of the host (of a directory: those
     * in it now), and no other; goes with the group.
     */
    record LimitDevices(String group, List<Path> devices) implements HostStep {
        public LimitDevices {
            devices = List.copyOf(devices);
        }

        @Override
        public String name() {
            return "limit devices";
        }

        @Override
        public String operands() {
            return group + " to null zero full random urandom, terminals" + (devices.isEmpty() ? "" : ", " + Quoted.paths(devices));
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.limitDevices(this);
        }
    }

    /** Runs an executable UPPER with ACTION=setup; it prints the directory to use, and the rest is planned anew with that. */
    record RunUpperScript(Path script, Path config, long timeoutSeconds) implements HostStep {
        @Override
        public String name() {
            return "run UPPER script";
        }

        @Override
        public String operands() {
            return Quoted.path(script) + " ACTION=setup";
        }

        @Override
        public Optional<Undo> undo() {
            return Optional.of(new Undo.RunUpperTeardown(script, config, timeoutSeconds));
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.upperScript(this);
        }
    }

    /**
     * Takes host ids that nobody has for as long as the subhost lives, and makes the user namespace in which they are its own; the netns
     * that is pinned next belongs to it.
     */
    record MakeUserns(IdRange ids) implements HostStep {
        @Override
        public String name() {
            return "make userns";
        }

        @Override
        public String operands() {
            return "ids 0 to " + (ids.count() - 1) + " are the host's " + ids.start() + " to " + (ids.end() - 1);
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.userns(this);
        }
    }

    /**
     * Makes a network namespace and pins it under its name as iproute2 does. The host ends of its cables go with it, which is four times
     * faster than deleting them; so this step's undo sees to them too, by {@code tag}, their alias.
     */
    record MakeNetns(String netns, List<String> hostEnds, String tag) implements HostStep {
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
    record PlugCable(String hostEnd, String subhostEnd, Optional<String> bridge, Optional<String> mac, String tag) implements HostStep {
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
    record PlugVlan(String hostEnd, String subhostEnd, int tag, Optional<String> bridge) implements HostStep {
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
    record BringUp(List<String> interfaces, List<EndAddress> addresses, List<DefaultRoute> routes) implements HostStep {
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
    record KeepAddress(String subhost, String end, String bridge, List<Subnet> addresses) implements HostStep {
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
    record Publish(List<Forward> forwards) implements HostStep {
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
    record Ifup(String hostEnd) implements HostStep {
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

    /** Writes a file below {@code root} (never through a symbolic link that leaves it) where there is none yet. */
    record WriteFile(Path root, String file, String content) implements HostStep {
        @Override
        public String name() {
            return "write file";
        }

        @Override
        public String operands() {
            return Quoted.path(root.resolve(file)) + " (" + content.length() + " characters)";
        }

        @Override
        public Optional<Undo> undo() {
            return Optional.of(new Undo.RemoveFile(root, file));
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.file(this);
        }
    }
}
