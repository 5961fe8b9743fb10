package overlayd.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import overlayd.config.ConfigFile;
import overlayd.config.ConfigReader;
import overlayd.config.HostDefaults;
import overlayd.config.Reading;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;

/** A host made of facts, for tests: everything that a subhost "web" under /srv/web needs is there, until a test says otherwise. */
final class Host {
    static final Path FILE = Path.of("/etc/subhosts/web.conf");
    static final String TAG = "overlayd-fe00-2a/web";

    final Map<Path, PathFacts> paths = new HashMap<>();
    final Map<String, HostFacts.Link> links = new HashMap<>();
    final Set<String> netns = new HashSet<>();
    final List<HostFacts.Neighbour> neighbours = new ArrayList<>();
    final Map<Path, List<Path>> holes = new HashMap<>();
    final Map<String, HostFacts.Service> services = new HashMap<>();
    final Map<String, overlayd.unit.UnitFiles> units = new HashMap<>();
    final Map<String, List<HostProfile>> profiles = new HashMap<>();
    boolean ifupdown = true;
    HostFacts.Resources resources = new HostFacts.Resources(Set.of("memory", "cpu", "pids", "io"), Map.of(), 8L << 30, 4);
    Optional<String> cgroup = Optional.of(TAG);
    boolean deviceControl = true;
    HostFacts.Trust trust = HostFacts.Trust.SOUND;
    Optional<InitSystem> init = Optional.of(new InitSystem(InitSystem.Kind.SYSVINIT, OptionalInt.empty()));
    NetworkFacts network = NetworkFacts.NONE;
    HostFacts.Ids ids = HostFacts.Ids.NONE;
    private long inode = 100;

    Host() {
        for (String path : new String[] {"/", "/srv/web", "/srv/web/live", "/srv/web/root", "/srv/web/work"}) {
            directory(path);
        }
        links.put("br0", new HostFacts.Link(true, "02:00:00:00:00:01"));
        links.put("br1", new HostFacts.Link(true, "02:00:00:00:00:02"));
        links.put("enp1s0", new HostFacts.Link(false, "52:54:00:12:34:56"));
    }

    HostFacts.Generations generations = HostFacts.Generations.NONE;

    /** An ordinary directory of its own on the mount with id 7. */
    PathFacts directory(String path) {
        PathFacts facts = new PathFacts(PathFacts.Kind.DIRECTORY, 0xfe00, inode++, 0, 0755, 7, "ext4", true, 0);
        paths.put(Path.of(path), facts);
        return facts;
    }

    void put(String path, PathFacts facts) {
        paths.put(Path.of(path), facts);
    }

    HostFacts facts() {
        return new HostFacts(paths, links, netns, neighbours, holes, services, trust, Path.of("/usr/lib/overlayd/reaper"), "mainhost",
                "nameserver 192.0.2.53\n", TAG, cgroup, deviceControl, resources, ids, ifupdown, init, network, units, profiles, generations);
    }

    Planner.Outcome plan(String... lines) {
        return Planner.plan(config(lines), facts(), Planner.Printed.NOTHING);
    }

    BootPlan good(String... lines) {
        Planner.Outcome outcome = plan(lines);
        return outcome.plan().orElseThrow(() -> new AssertionError(outcome.problems().toString()));
    }

    /** BASE is /srv/web unless the lines set another first. */
    static SubhostConfig config(String... lines) {
        String text = String.join("\n", lines) + "\nBASE=/srv/web\n";
        Reading reading = ConfigReader.showing(Strictness.BOOT, HostDefaults.NONE).read(ConfigFile.trusted(FILE, text));
        return reading.config().orElseThrow(() -> new AssertionError(reading.problems().toString()));
    }
}
