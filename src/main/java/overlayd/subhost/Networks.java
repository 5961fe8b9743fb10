package overlayd.subhost;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.config.Subnet;
import overlayd.failure.Diagnosis;
import overlayd.failure.Failure;
import overlayd.failure.RefusedException;
import overlayd.kernel.Errno;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Link;
import overlayd.kernel.LinkAddress;
import overlayd.kernel.Links;
import overlayd.kernel.RouteEntry;
import overlayd.network.PortForwards;
import overlayd.network.RouterSettings;
import overlayd.state.Instance;

/**
 * The bridges of overlay net: made, listed, deleted; made again after the host's next start. A file of the state directory says before each
 * change what is being done, so that a daemon that died in the midst is followed by one that takes it back. Any host thread; one change at a time.
 */
public final class Networks {
    /** A bridge as it is. @param trouble why it is not as it was asked for; empty when it is. @param users what is plugged into it */
    public record Row(Net net, String trouble, List<String> users) {
        public Row {
            users = List.copyOf(users);
        }
    }

    /** What creating one has changed beside: in words, for the user. */
    public record Created(List<String> notes) {
        public Created {
            notes = List.copyOf(notes);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Networks.class);

    private final Kernel kernel;
    private final Instance instance;
    private final PortForwards ports;
    private final Path directory;
    private final RouterSettings settings;

    Networks(Kernel kernel, Instance instance, PortForwards ports) throws IOException {
        this.kernel = kernel;
        this.instance = instance;
        this.ports = ports;
        this.directory = instance.state().resolve("networks");
        try {
            this.settings = new RouterSettings(instance.state().resolve("router"), kernel.processes().bootId());
        } catch (KernelException noProc) {
            throw new IOException(noProc.getMessage(), noProc);
        }
    }

    /** Makes again what an earlier daemon made and the host's start has taken, and takes back what one left half done. */
    synchronized void adopt() {
        for (Net.Stored stored : stored()) {
            try {
                if (stored.state() == Net.State.READY) {
                    make(stored.net());
                } else {
                    LOG.warn("network {}: what was left half done is taken back", stored.net().name());
                    takeBack(stored.net());
                }
            } catch (KernelException | IOException refused) {
                LOG.error("network {}: {}", stored.net().name(), refused.getMessage());
            }
        }
    }

    /**
     * Makes a bridge with addresses, up.
     *
     * @throws RefusedException EXISTS: its name or a network of its addresses is in use; STEP: undone
     */
    public synchronized Created create(Net net) throws RefusedException {
        Optional<String> clash = clash(net);
        if (clash.isPresent()) {
            throw new RefusedException(RefusedException.Kind.EXISTS, clash.get());
        }
        try {
            CrashPoints.pass();
            write(net, Net.State.MAKING);
            CrashPoints.pass();
            List<String> notes = make(net);
            write(net, Net.State.READY);
            CrashPoints.pass();
            return new Created(notes);
        } catch (KernelException refused) {
            throw RefusedException.step(Diagnosis.of("make network", net.name(), refused.errno(), refused.getMessage()).withUndone(undone(net)));
        } catch (IOException refused) {
            throw RefusedException.step(new Failure("make network", net.name(), "", String.valueOf(refused.getMessage()),
                    "the state directory or a kernel setting cannot be written", "look at " + instance.state() + " and /proc/sys/net", undone(net)));
        }
    }

    private boolean undone(Net net) {
        try {
            takeBack(net);
            return true;
        } catch (KernelException | IOException left) {
            LOG.error("network {}: undo: {}", net.name(), left.getMessage());
            return false;
        }
    }

    /** @throws RefusedException UNKNOWN: not one of these; EXISTS: something is plugged into it; STEP */
    public synchronized void delete(String name) throws RefusedException {
        Net net = stored().stream().map(Net.Stored::net).filter(one -> one.name().equals(name)).findFirst()
                .orElseThrow(() -> new RefusedException(RefusedException.Kind.UNKNOWN, "no network " + name + " was made by overlay net create"));
        try {
            List<String> users = users(net);
            if (!users.isEmpty()) {
                throw new RefusedException(RefusedException.Kind.EXISTS, "network " + name + " is in use by " + String.join(", ", users)
                        + "; stop what uses it first");
            }
            CrashPoints.pass();
            write(net, Net.State.DELETING);
            CrashPoints.pass();
            takeBack(net);
        } catch (KernelException | IOException refused) {
            throw RefusedException.step(new Failure("delete network", name, "", String.valueOf(refused.getMessage()), "", "try once more", false));
        }
    }

    /** Every network, by name. */
    public synchronized List<Row> list() {
        List<Row> rows = new ArrayList<>();
        for (Net.Stored stored : stored()) {
            try {
                rows.add(new Row(stored.net(), trouble(stored.net()), users(stored.net())));
            } catch (KernelException refused) {
                rows.add(new Row(stored.net(), refused.getMessage(), List.of()));
            }
        }
        return rows;
    }

    /** What of it is not there is made. @return what else was changed on the host */
    private List<String> make(Net net) throws KernelException, IOException {
        List<String> notes = new ArrayList<>();
        try (Links links = kernel.openLinks()) {
            Optional<Link> there = links.find(net.name());
            if (there.isPresent() && !isOurs(there.get())) {
                throw new KernelException("make bridge", net.name(), Errno.EEXIST, "another interface has its name");
            }
            if (there.isEmpty()) {
                links.createBridge(net.name(), Optional.of(net.mac(instance.id())), instance.bridgeTag());
                CrashPoints.pass();
            }
            List<LinkAddress> present = links.addresses().stream().filter(address -> address.link().equals(net.name())).toList();
            links.configure(List.of(net.name()), net.addresses().stream().map(address -> new LinkAddress(net.name(), address.address(), address.prefix(), 0))
                    .filter(address -> !present.contains(address)).toList(), List.of());
            CrashPoints.pass();
            if (net.translates()) {
                // First what may be refused for want of a kernel module.
                ports.masquerade(net.name());
                CrashPoints.pass();
                forward(net, links, notes);
            }
        }
        return notes;
    }

    private void forward(Net net, Links links, List<String> notes) throws KernelException, IOException {
        if (settings.forward4()) {
            notes.add("the host forwards IPv4 packets from now on (net.ipv4.ip_forward=1); deleting the last network made with --nat ends that");
        }
        CrashPoints.pass();
        if (net.hasV6()) {
            List<String> names = links.list().stream().map(Link::name).toList();
            if (settings.forward6(names)) {
                notes.add("the host forwards IPv6 packets from now on (net.ipv6.conf.all.forwarding=1)");
            }
            CrashPoints.pass();
        }
    }

    /** Whatever of it is there goes; what is gone counts as done. */
    private void takeBack(Net net) throws KernelException, IOException {
        if (net.translates()) {
            boolean last = stored().stream().noneMatch(other -> other.net().translates() && !other.net().name().equals(net.name()));
            if (last) {
                settings.restore();
            }
            CrashPoints.pass();
            ports.endMasquerade(net.name());
            CrashPoints.pass();
        }
        try (Links links = kernel.openLinks()) {
            if (links.find(net.name()).filter(this::isOurs).isPresent()) {
                links.delete(net.name());
            }
        }
        CrashPoints.pass();
        Files.deleteIfExists(directory.resolve(net.name()));
        CrashPoints.pass();
    }

    /** A bridge that was being made may have died before it got its alias; then its own address tells. */
    private boolean isOurs(Link link) {
        Net named = new Net(link.name(), List.of(), Net.Masquerade.NO);
        return link.isBridge() && (link.alias().equals(instance.bridgeTag())
                || link.alias().isEmpty() && link.mac().equals(Optional.of(named.mac(instance.id()))));
    }

    private Optional<String> clash(Net net) throws RefusedException {
        if (stored().stream().anyMatch(other -> other.net().name().equals(net.name()))) {
            return Optional.of("network " + net.name() + " exists already; overlay net list shows it");
        }
        try (Links links = kernel.openLinks()) {
            if (links.find(net.name()).isPresent()) {
                return Optional.of("the host has an interface " + net.name() + " already; choose another name");
            }
            for (Subnet wanted : net.addresses()) {
                for (LinkAddress address : links.addresses()) {
                    if (new Subnet(address.address(), address.prefix()).overlaps(wanted)) {
                        return Optional.of(wanted + " overlaps with " + address + " of interface " + address.link() + "; choose another network");
                    }
                }
                for (RouteEntry route : links.routes()) {
                    Subnet known = new Subnet(route.network(), route.prefix());
                    if (known.overlaps(wanted)) {
                        return Optional.of(wanted + " overlaps with the route to " + known + (route.link().isEmpty() ? "" : " by " + route.link())
                                + "; choose another network");
                    }
                }
            }
            return Optional.empty();
        } catch (KernelException refused) {
            throw RefusedException.step(Diagnosis.of("look at the host's network", net.name(), refused.errno(), refused.getMessage()));
        }
    }

    private String trouble(Net net) throws KernelException {
        try (Links links = kernel.openLinks()) {
            Optional<Link> link = links.find(net.name());
            if (link.isEmpty()) {
                return "the bridge is gone";
            }
            if (!isOurs(link.get())) {
                return "another interface has its name";
            }
            List<String> present = links.addresses().stream().filter(address -> address.link().equals(net.name())).map(LinkAddress::toString).toList();
            return net.addresses().stream().map(Subnet::toString).filter(address -> !present.contains(address)).findFirst()
                    .map(address -> "address " + address + " is gone").orElse("");
        }
    }

    /** Names of subhosts, or of other interfaces, that are plugged into it. */
    private List<String> users(Net net) throws KernelException {
        try (Links links = kernel.openLinks()) {
            Optional<Link> bridge = links.find(net.name());
            TreeSet<String> users = new TreeSet<>();
            for (Link link : bridge.isEmpty() ? List.<Link>of() : links.list()) {
                if (link.master().isPresent() && link.master().getAsInt() == bridge.get().index()) {
                    String own = instance.cgroup() + "/";
                    users.add(link.alias().startsWith(own) ? "subhost " + link.alias().substring(own.length()) : "interface " + link.name());
                }
            }
            return List.copyOf(users);
        }
    }

    private void write(Net net, Net.State state) throws IOException {
        Instance.makePrivate(directory);
        RouterSettings.replace(directory.resolve(net.name()), net.text(state));
    }

    private List<Net.Stored> stored() {
        List<Net.Stored> all = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return all;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, path -> !path.getFileName().toString().endsWith(".new"))) {
            for (Path file : files) {
                Optional<Net.Stored> stored = Net.Stored.parse(file.getFileName().toString(), Files.readString(file, StandardCharsets.UTF_8));
                stored.ifPresent(all::add);
                if (stored.isEmpty()) {
                    LOG.error("network {}: {} cannot be understood and is left alone", file.getFileName(), file);
                }
            }
        } catch (IOException unreadable) {
            LOG.error("networks: {}", unreadable.getMessage());
        }
        all.sort(java.util.Comparator.comparing(stored -> stored.net().name()));
        return all;
    }
}
