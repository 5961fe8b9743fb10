package overlayd.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static overlayd.config.ConfigKey.ENVIRONMENT;
import static overlayd.config.ConfigKey.HOSTNAME;
import static overlayd.config.ConfigKey.INIT;
import static overlayd.config.ConfigKey.READY;
import static overlayd.config.ConfigKey.READY_TIMEOUT;
import static overlayd.config.ConfigKey.REAPER;
import static overlayd.config.ConfigKey.START;

/** Reads what runs in the subhost: START, INIT, REAPER, HOSTNAME, ENVIRONMENT. */
final class BootReader {
    private static final Pattern SERVICE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.@+:-]*|/.*", Pattern.DOTALL);
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?");
    private static final Set<String> FULL_INITS = Set.of("/sbin/init", "/usr/sbin/init", "/lib/systemd/systemd",
            "/usr/lib/systemd/systemd", "/sbin/runit-init", "/usr/sbin/runit-init");

    private static final Pattern TCP = Pattern.compile("tcp:(\\[?[0-9a-fA-F.:]*[0-9a-fA-F.]\\]?:)?([0-9]{1,5})");

    private final Values values;
    private final Findings findings;

    BootReader(Values values) {
        this.values = values;
        this.findings = values.findings();
    }

    SubhostConfig.Boot read() {
        return new SubhostConfig.Boot(services(), init(), reaper(), SizeReader.read(values), hostname(), environment(), ready());
    }

    private Services services() {
        List<Located> words = values.text(START).words();
        List<Services.Service> list = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Located word : words) {
            if (!word.text().equals("none")) {
                service(word, list, names);
            } else if (words.size() > 1) {
                findings.add(Rule.NONE_AND_MORE, word.at(), "none stands beside other services", "START=none alone, or without it");
            }
        }
        return new Services(list, values.isSet(START) ? Services.ListOrigin.EXPLICIT : Services.ListOrigin.DEFAULT);
    }

    private void service(Located word, List<Services.Service> list, Set<String> names) {
        if (!SERVICE.matcher(word.text()).matches()) {
            findings.add(Rule.SERVICE_NAME, word.at(), ConfigParser.clip(word.text()) + " is not a service",
                    "write the name of an init script, or the absolute path of a start-stop program in the subhost");
        } else if (!names.add(word.text())) {
            findings.add(Rule.SERVICE_TWICE, word.at(), "service " + word.text() + " is twice in START, started once",
                    "remove one of them");
        } else {
            list.add(new Services.Service(word.text(), word.at()));
        }
    }

    private Init init() {
        List<Located> words = values.words(INIT);
        if (words.isEmpty()) return new Init.BuiltIn();
        Located first = words.get(0);
        if (FULL_INITS.contains(first.text())) return new Init.FullInit(words.stream().map(Located::text).toList());
        if (first.text().startsWith("exec:")) return execInit(words);
        return HookReader.command(INIT, words, values).<Init>map(Init.ScriptFrom::new).orElse(new Init.BuiltIn());
    }

    /** True for a value of INIT that names a program of the subhost, or a built-in: nothing of the file runs on the host. */
    static boolean runsInSubhost(Assignment a) {
        String first = a.value().split("[ \\t]", 2)[0];
        boolean full = a.key() == INIT && (FULL_INITS.contains(first) || first.startsWith("exec:"));
        return full || HookReader.isBuiltIn(a.value());
    }

    private Init execInit(List<Located> words) {
        Located path = words.get(0).from("exec:".length());
        if (!path.text().startsWith("/")) {
            findings.add(Rule.INNER_PATH, path.at(), "exec: needs an absolute path in the subhost", "write exec:/path/of/init");
            return new Init.BuiltIn();
        }
        List<String> argv = new ArrayList<>(words.stream().map(Located::text).toList());
        argv.set(0, path.text());
        return new Init.FullInit(argv);
    }

    private SubhostConfig.Ready ready() {
        List<Located> words = values.words(READY);
        List<List<String>> conditions = new ArrayList<>();
        if (!words.isEmpty() && words.get(0).text().startsWith("!")) {
            List<String> argv = new ArrayList<>(List.of("command"));
            words.forEach(word -> argv.add(word.text()));
            argv.set(1, argv.get(1).substring(1));
            if (argv.get(1).isEmpty()) {
                findings.add(Rule.EMPTY_COMMAND, words.get(0).at(), "no command after ! in READY", "write !command argument...");
            }
            conditions.add(argv);
        } else {
            words.forEach(word -> condition(word).ifPresent(conditions::add));
        }
        return new SubhostConfig.Ready(conditions, SizeReader.time(values, READY_TIMEOUT));
    }

    private Optional<List<String>> condition(Located word) {
        Matcher tcp = TCP.matcher(word.text());
        boolean port = tcp.matches() && Integer.parseInt(tcp.group(2)) >= 1 && Integer.parseInt(tcp.group(2)) <= 65535;
        if (port) return Optional.of(List.of("tcp:" + (tcp.group(1) == null ? "127.0.0.1:" : tcp.group(1)) + tcp.group(2)));
        if (word.text().startsWith("file:/") && !word.text().endsWith("/")) return Optional.of(List.of(word.text()));
        findings.add(Rule.READY_SYNTAX, word.at(), "READY " + ConfigParser.clip(word.text()) + " is no condition",
                "write tcp:22 or tcp:192.0.2.5:22, file:/run/program.pid, or !command argument... alone");
        return Optional.empty();
    }

    private String reaper() {
        Located text = values.text(REAPER);
        StrayQuotes.look(REAPER, text, findings);
        if (!text.text().startsWith("/")) {
            findings.add(Rule.INNER_PATH, text.at(), "REAPER is not absolute: " + ConfigParser.clip(text.text()),
                    "write its path in the subhost, for instance /.reaper");
        }
        return text.text();
    }

    private Optional<String> hostname() {
        Located text = values.text(HOSTNAME);
        if (values.isSet(HOSTNAME) && text.text().equals("host")) return Optional.empty();   // not for NAME=host
        // The default is NAME, which is checked as itself and may end in a dash or dot.
        if (values.isSet(HOSTNAME) && (text.text().length() > 64 || !HOST.matcher(text.text()).matches())) {
            findings.add(Rule.HOSTNAME_INVALID, text.at(), ConfigParser.clip(text.text()) + " is not a host name",
                    "use at most 64 letters, digits, dots and dashes, or host for the host's own");
        }
        return Optional.of(text.text());
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        for (Located word : values.words(ENVIRONMENT)) {
            int equals = word.text().indexOf('=');
            String name = word.text().substring(0, Math.max(0, equals));
            if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
                findings.add(Rule.ENVIRONMENT_SYNTAX, word.at(), ConfigParser.clip(word.text()) + " does not set a variable",
                        "write NAME=value, in quotation marks when it holds a blank: NAME=\"two words\"");
            } else if (environment.putIfAbsent(name, word.text().substring(equals + 1)) != null) {
                findings.add(Rule.ENVIRONMENT_TWICE, word.at(), name + " is twice in ENVIRONMENT", "remove one of them");
            }
        }
        return Collections.unmodifiableMap(environment);
    }
}
