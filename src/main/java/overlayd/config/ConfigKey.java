package overlayd.config;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

import static overlayd.config.KeyRow.later;
import static overlayd.config.KeyRow.row;
import static overlayd.config.Origin.OURS;
import static overlayd.config.Origin.SEED;
import static overlayd.config.Origin.UPSTREAM;

/**
 * The one table of configuration keys. The parser, the example file, subhost.conf(5) and the completion derive from it;
 * a test compares them.
 */
public enum ConfigKey {
    NAME(row(SEED, ValueKind.NAME, "short name of the subhost, at most 12 characters")
            .computed("the file's name without .conf").example("web")),
    BASE(row(SEED, ValueKind.PATH, "directory of the subhost; other relative paths are relative to it")
            .computed("required").example("/var/lib/subhosts/web")),
    CABLES(row(SEED, ValueKind.CABLES, "network cables into bridges, and VLANs on them")
            .byDefault("").example("br0=02:00:00:00:00:01 =.302")),
    LIVE(row(SEED, ValueKind.PATH, "mount point of the subhost's root; must exist")
            .byDefault("$BASE/live").example("/mnt/web")),
    LOWER(row(SEED, ValueKind.LOWERS, "lower directory or image file, read-only; several from top to bottom as a:b")
            .byDefault("/").example("/srv/roots/bookworm")),
    UPPER(row(SEED, ValueKind.UPPER, "upper directory, the subhost's own files; a program that sets one up; or tmp:[size], thrown away")
            .byDefault("$BASE/root").example("/srv/web/upper")),
    WORK(row(SEED, ValueKind.PATH, "work directory of the overlay, on the mount of UPPER and outside it")
            .byDefault("$BASE/work").example("/srv/web/work")),
    LOG(row(SEED, ValueKind.PATH, "file for what boot and console of the subhost print")
            .byDefault("/tmp/overlay-$NAME.log").hostWide().example("/var/log/overlayd/$NAME.log")),
    START(row(SEED, ValueKind.SERVICES, "services to start, in order; stopped in reverse")
            .byDefault("networking ssh").hostWide().example("networking nginx")),
    RAM_SIZE(row(SEED, ValueKind.SIZE, "size of the tmpfs on /run; none = no mount")
            .byDefault("50M").hostWide().example("10%")),
    SHARE(row(UPSTREAM, ValueKind.SHARE, "file or directory of the host bind-mounted into the subhost; may occur again")
            .byDefault("").repeatable().noCommand().example("/srv/www:/var/www,ro")),
    PREMOUNT(row(UPSTREAM, ValueKind.HOOK, "command before the root is mounted; argument UPPER")
            .computed("built-in").example("/usr/local/sbin/prepare-web --quick")),
    POSTMOUNT(row(UPSTREAM, ValueKind.HOOK, "command after the root is mounted; arguments LIVE and UPPER")
            .computed("built-in").example("/usr/local/sbin/finish-web")),
    INIT(row(UPSTREAM, ValueKind.INIT, "command that prints the init script, or a full init of the subhost")
            .computed("built-in").example("/sbin/init")),
    REAPER(row(UPSTREAM, ValueKind.INNER_PATH, "program in the subhost that the init script ends in")
            .byDefault("/.reaper").example("/usr/sbin/my-reaper")),
    HOSTNAME(row(OURS, ValueKind.HOSTNAME, "host name in the subhost; host = the host's own")
            .byDefault("$NAME").example("www.example.org")),
    ENVIRONMENT(row(OURS, ValueKind.ENVIRONMENT, "environment variables of everything booted in the subhost")
            .byDefault("").example("TZ=Europe/Paris GREETING=\"hello world\"")),
    START_TIMEOUT(row(OURS, ValueKind.DURATION, "how long one service may take to start")
            .byDefault("90s").hostWide().example("2min")),
    STOP_TIMEOUT(row(OURS, ValueKind.DURATION, "how long one service may take to stop, and processes after TERM")
            .byDefault("10s").hostWide().example("30s")),
    HOOK_TIMEOUT(row(OURS, ValueKind.DURATION, "how long a hook, an UPPER program or a ! command may run")
            .byDefault("30s").hostWide().noCommand().example("5min")),
    ADDRESS(row(OURS, ValueKind.ADDRESSES, "IP addresses given to the inner ends at boot; where it is not set, the subhost's own programs see to that")
            .byDefault("").example("eth0=10.0.3.5/24 eth0=fd00:3::5/64")),
    GATEWAY(row(OURS, ValueKind.GATEWAYS, "default routes; auto sets the bridge's address by itself")
            .byDefault("").example("10.0.3.1")),
    DNS(row(OURS, ValueKind.SERVERS, "name servers of the subhost; host = those the host really asks")
            .byDefault("host").hostWide().example("192.0.2.53 2001:db8::53")),
    PROFILE(row(OURS, ValueKind.PROFILE, "how a subhost's root is kept from being the host's; compat = as open as overlay-boot 1.6.4")
            .byDefault("default").hostWide().noCommand().example("compat")),
    PRIVILEGED(row(OURS, ValueKind.YES_NO, "PROFILE=compat by the name that others have for it: the subhost's root is the host's")
            .byDefault("no").noCommand().example("yes")),
    CAPS(row(OURS, ValueKind.CAPS, "capabilities added to the profile's, or taken from them")
            .byDefault("").noCommand().example("+sys_time -net_raw")),
    SECCOMP(row(OURS, ValueKind.SECCOMP, "the filter of system calls, or calls allowed or denied beside the profile's")
            .byDefault("yes").noCommand().example("+keyctl +add_key")),
    USERNS(row(OURS, ValueKind.USERNS, "ids of the host that stand for the subhost's, so that its root is nobody there; for untrusted tenants")
            .byDefault("none").hostWide().noCommand().example("auto")),
    NESTING(row(OURS, ValueKind.YES_NO, "whether programs of the subhost may make user namespaces (bubblewrap, Chrome)")
            .byDefault("no").noCommand().example("yes")),
    DEVICES(row(OURS, ValueKind.DEVICES, "device nodes of the host that the subhost has too")
            .byDefault("").noCommand().example("/dev/net/tun /dev/fuse")),
    HIDE(row(OURS, ValueKind.HIDE, "what of LOWER the subhost does not see; secrets = keys, password hashes and /root")
            .byDefault("").noCommand().example("secrets /srv/private")),
    SOCKET_GROUP(row(OURS, ValueKind.GROUP, "group of the host whose members may use the control socket; each of them can become root")
            .byDefault("").hostOnly().noCommand().example("overlayd")),
    DAEMON_LOG(row(OURS, ValueKind.SINK, "where the daemon's own messages go; auto = the journal where systemd reads standard error, else standard error")
            .byDefault("auto").hostOnly().noCommand().example("syslog")),
    METRICS_SOCKET(row(OURS, ValueKind.PATH, "socket on which whoever reaches it reads the numbers of all subhosts, as Prometheus does; empty = none")
            .byDefault("").hostOnly().noCommand().example("/run/overlayd-metrics/socket")),
    MEMORY(row(OURS, ValueKind.MEMORY, "most memory the subhost may use, swap included")
            .byDefault("none").hostWide().example("512M")),
    CPUS(row(OURS, ValueKind.PROCESSORS, "how many processors' time the subhost may use")
            .byDefault("none").hostWide().example("1.5")),
    PIDS(row(OURS, ValueKind.COUNT, "most processes and threads the subhost may have at once")
            .byDefault("2048").hostWide().example("500")),
    IO(row(OURS, ValueKind.RATES, "how many bytes a second may be read from a disk, and as many written; UPPER's where none is named")
            .byDefault("none").hostWide().example("20M /dev/sdb=5M")),
    READY(row(OURS, ValueKind.READY, "what must be true in the subhost, beside its services started, for the boot to be over")
            .byDefault("").innerCommand().example("tcp:22 file:/run/nginx.pid")),
    READY_TIMEOUT(row(OURS, ValueKind.DURATION, "how long to wait for READY")
            .byDefault("60s").hostWide().example("2min")),
    AFTER(row(OURS, ValueKind.NAMES, "subhosts that are booted before this one, where they are booted with it, and stopped after it")
            .byDefault("").noCommand().example("mail")),
    REQUIRES(row(OURS, ValueKind.NAMES, "subhosts without which this one does not boot; booted before it, stopped after it")
            .byDefault("").noCommand().example("db")),
    RESTART(row(OURS, ValueKind.RESTART, "whether to boot again when the subhost has ended without being stopped")
            .byDefault("no").hostWide().noCommand().example("on-failure")),
    AUTOSTART(row(OURS, ValueKind.YES_NO, "whether overlay-boot --all boots it, which the host does at its start")
            .byDefault("no").noCommand().example("yes")),
    PUBLISH(row(OURS, ValueKind.PORTS, "ports of the host forwarded into the subhost")
            .byDefault("").example("8080:80 53:53/udp")),
    OVLS(later("transient layers on top of LOWER")),
    SETUP(later("variants of the layers"));

    private static final Map<String, ConfigKey> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Enum::name, Function.identity()));

    private final KeyRow row;

    ConfigKey(KeyRow row) {
        this.row = row;
    }

    /** The key of exactly this name. */
    public static Optional<ConfigKey> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** Upstream's or ours. */
    public Origin origin() {
        return row.origin();
    }

    /** How the value is read. */
    public ValueKind kind() {
        return row.kind();
    }

    /** One sentence without full stop. */
    public String doc() {
        return row.doc();
    }

    /** A value that can stand in a file as it is; empty for keys not implemented. */
    public String example() {
        return row.example();
    }

    /** The default as a value may be written ({@code $BASE/live}), where there is such a text. */
    public Optional<String> defaultText() {
        return row.defaultText();
    }

    /** The default as documentation shows it. */
    public String defaultShown() {
        return row.defaultShown();
    }

    /** True when each occurrence counts, not only the first. */
    public boolean repeatable() {
        return row.marks().contains(KeyRow.Mark.REPEATABLE);
    }

    /** True when a value may be {@code !command}. */
    public boolean allowsCommand() {
        return !row.marks().contains(KeyRow.Mark.NO_COMMAND);
    }

    /** True when a value that begins with ! is a command of the subhost's own, not one of the host that computes the value. */
    boolean innerCommand() {
        return row.marks().contains(KeyRow.Mark.INNER_COMMAND);
    }

    /** True when overlayd.conf may set the default for all subhosts. */
    public boolean hostWide() {
        return row.marks().contains(KeyRow.Mark.HOST_WIDE);
    }

    /** True when it stands in overlayd.conf alone: it is the daemon's. */
    public boolean hostOnly() {
        return row.marks().contains(KeyRow.Mark.HOST_ONLY);
    }

    /** False: this version refuses the key. */
    public boolean implemented() {
        return row.kind() != ValueKind.LATER;
    }

    /** True when the value, without {@code !}, is itself run on the host: the file must be trusted. */
    boolean isHook() {
        return row.kind() == ValueKind.HOOK || row.kind() == ValueKind.INIT;
    }

    boolean isPath() {
        return row.kind() == ValueKind.PATH || row.kind() == ValueKind.UPPER;
    }
}
