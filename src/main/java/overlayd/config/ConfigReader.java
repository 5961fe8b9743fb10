package overlayd.config;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads a configuration file: lines, then values. Two passes: the first runs nothing and puts a stand-in in the place
 * of each {@code !command}; only when it finds no error are the commands run and the values read again.
 *
 * <p>Immutable; one may serve several threads as far as its {@link CommandRunner} does.
 */
public final class ConfigReader {
    /** Longest NAME: three characters of an interface name are left for the cable's number and more. */
    public static final int LONGEST_NAME = 12;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");

    private final Strictness strictness;
    private final HostDefaults defaults;
    private final Optional<CommandRunner> runner;

    private ConfigReader(Strictness strictness, HostDefaults defaults, Optional<CommandRunner> runner) {
        this.strictness = strictness;
        this.defaults = defaults;
        this.runner = runner;
    }

    /** A reader that runs no command: for {@code --plan} and {@code overlay check}. */
    public static ConfigReader showing(Strictness strictness, HostDefaults defaults) {
        return new ConfigReader(strictness, defaults, Optional.empty());
    }

    /** A reader that runs the commands of values: for a boot. */
    public static ConfigReader running(HostDefaults defaults, CommandRunner runner) {
        return new ConfigReader(Strictness.BOOT, defaults, Optional.of(runner));
    }

    /** The configuration of this file, or all that is wrong with it. Runs the commands of its values, if this reader does. */
    public Reading read(ConfigFile file) {
        Reading shown = read(file, ConfigReader::standIn, Optional.empty());
        if (runner.isEmpty() || shown.hasErrors() || shown.commands().isEmpty()) return shown;
        return read(file, runner.get(), runner);
    }

    private Reading read(ConfigFile file, CommandRunner commands, Optional<CommandRunner> real) {
        Parsed parsed = ConfigParser.parse(file.path(), file.bytes());
        Findings findings = new Findings(file.path(), strictness);
        findings.addAll(parsed.problems());
        trust(file, parsed, findings);
        parsed.assignments().stream().filter(a -> a.key().hostOnly()).forEach(a -> findings.add(Rule.HOST_ONLY, a.at(),
                a.key() + " is no key of a subhost", "put it into /etc/overlayd/overlayd.conf"));
        Values values = new Values(parsed, defaults, findings, commands);
        // NAME and LOG first: their commands run on the host, before there is a mount namespace for the others.
        String name = name(values);
        Path log = log(values);
        SubhostConfig config = values(values, new Named(name, log), real.isEmpty());
        Optional<SubhostConfig> made = findings.hasErrors() ? Optional.empty() : Optional.of(config);
        return new Reading(made, findings.sorted(), values.commands());
    }

    private record Named(String name, Path log) {}

    private SubhostConfig values(Values values, Named named, boolean onlyShown) {
        Path base = base(values);
        Root root = new RootReader(values).read();
        List<Cable> cables = CableReader.read(values, named.name());
        SubhostConfig.Boot boot = new BootReader(values).read();
        SubhostConfig.Hooks hooks = HookReader.read(values);
        List<Share> shares = ShareReader.read(values);
        Timeouts timeouts = SizeReader.timeouts(values);
        Security security = new SecurityReader(values).read();
        SubhostConfig.Upkeep upkeep = LimitReader.read(values, named.name());
        if (security.secrets() == Security.Secrets.HIDDEN && root.kind() != RootKind.OVERLAY) {
            findings(values, Rule.HIDE_PATH, values.at(ConfigKey.HIDE), "HIDE=secrets needs an overlay: this root is the directory itself",
                    "give it an UPPER of its own, or name the paths");
        }
        Addressing addressing = AddressReader.read(values, cables);
        Map<ConfigKey, Position> positions = new EnumMap<>(ConfigKey.class);
        for (ConfigKey key : ConfigKey.values()) {
            if (values.isSet(key)) positions.put(key, values.at(key));
        }
        return new SubhostConfig(values.file(), named.name(), base, root, cables, boot, hooks, shares, named.log(), timeouts, security, upkeep, addressing,
                new SubhostConfig.Source(positions, onlyShown ? values.commands() : List.of()));
    }

    private static String name(Values values) {
        Located text = values.text(ConfigKey.NAME);
        String name = text.text();
        boolean set = values.isSet(ConfigKey.NAME);
        String what = set ? "NAME " + ConfigParser.clip(name) : "NAME, which is the file's name by default, " + ConfigParser.clip(name);
        String remedy = set ? "" : "set NAME in the file: ";
        if (!NAME.matcher(name).matches()) {
            findings(values, Rule.NAME_INVALID, text.at(badCharacter(name)), what + " is not allowed",
                    remedy + "letters, digits, _ . and -, beginning with a letter or digit");
        }
        if (name.length() > LONGEST_NAME) {
            findings(values, Rule.NAME_TOO_LONG, text.at(set ? LONGEST_NAME : 0), what + " has " + name.codePointCount(0, name.length())
                    + " characters", remedy + "at most " + LONGEST_NAME);
        }
        return name;
    }

    /** Whether a subhost can have that name. */
    static boolean isName(String text) {
        return NAME.matcher(text).matches() && text.length() <= LONGEST_NAME;
    }

    private static int badCharacter(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (!NAME.matcher(i == 0 ? name.substring(0, 1) : "a" + name.charAt(i)).matches()) return i;
        }
        return 0;
    }

    private static void findings(Values values, Rule rule, Position at, String message, String remedy) {
        values.findings().add(rule, at, message, remedy);
    }

    private static Path base(Values values) {
        if (!values.isSet(ConfigKey.BASE)) {
            Position at = values.at(ConfigKey.BASE);
            findings(values, Rule.BASE_MISSING, at, "BASE is not set", "add BASE=directory of the subhost, relative to this file; BASE=. is its own");
        }
        StrayQuotes.look(ConfigKey.BASE, values.text(ConfigKey.BASE), values.findings());
        return values.base();
    }

    private static Path log(Values values) {
        Located text = values.text(ConfigKey.LOG);
        StrayQuotes.look(ConfigKey.LOG, text, values.findings());
        return values.path(text.isEmpty() ? "." : text.text());
    }

    /** What a command that is not run leaves in its place: a path nobody has, or the default. */
    private static CommandRunner.Output standIn(ValueCommand command) {
        ConfigKey key = command.key();
        boolean path = key.isPath() || key == ConfigKey.LOWER;
        return new CommandRunner.FirstLine(path ? "/[" + key + "]" : "");
    }

    private static void trust(ConfigFile file, Parsed parsed, Findings findings) {
        Optional<FileTrust.Breach> breach = file.trust().breach();
        if (breach.isEmpty()) return;
        Set<ConfigKey> seen = EnumSet.noneOf(ConfigKey.class);
        for (Assignment a : parsed.assignments()) {
            boolean counts = a.key().repeatable() || seen.add(a.key());
            if (!counts || a.value().isEmpty()) continue;
            String what = null;
            if (a.isCommand()) what = a.key() + " may not be a ! command here: ";
            else if (a.key() == ConfigKey.SHARE) what = "SHARE is not allowed here: ";
            else if (a.key().isHook() && !BootReader.runsInSubhost(a)) what = a.key() + " may not be a command here: ";
            else if (SecurityReader.opens(a)) what = a.key() + " may not open the subhost here: ";
            if (what != null) findings.add(Rule.UNTRUSTED_FILE, a.valueAt(), what + breach.get().message(), breach.get().remedy());
        }
    }
}
