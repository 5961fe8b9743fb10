package overlayd.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one configuration file asks for: every value read, checked and defaulted. Facts of the host (does the bridge
 * exist, is WORK on UPPER's mount) are not part of it.
 *
 * @param file     the configuration file, absolute
 * @param name     NAME, at most 12 ASCII characters
 * @param base     BASE, absolute
 * @param root     what the subhost's root is made of
 * @param cables   in order; cable i has the ends NAMEi and ethi
 * @param boot     what runs in the subhost
 * @param hooks    what runs on the host around mounting
 * @param shares   in order of the file
 * @param log      LOG, absolute
 * @param timeouts how long things may take
 * @param security how it is confined
 * @param upkeep   what it may use, and whether it is booted again
 * @param addressing its addresses, gateways, name servers and published ports
 * @param origin   where in the file the values stand, and which were not known
 */
public record SubhostConfig(Path file, String name, Path base, Root root, List<Cable> cables, Boot boot, Hooks hooks,
        List<Share> shares, Path log, Timeouts timeouts, Security security, Upkeep upkeep, Addressing addressing, Source origin) {

    public SubhostConfig {
        cables = List.copyOf(cables);
        shares = List.copyOf(shares);
    }

    /**
     * What runs in the subhost.
     *
     * @param services    START
     * @param init        what pid 1 runs
     * @param reaper      program the init script ends in, a path in the subhost
     * @param ramSize     of the tmpfs on /run
     * @param hostname    empty: the host's own name
     * @param environment for everything booted, in order of the file
     * @param ready       what is waited for beside the services
     */
    public record Boot(Services services, Init init, String reaper, RamSize ramSize, Optional<String> hostname,
            Map<String, String> environment, Ready ready) {}

    /**
     * READY and READY_TIMEOUT.
     *
     * @param conditions each as /.reaper --await takes it: {@code tcp:22}, {@code file:/run/x}, or {@code command} and its words
     */
    public record Ready(List<List<String>> conditions, java.time.Duration timeout) {
        public Ready {
            conditions = List.copyOf(conditions);
        }
    }

    /** PREMOUNT and POSTMOUNT; empty: the built-in. */
    public record Hooks(Optional<HookCommand> premount, Optional<HookCommand> postmount) {}

    /** What the subhost may use while it runs, what becomes of it when it has ended, and whom it waits for. */
    public record Upkeep(Limits limits, Restart restart, Relations relations) {}

    /**
     * Where in the file the values stand.
     *
     * @param positions  of each key that the file sets
     * @param notRun     commands that were not run, so that a stand-in is in the place of their value: a configuration
     *                   with any can be shown but not booted
     */
    public record Source(Map<ConfigKey, Position> positions, List<ValueCommand> notRun) {
        public Source {
            positions = Map.copyOf(positions);
            notRun = List.copyOf(notRun);
        }
    }

    /** Where problems of this key belong: its value, or the first line when it is a default. */
    public Position at(ConfigKey key) {
        return origin.positions().getOrDefault(key, Position.START);
    }

    /** True when the file sets this key itself. */
    public boolean sets(ConfigKey key) {
        return origin.positions().containsKey(key);
    }

    /** False while a value is the stand-in of a command that was not run. */
    public boolean isComplete() {
        return origin.notRun().isEmpty();
    }

    /** Host end of cable {@code index}: NAMEi. */
    public String hostEnd(int index) {
        return name + index;
    }

    /** The bridge that an inner end (eth0, eth0.302) is plugged into on the host. */
    public Optional<String> bridgeOf(String end) {
        for (Cable cable : cables) {
            if (cable.subhostEnd().equals(end)) return cable.bridge();
            for (Vlan vlan : cable.vlans()) {
                if (end.equals(cable.subhostEnd() + "." + vlan.tag())) return vlan.bridge();
            }
        }
        return Optional.empty();
    }
}
