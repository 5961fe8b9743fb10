package overlayd.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What several subhosts must not have in common: NAME, names of interfaces on the host ({@code web1} + {@code 0} and
 * {@code web} + {@code 10} are one), MAC addresses, UPPER and WORK, ids of USERNS. Pure; says nothing about what exists on the host.
 */
public final class Collisions {
    private static final Map<Rule, String> REMEDIES = Map.of(
            Rule.NAME_TWICE, "choose another NAME",
            Rule.INTERFACE_COLLISION, "choose another NAME",
            Rule.MAC_TWICE, "give each cable its own address",
            Rule.UPPER_TWICE, "two overlays on one directory damage each other; choose another",
            Rule.USERNS_TWICE, "give each its own ids, or write USERNS=auto");

    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, SubhostConfig> names = new HashMap<>();
    private final Map<String, SubhostConfig> interfaces = new HashMap<>();
    private final Map<Mac, SubhostConfig> macs = new HashMap<>();
    private final Map<Path, SubhostConfig> written = new HashMap<>();
    private final Map<IdRange, SubhostConfig> ids = new LinkedHashMap<>();

    private Collisions() {}

    /** Every collision, told in the later of the two files. A file given twice is one subhost. */
    public static List<Problem> find(List<SubhostConfig> configs) {
        Collisions collisions = new Collisions();
        Map<Path, SubhostConfig> files = new HashMap<>();
        for (SubhostConfig config : configs) {
            if (files.putIfAbsent(config.file(), config) == null) collisions.add(config);
        }
        return List.copyOf(collisions.problems);
    }

    private void add(SubhostConfig config) {
        SubhostConfig same = names.putIfAbsent(config.name(), config);
        if (same != null) {
            // The interfaces collide as well, which tells nothing new.
            told(Rule.NAME_TWICE, config, config.at(ConfigKey.NAME), "NAME " + config.name() + " is also the name of", same);
        }
        for (Cable cable : config.cables()) cable(config, cable);
        config.security().userns().range().ifPresent(range -> ids(config, range));
        if (config.root().kind() != RootKind.OVERLAY || config.root().throwAway().isPresent()) return;
        upper(config, ConfigKey.UPPER, config.root().upper());
        upper(config, ConfigKey.WORK, config.root().work());
    }

    private void cable(SubhostConfig config, Cable cable) {
        hostEnd(config, config.hostEnd(cable.index()), cable.bridgeAt());
        for (Vlan vlan : cable.vlans()) hostEnd(config, config.hostEnd(cable.index()) + "." + vlan.tag(), vlan.bridgeAt());
        cable.mac().ifPresent(mac -> {
            SubhostConfig other = macs.putIfAbsent(mac, config);
            if (other != null && other != config) {
                told(Rule.MAC_TWICE, config, cable.bridgeAt(), "MAC address " + mac + " is also used by", other);
            }
        });
    }

    private void hostEnd(SubhostConfig config, String name, Position at) {
        SubhostConfig other = interfaces.putIfAbsent(name, config);
        if (other != null && !other.name().equals(config.name())) {
            told(Rule.INTERFACE_COLLISION, config, at, "interface " + name + " is also the host end of a cable of", other);
        }
    }

    private void ids(SubhostConfig config, IdRange range) {
        ids.entrySet().stream().filter(other -> other.getKey().overlaps(range)).findFirst().ifPresent(other ->
                told(Rule.USERNS_TWICE, config, config.at(ConfigKey.USERNS), "ids " + range + " are also used, as " + other.getKey() + ", by",
                        other.getValue()));
        ids.putIfAbsent(range, config);
    }

    private void upper(SubhostConfig config, ConfigKey key, Path path) {
        SubhostConfig other = written.putIfAbsent(path, config);
        if (other != null && other != config) {
            told(Rule.UPPER_TWICE, config, config.at(key), key + " " + ByteText.of(path) + " is also used by", other);
        }
    }

    private void told(Rule rule, SubhostConfig config, Position at, String message, SubhostConfig other) {
        problems.add(new Problem(config.file(), at.line(), at.column(), rule.severity(), rule.id(),
                message + " " + ByteText.of(other.file()), REMEDIES.get(rule)));
    }
}
