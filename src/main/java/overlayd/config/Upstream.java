package overlayd.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What overlay-boot 1.6.4 does otherwise than overlayd with one configuration file. Known by reading and running its scripts;
 * overlayd-upstream(7) has the same in general. Pure: says what the text alone tells.
 */
public final class Upstream {
    /**
     * One difference.
     *
     * @param at   where it stands in the file; empty for what follows from a default
     * @param key  of the file
     * @param text what 1.6.4 does; then, after a semicolon, what overlayd does. No full stop
     */
    public record Difference(Optional<Position> at, ConfigKey key, String text) {}

    private final List<Difference> found = new ArrayList<>();
    private final Parsed parsed;

    private Upstream(Parsed parsed) {
        this.parsed = parsed;
    }

    /** Every difference, in the order of the file; those of defaults last. What is wrong with the file is told by its problems. */
    public static List<Difference> differences(ConfigFile file) {
        Upstream upstream = new Upstream(ConfigParser.parse(file.path(), file.bytes()));
        upstream.parsed.assignments().forEach(upstream::line);
        Optional<SubhostConfig> config = ConfigReader.showing(Strictness.BOOT, HostDefaults.NONE).read(file).config();
        config.ifPresent(upstream::meaning);
        upstream.found.sort(Comparator.comparing(d -> d.at().map(Position::line).orElse(Integer.MAX_VALUE)));
        return List.copyOf(upstream.found);
    }

    private void add(ConfigKey key, String text) {
        found.add(new Difference(parsed.first(key).filter(a -> !a.value().isEmpty()).map(Assignment::at), key, text));
    }

    private boolean isSet(ConfigKey key) {
        return parsed.first(key).filter(a -> !a.value().isEmpty()).isPresent();
    }

    /** What one line tells, whatever it means. */
    private void line(Assignment a) {
        if (a.key() != ConfigKey.SHARE && parsed.first(a.key()).filter(first -> first != a).isPresent()) return;
        if (a.key().origin() == Origin.OURS || a.key() == ConfigKey.REAPER) {
            found.add(new Difference(Optional.of(a.at()), a.key(), "1.6.4 does not know the key and passes over it"));
            return;
        }
        if (a.quoting() == Assignment.Quoting.DOUBLE) {
            found.add(new Difference(Optional.of(a.at()), a.key(), "1.6.4 takes the quotation marks as part of the value"));
        }
        if (a.quoting() != Assignment.Quoting.SINGLE && a.value().contains("$") && KeyReferences.mentionsKey(a.value())) {
            found.add(new Difference(Optional.of(a.at()), a.key(), "1.6.4 leaves $KEY as it stands; overlayd puts the value of that key there"));
        }
        if (a.value().contains("$(") || a.value().contains("`")) {
            found.add(new Difference(Optional.of(a.at()), a.key(), "1.6.4 has a shell evaluate the value, and runs the command in it as root;"
                    + " for overlayd a value is data"));
        }
        if (a.isCommand() && (a.value().contains("\"") || a.value().contains("'"))) {
            found.add(new Difference(Optional.of(a.at()), a.key(), "1.6.4 splits the command at blanks only, quotation marks included;"
                    + " overlayd splits it as a shell does"));
        }
    }

    private void meaning(SubhostConfig config) {
        names(config);
        root(config);
        cables(config);
        hooks(config);
        config.shares().stream().filter(Share::readOnly).forEach(share -> found.add(new Difference(Optional.of(share.at()), ConfigKey.SHARE,
                "1.6.4 takes ,ro as part of the name in the subhost, and shares it writable")));
        if (!config.boot().services().list().isEmpty() && !(config.boot().init() instanceof Init.FullInit)) {
            add(ConfigKey.START, "1.6.4 never stops these services, only their processes; overlayd stops them in reverse order,"
                    + " each within STOP_TIMEOUT");
        }
        if (!isSet(ConfigKey.HOSTNAME)) {
            add(ConfigKey.HOSTNAME, "1.6.4 leaves the host's name in the subhost; overlayd sets " + config.name()
                    + " (HOSTNAME=host for the host's)");
        }
        if (!isSet(ConfigKey.PROFILE)) {
            add(ConfigKey.PROFILE, "1.6.4 confines nothing: root in the subhost is root of the host; overlayd's default profile does"
                    + " (PROFILE=compat for 1.6.4's openness)");
        }
    }

    private void names(SubhostConfig config) {
        if (!config.name().equals(HostDefaults.nameOf(config.file()))) {
            add(ConfigKey.NAME, "overlay-go, overlay-share and overlay-stop of 1.6.4 do not find a subhost whose NAME is not that of its file");
        }
        Optional<Assignment> log = parsed.first(ConfigKey.LOG).filter(a -> !a.value().isEmpty());
        add(ConfigKey.LOG, (log.isEmpty() ? "1.6.4 writes /tmp/oly-" + config.name() + ".log; overlayd " + ByteText.of(config.log())
                : log.get().value().startsWith("/") ? "1.6.4 writes the same file" : "1.6.4 takes the path from where it was called; overlayd from BASE")
                + ". 1.6.4 empties it at each boot and fills it with a shell's trace; overlayd appends, and cuts it at 10 MiB");
    }

    private void root(SubhostConfig config) {
        Root root = config.root();
        if (root.lowers().size() > 1) {
            add(ConfigKey.LOWER, "1.6.4 takes one directory and fails with a list; overlayd lays them over each other, the first on top");
        }
        if (root.kind() == RootKind.PREMOUNTED && !root.upper().equals(root.lower())) {
            add(ConfigKey.LIVE, "1.6.4 mounts an overlay on LIVE, although LOWER is the same directory; overlayd takes LIVE as a root that is"
                    + " mounted already");
        }
        if (root.throwAway().isPresent()) {
            add(ConfigKey.UPPER, "1.6.4 has no throw-away UPPER and fails");
        }
    }

    private void cables(SubhostConfig config) {
        if (config.cables().isEmpty()) return;
        List<String> bridges = config.cables().stream().flatMap(cable -> cable.bridge().stream()).distinct().toList();
        if (!bridges.isEmpty()) {
            add(ConfigKey.CABLES, "1.6.4 needs brctl, of the package bridge-utils, and boots with a dead cable where it, or the bridge "
                    + String.join(", ", bridges) + ", is missing; overlayd needs no brctl and refuses to boot without the bridge");
        }
        if (config.cables().stream().anyMatch(cable -> !cable.vlans().isEmpty())) {
            add(ConfigKey.CABLES, "1.6.4 only calls ifup for the VLAN's end on the host and makes none in the subhost; overlayd makes both");
        }
        if (config.root().kind() != RootKind.PREMOUNTED && config.hooks().premount().isEmpty()) {
            add(ConfigKey.CABLES, "the /etc/network/interfaces that 1.6.4 writes where UPPER has none knows lo only; overlayd's has "
                    + String.join(", ", config.cables().stream().map(Cable::subhostEnd).toList()) + ", too");
        }
    }

    private void hooks(SubhostConfig config) {
        config.hooks().premount().ifPresent(hook -> program(ConfigKey.PREMOUNT, hook));
        config.hooks().postmount().ifPresent(hook -> {
            program(ConfigKey.POSTMOUNT, hook);
            add(ConfigKey.POSTMOUNT, "1.6.4 hands over the word LIVE as first argument; overlayd the path of LIVE");
        });
        if (config.boot().init() instanceof Init.FullInit full) {
            add(ConfigKey.INIT, "1.6.4 runs " + full.argv().get(0) + " on the host and takes what it prints as the init script; overlayd runs it"
                    + " in the subhost as process 1");
        }
    }

    private void program(ConfigKey key, HookCommand hook) {
        if (!hook.argv().get(0).contains("/")) {
            add(key, "1.6.4 wants a path and does not look for " + hook.argv().get(0) + " in PATH");
        }
    }
}
