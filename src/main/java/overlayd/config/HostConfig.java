package overlayd.config;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * overlayd.conf: the same language, with the keys that are {@link ConfigKey#hostWide()}; sets their defaults for every
 * subhost.
 *
 * @param defaults what it sets; nothing when a problem is an error
 * @param problems all, in the order of the file
 */
public record HostConfig(HostDefaults defaults, List<Problem> problems) {
    public HostConfig {
        problems = List.copyOf(problems);
    }

    /** True when the file cannot be used. */
    public boolean hasErrors() {
        return problems.stream().anyMatch(Problem::isError);
    }

    /** Reads overlayd.conf. */
    public static HostConfig read(ConfigFile file, Strictness strictness) {
        Parsed parsed = ConfigParser.parse(file.path(), file.bytes());
        Findings findings = new Findings(file.path(), strictness);
        findings.addAll(parsed.problems());
        file.trust().breach().ifPresent(b ->
                findings.add(Rule.UNTRUSTED_FILE, Position.START, "overlayd.conf is not used: " + b.message(), b.remedy()));
        Map<ConfigKey, String> texts = new EnumMap<>(ConfigKey.class);
        List<Assignment> usable = new ArrayList<>();
        for (Assignment a : parsed.assignments()) {
            if (!a.key().hostWide()) {
                findings.add(Rule.NOT_HOST_WIDE, a.at(), a.key() + " cannot be set for all subhosts",
                        "set it in the subhost's own file");
            } else if (a.isCommand()) {
                findings.add(Rule.COMMAND_NOT_ALLOWED, a.valueAt(), a.key() + " takes no ! command here",
                        "set it in the subhost's own file");
            } else if (!a.value().isEmpty()) {
                texts.putIfAbsent(a.key(), a.value());
                usable.add(a);
            }
        }
        tryOut(new Parsed(parsed.file(), usable, List.of()), findings);
        return new HostConfig(findings.hasErrors() ? HostDefaults.NONE : new HostDefaults(texts), findings.sorted());
    }

    /** sun_path of unix(7) has 108 bytes, the last of them NUL. */
    private static final int LONGEST_SOCKET = 107;

    private static void metricsSocket(Located path, Findings findings) {
        boolean sound = path.text().isEmpty() || path.text().startsWith("/") && ByteText.encode(path.text()).length <= LONGEST_SOCKET;
        if (!sound) {
            findings.add(Rule.METRICS_SOCKET_PATH, path.at(), "METRICS_SOCKET is not absolute, or longer than " + LONGEST_SOCKET + " bytes: "
                    + ConfigParser.clip(path.text()), "for instance /run/overlayd-metrics/socket, in a directory that only those reach who may read it");
        }
    }

    /** Reads the values as if they stood in the file of a subhost, so that what is wrong is told where it stands. */
    private static void tryOut(Parsed parsed, Findings findings) {
        List<Assignment> whole = new ArrayList<>(parsed.assignments());
        whole.add(0, new Assignment(ConfigKey.BASE, "/", Assignment.Quoting.NONE, Position.START, Position.START));
        Values values = new Values(new Parsed(parsed.file(), whole, List.of()), HostDefaults.NONE, findings,
                command -> new CommandRunner.Failed("not run", ""));
        new BootReader(values).read();
        SizeReader.timeouts(values);
        new SecurityReader(values).read();
        LimitReader.read(values, "");
        Located sink = values.text(ConfigKey.DAEMON_LOG);
        if (DaemonLog.of(sink.text()).isEmpty()) {
            findings.add(Rule.CHOICE, sink.at(), "DAEMON_LOG is not " + ConfigParser.clip(sink.text()), "write auto, journal, syslog or stderr");
        }
        metricsSocket(values.text(ConfigKey.METRICS_SOCKET), findings);
        Optional.of(values.text(ConfigKey.LOG)).filter(log -> !log.text().startsWith("/")).ifPresent(log ->
                findings.add(Rule.LOG_NOT_ABSOLUTE, log.at(), "LOG is not absolute: " + ConfigParser.clip(log.text()),
                        "it serves all subhosts: /var/log/overlayd/$NAME.log"));
    }
}
