package overlayd.plan;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import overlayd.config.FileTrust;
import overlayd.config.IdRange;
import overlayd.unit.UnitFiles;

/**
 * Everything about the host that planning one subhost needs: read beforehand, changed by nobody here, and enough to plan (and to
 * test planning) without a privilege.
 *
 * @param paths facts of every path the configuration names
 * @param links every network interface of the host by name
 * @param netns names pinned under /run/netns
 * @param subhosts other subhosts that run or boot, of this instance
 * @param holes mount points below a lowerdir: an overlay shows an empty directory there
 * @param services for each service of START what the root offers for it
 * @param trust who else could change what is done as root
 * @param reaper the reaper program
 * @param hostname the host's own name
 * @param resolvConf text for the subhost's /etc/resolv.conf
 * @param tag whose things are: the instance's id and the subhost's name, as alias of its links
 * @param cgroup path of the subhost's group below each hierarchy's root; empty where there is no cgroup file system
 * @param deviceControl whether a control group can be kept from opening devices
 * @param resources what can be limited
 * @param ids what is known of the ids that USERNS asks for
 * @param ifupdown whether ifup(8) is installed on the host
 * @param init what INIT leads to when it names a full init of the root; empty otherwise, or when it is not there
 * @param network what ADDRESS and PUBLISH need to know
 * @param units for each service of START that names a unit file, what the root has of it
 * @param profiles for each service of START, or for {@link #WHOLE_ROOT}, the host's AppArmor profiles that hold for a program of it
 * @param generations what UPPER lies on before LOWER comes
 */
public record HostFacts(Map<Path, PathFacts> paths, Map<String, Link> links, Set<String> netns, List<Neighbour> subhosts,
        Map<Path, List<Path>> holes, Map<String, Service> services, Trust trust, Path reaper, String hostname, String resolvConf,
        String tag, Optional<String> cgroup, boolean deviceControl, Resources resources, Ids ids, boolean ifupdown, Optional<InitSystem> init,
        NetworkFacts network, Map<String, UnitFiles> units, Map<String, List<HostProfile>> profiles, Generations generations) {
    /** Stands for all programs of a root whose init starts what it likes. */
    public static final String WHOLE_ROOT = "";

    public HostFacts {
        paths = Map.copyOf(paths);
        links = Map.copyOf(links);
        netns = Set.copyOf(netns);
        subhosts = List.copyOf(subhosts);
        holes = Map.copyOf(holes);
        services = Map.copyOf(services);
        units = Map.copyOf(units);
        profiles = Map.copyOf(profiles);
    }

    /**
     * Who else than root could change what is done as root.
     *
     * @param programs of the configuration's own programs those that others can change, and how
     * @param kept the configuration file or program that lies among a subhost's own files, and whose; empty: none does
     * @param upperOpen whether every user of the host can reach UPPER
     * @param shares what is shared, and its path without links
     */
    public record Trust(Map<Path, FileTrust.Breach> programs, Optional<Kept> kept, boolean upperOpen, Map<Path, Path> shares) {
        /** Nobody can. */
        public static final Trust SOUND = new Trust(Map.of(), Optional.empty(), false);

        public Trust(Map<Path, FileTrust.Breach> programs, Optional<Kept> kept, boolean upperOpen) {
            this(programs, kept, upperOpen, Map.of());
        }

        public Trust {
            programs = Map.copyOf(programs);
            shares = Map.copyOf(shares);
        }
    }

    /** A file, or link, that {@code subhost}'s root can change. */
    public record Kept(Path file, String subhost) {
    }

    /**
     * What of the host can be limited.
     *
     * @param controllers "memory", "cpu", "pids", "io": those that control groups here have
     * @param disks for each path that IO means, the number "254:0" of the whole disk it lies on; absent where it lies on none
     * @param memoryBytes the host's memory, where MEMORY is a part of it; else 0
     * @param processors the host's processors, where CPUS is set; else 0
     */
    public record Resources(Set<String> controllers, Map<Path, String> disks, long memoryBytes, int processors) {
        public Resources {
            controllers = Set.copyOf(controllers);
            disks = Map.copyOf(disks);
        }
    }

    /**
     * For a configuration with USERNS: which ids it may have.
     *
     * @param range those it asks for, or for auto some that nobody has; empty where there are none left
     * @param users who has some of them already, in words
     */
    public record Ids(Optional<IdRange> range, List<String> users) {
        /** Where there is no USERNS. */
        public static final Ids NONE = new Ids(Optional.empty(), List.of());

        public Ids {
            users = List.copyOf(users);
        }
    }

    /**
     * Former upperdirs that are lowerdirs now, above LOWER's.
     *
     * @param directories top first
     * @param around directories of LOWER that one of them lies inside of, on the same file system
     * @param fault why they cannot be told, one sentence
     */
    public record Generations(List<Path> directories, Set<Path> around, Optional<String> fault) {
        /** Of an upperdir that was never checkpointed. */
        public static final Generations NONE = new Generations(List.of(), Set.of(), Optional.empty());

        public Generations {
            directories = List.copyOf(directories);
            around = Set.copyOf(around);
        }
    }

    /** One network interface of the host. */
    public record Link(boolean bridge, String mac) {
    }

    /** Another subhost: what must not be used twice. */
    public record Neighbour(String name, PathFacts upper, PathFacts work, Set<String> macs, Set<String> hostEnds) {
    }

    /** What the subhost's root offers for a service name. */
    public enum Service { INIT_SCRIPT, PROGRAM, SYSTEMD_UNIT_ONLY, UNIT, ABSENT }

    /** Facts of {@code path}; {@link PathFacts#ABSENT} for one nobody asked about. */
    public PathFacts of(Path path) {
        return paths.getOrDefault(path, PathFacts.ABSENT);
    }
}
