package overlayd.subhost;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlayd.config.Addressing;
import overlayd.config.Init;
import overlayd.config.RootKind;
import overlayd.config.Services.Service;
import overlayd.config.SubhostConfig;
import overlayd.facts.HostProfiles;
import overlayd.facts.InitFinder;
import overlayd.facts.Lowers;
import overlayd.facts.RootLayers;
import overlayd.facts.ServicePrograms;
import overlayd.facts.UnitFinder;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Tree;
import overlayd.plan.HostFacts;
import overlayd.plan.HostProfile;
import overlayd.plan.InitSystem;
import overlayd.plan.NetworkFacts.DhcpClient;
import overlayd.plan.PathFacts;
import overlayd.unit.UnitFiles;

/**
 * What the root of a subhost, which is not mounted yet, offers: read from its layers, top first.
 *
 * @param services for each service of START what there is of it
 * @param init what INIT leads to, when it names a full init
 * @param dhcp its DHCP client, when ADDRESS wants one
 * @param units the files of each service of START that is a unit
 * @param profiles the host's profiles that hold for its programs, by service
 */
record RootOffers(Map<String, HostFacts.Service> services, Optional<InitSystem> init, Optional<DhcpClient> dhcp, Map<String, UnitFiles> units,
        Map<String, List<HostProfile>> profiles) {

    RootOffers {
        services = Map.copyOf(services);
        units = Map.copyOf(units);
        profiles = Map.copyOf(profiles);
    }

    static RootOffers read(Kernel kernel, SubhostConfig config, List<Path> generations, Map<Path, PathFacts> paths) {
        boolean dhcp = !config.addressing().from(Addressing.Source.DHCP).isEmpty();
        if (config.boot().services().list().isEmpty() && !(config.boot().init() instanceof Init.FullInit) && !dhcp) {
            return new RootOffers(Map.of(), Optional.empty(), Optional.empty(), Map.of(), Map.of());
        }
        List<Fd> layers = open(kernel, config, generations, paths);
        try {
            List<Tree> trees = layers.stream().map(kernel.files()::tree).toList();
            Map<String, HostFacts.Service> services = new HashMap<>();
            Map<String, UnitFiles> units = new HashMap<>();
            RootLayers merged = new RootLayers(trees);
            UnitFinder finder = new UnitFinder(merged);
            for (Service service : config.boot().services().list()) {
                if (service.isUnit()) {
                    finder.find(service.word()).ifPresent(files -> units.put(service.word(), files));
                }
                services.put(service.word(), units.containsKey(service.word()) ? HostFacts.Service.UNIT : offer(service, trees));
            }
            return new RootOffers(services, config.boot().init() instanceof Init.FullInit full
                    ? new InitFinder(merged).find(full.argv().get(0)) : Optional.empty(),
                    dhcp ? NetworkFactsReader.client(file -> anywhere(trees, List.of(file))) : Optional.empty(), units,
                    new ServicePrograms(merged, units).under(HostProfiles.read(HostProfiles.LOADED, HostProfiles.WRITTEN), config));
        } finally {
            layers.forEach(Fd::close);
        }
    }

    private static List<Fd> open(Kernel kernel, SubhostConfig config, List<Path> generations, Map<Path, PathFacts> paths) {
        List<Path> roots = new ArrayList<>();
        if (config.root().kind() != RootKind.PREMOUNTED) {
            roots.add(config.root().upper());
        }
        roots.addAll(generations);
        roots.addAll(config.root().kind() == RootKind.BIND ? List.of() : config.root().lowers());
        Lowers lowers = new Lowers(kernel);
        List<Fd> opened = new ArrayList<>();
        for (Path root : roots) {
            try {
                opened.add(lowers.open(root, paths.getOrDefault(root, PathFacts.ABSENT)));
            } catch (KernelException unreadable) {
                // A missing layer is a problem of its own, found elsewhere; one that cannot be mounted is told by the boot's step.
            }
        }
        return opened;
    }

    private static HostFacts.Service offer(Service service, List<Tree> roots) {
        if (service.isProgram()) {
            return anywhere(roots, List.of(service.word().substring(1))) ? HostFacts.Service.PROGRAM : HostFacts.Service.ABSENT;
        }
        if (anywhere(roots, List.of("etc/init.d/" + service.word()))) {
            return HostFacts.Service.INIT_SCRIPT;
        }
        List<String> units = UnitFinder.DIRECTORIES.stream().map(directory -> directory + "/" + service.word() + ".service").toList();
        return anywhere(roots, units) ? HostFacts.Service.SYSTEMD_UNIT_ONLY : HostFacts.Service.ABSENT;
    }

    /** Whether one of the layers has one of the files, links resolved inside that layer. */
    private static boolean anywhere(List<Tree> roots, List<String> files) {
        return roots.stream().anyMatch(root -> files.stream().anyMatch(file -> has(root, file)));
    }

    private static boolean has(Tree root, String file) {
        try {
            return root.exists(file);
        } catch (KernelException unreadable) {
            return false;
        }
    }
}
