package overlayd.subhost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import overlayd.config.ByteText;
import overlayd.config.Cable;
import overlayd.config.IdRange;
import overlayd.config.RootKind;
import overlayd.config.SubhostConfig;
import overlayd.config.Userns;
import overlayd.facts.Lowers;
import overlayd.facts.NameServers;
import overlayd.facts.Overlaps;
import overlayd.facts.ResourceFacts;
import overlayd.generation.Chain;
import overlayd.generation.Generations;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Link;
import overlayd.kernel.Links;
import overlayd.kernel.MountInfo;
import overlayd.plan.HostFacts;
import overlayd.plan.PathFacts;
import overlayd.rootfs.PathReader;
import overlayd.security.Holes;
import overlayd.state.Instance;

/** Gathers what planning needs to know of the host: reads only. Any host thread. */
final class HostFactsReader {
    /** File systems that are no part of an operating system's tree: nobody misses them under LOWER. */
    private static final Set<String> NO_HOLES = Set.of("proc", "sysfs", "devtmpfs", "devpts", "tmpfs", "ramfs", "cgroup", "cgroup2", "mqueue",
            "hugetlbfs", "debugfs", "tracefs", "securityfs", "pstore", "bpf", "configfs", "fusectl", "binfmt_misc", "autofs", "nsfs", "efivarfs",
            "rpc_pipefs", "nfsd", "selinuxfs");

    private static final String INTERFACES = "etc/network/interfaces";
    /** Of a path in UPPER nothing but that it is there is asked. */
    private static final PathFacts THERE = new PathFacts(PathFacts.Kind.OTHER, 0, 0, 0, 0, 0, "", false, 0);

    private final Kernel kernel;
    private final Instance instance;
    private final Registry registry;
    private final Groups groups;
    private final IdRanges ids;
    private final NetworkFactsReader network;

    HostFactsReader(Kernel kernel, Instance instance, Registry registry, Groups groups, IdRanges ids, NetworkFactsReader network) {
        this.network = network;
        this.kernel = kernel;
        this.instance = instance;
        this.registry = registry;
        this.groups = groups;
        this.ids = ids;
    }

    /** What concerns {@code config}. A subhost that runs already does not stand in its own way. */
    HostFacts read(SubhostConfig config, Optional<Fd> mounts) throws KernelException {
        return read(config, mounts, registry.find(config.name()).filter(subhost -> subhost.state().isLive()).isPresent());
    }

    /** The same for the thread that boots it: nothing of it exists yet. */
    HostFacts readForLane(SubhostConfig config, Optional<Fd> mounts) throws KernelException {
        return read(config, mounts, false);
    }

    /** What is read of the file system, all of it in one mount namespace. */
    private record Places(Map<Path, PathFacts> paths, List<HostFacts.Neighbour> neighbours, Map<Path, List<Path>> holes,
            RootOffers offers, HostFacts.Trust trust, HostFacts.Generations generations) {
    }

    private HostFacts read(SubhostConfig config, Optional<Fd> mounts, boolean live) throws KernelException {
        Places places = PrivateMounts.in(kernel, mounts, place -> {
            PathReader reader = new PathReader(kernel.files());
            HostFacts.Generations generations = generations(config);
            Map<Path, PathFacts> paths = paths(config, generations.directories(), reader);
            return new Places(paths, neighbours(config, reader), holes(config, reader),
                    RootOffers.read(kernel, config, generations.directories(), paths), new TrustReader(kernel, registry).read(config, reader), generations);
        });
        return new HostFacts(places.paths(), links(config, live), netns(config, live), places.neighbours(),
                places.holes(), places.offers().services(), places.trust(), instance.reaper(), hostname(), new NameServers(Path.of("/")).text(), instance.cgroup(config.name()),
                groups.available() ? Optional.of(instance.cgroup(config.name())) : Optional.empty(), groups.limitDevices(),
                new ResourceFacts(kernel).of(config),
                ids.facts(config, ownIds(config, live)),
                Files.isExecutable(Path.of("/sbin/ifup")) || Files.isExecutable(Path.of("/usr/sbin/ifup")),
                places.offers().init(), network.read(config, places.offers().dhcp()), places.offers().units(),
                places.offers().profiles(), places.generations());
    }

    private HostFacts.Generations generations(SubhostConfig config) throws KernelException {
        if (config.root().kind() != RootKind.OVERLAY || config.root().throwAway().isPresent()) {
            return HostFacts.Generations.NONE;
        }
        Chain chain = Generations.of(kernel, config.root().upper()).chain();
        return new HostFacts.Generations(chain.directories(), Overlaps.of(kernel, config.root().lowers(), chain.directories()), chain.fault());
    }

    private Optional<IdRange> ownIds(SubhostConfig config, boolean live) {
        return !live ? Optional.empty() : registry.find(config.name()).map(self -> Holes.security(self.record().asked().settings()).userns())
                .flatMap(Userns::range);
    }

    /** @param generations which say as UPPER does what the subhost has of its own */
    private static Map<Path, PathFacts> paths(SubhostConfig config, List<Path> generations, PathReader reader) {
        List<Path> asked = new ArrayList<>(config.root().lowers());
        asked.addAll(List.of(config.base(), config.root().live(), config.root().upper(), config.root().work(), config.log()));
        Map<Path, PathFacts> facts = new HashMap<>();
        asked.forEach(path -> facts.computeIfAbsent(path, reader::facts));
        config.root().lowers().forEach(lower -> facts.computeIfPresent(lower, Lowers::facts));
        if (Stream.concat(Stream.of(config.root().upper()), generations.stream()).anyMatch(own -> reader.isIn(own, INTERFACES))) {
            facts.put(config.root().upper().resolve(INTERFACES), THERE);
        }
        return facts;
    }

    private Map<String, HostFacts.Link> links(SubhostConfig config, boolean live) throws KernelException {
        Map<String, HostFacts.Link> links = new LinkedHashMap<>();
        if (config.cables().isEmpty()) {
            return links;
        }
        String own = instance.cgroup(config.name());
        try (Links host = kernel.openLinks()) {
            for (Link link : live ? host.list() : concerning(config, host)) {
                if (!live || !link.alias().equals(own)) {
                    links.put(link.name(), new HostFacts.Link(link.isBridge(), link.mac().orElse("")));
                }
            }
        }
        if (live) {
            // VLANs on our own host ends have no alias.
            registry.find(config.name()).ifPresent(self -> self.record().onHost().hostEnds().forEach(links::remove));
        }
        return links;
    }

    /** The few that it names: a host with 500 subhosts has 1000. All where a MAC may be anybody's, or a bridge is missing and the others are told. */
    private static List<Link> concerning(SubhostConfig config, Links host) throws KernelException {
        Set<String> bridges = new LinkedHashSet<>();
        Set<String> names = new LinkedHashSet<>();
        for (Cable cable : config.cables()) {
            String hostEnd = config.hostEnd(cable.index());
            names.add(hostEnd);
            cable.vlans().forEach(vlan -> names.add(hostEnd + "." + vlan.tag()));
            cable.bridge().ifPresent(bridges::add);
            cable.vlans().forEach(vlan -> vlan.bridge().ifPresent(bridges::add));
        }
        List<Link> found = host.find(bridges);
        if (found.size() < bridges.size() || config.cables().stream().anyMatch(cable -> cable.mac().isPresent())) {
            return host.list();
        }
        return Stream.concat(found.stream(), host.find(names).stream()).toList();
    }

    private Set<String> netns(SubhostConfig config, boolean live) throws KernelException {
        return !live && kernel.namespaces().netnsExists(config.name()) ? Set.of(config.name()) : Set.of();
    }

    private List<HostFacts.Neighbour> neighbours(SubhostConfig config, PathReader reader) {
        return registry.all().stream().map(Subhost::record).filter(other -> other.state().isLive() && !other.name().equals(config.name()))
                .map(other -> new HostFacts.Neighbour(other.name(), facts(other.root().upper(), reader), facts(other.root().work(), reader),
                        Set.copyOf(other.onHost().macs()), Set.copyOf(other.onHost().hostEnds())))
                .toList();
    }

    /** @param recorded empty where the record was lost */
    private static PathFacts facts(String recorded, PathReader reader) {
        return recorded.isEmpty() ? PathFacts.ABSENT : reader.facts(ByteText.path(recorded));
    }

    private static Map<Path, List<Path>> holes(SubhostConfig config, PathReader reader) {
        Map<Path, List<Path>> holes = new LinkedHashMap<>();
        if (config.root().kind() != RootKind.OVERLAY) {
            return holes;
        }
        Map<Path, String> types = new HashMap<>();
        for (MountInfo mount : reader.mounts()) {
            types.put(ByteText.path(mount.mountPoint()), mount.fileSystem());
        }
        for (Path lower : config.root().lowers()) {
            List<Path> below = reader.mountsBelow(lower).stream().filter(path -> !NO_HOLES.contains(types.getOrDefault(path, "")))
                    .filter(path -> !path.startsWith("/run") && !config.base().startsWith(path) || !lower.equals(Path.of("/"))).toList();
            if (!below.isEmpty()) {
                holes.put(lower, below);
            }
        }
        return holes;
    }

    private static String hostname() {
        return firstLine(Path.of("/proc/sys/kernel/hostname")).orElse("localhost");
    }

    private static Optional<String> firstLine(Path file) {
        try {
            return Files.readString(file).lines().findFirst();
        } catch (IOException none) {
            return Optional.empty();
        }
    }
}
