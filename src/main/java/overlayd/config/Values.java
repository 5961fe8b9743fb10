package overlayd.config;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of every key: from the file, from a command, or the default, with {@code $KEY} replaced. Each is worked out
 * once, when it is first asked for, so that a default may refer to any key and a command runs once.
 */
final class Values implements Variables {
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{([A-Za-z_][A-Za-z0-9_]*)\\}|([A-Za-z_][A-Za-z0-9_]*))");

    /** A value before {@code $KEY} is replaced; {@code variables} says whether it is to be. */
    private record Raw(Located text, Variables variables) {}

    private final Parsed parsed;
    private final HostDefaults defaults;
    private final Findings findings;
    private final CommandRunner runner;
    private final Map<ConfigKey, Raw> raws = new EnumMap<>(ConfigKey.class);
    private final Map<ConfigKey, Located> texts = new EnumMap<>(ConfigKey.class);
    private final List<ValueCommand> commands = new ArrayList<>();
    private final Deque<ConfigKey> underway = new ArrayDeque<>();

    Values(Parsed parsed, HostDefaults defaults, Findings findings, CommandRunner runner) {
        this.parsed = parsed;
        this.defaults = defaults;
        this.findings = findings;
        this.runner = runner;
    }

    Findings findings() {
        return findings;
    }

    Path file() {
        return parsed.file();
    }

    /** Every command met so far, in the order they were needed. */
    List<ValueCommand> commands() {
        return commands;
    }

    /** True when the file (not a default) gives the value. */
    boolean isSet(ConfigKey key) {
        return assignment(key).isPresent();
    }

    private Optional<Assignment> assignment(ConfigKey key) {
        return parsed.first(key).filter(a -> !a.value().isEmpty());
    }

    /** Where problems of this key belong: its value, or the first line when it is a default. */
    Position at(ConfigKey key) {
        return parsed.first(key).map(Assignment::valueAt).orElse(Position.START);
    }

    /** The text of a key with everything replaced; empty for a built-in. */
    Located text(ConfigKey key) {
        Located known = texts.get(key);
        if (known != null) return known;
        // A cycle, told where it was entered; any text will do, since nothing boots with it.
        if (underway.contains(key)) return Located.allAt("", Position.START);
        Raw raw = raw(key);
        underway.push(key);
        Located text = raw.variables().replaceAll(raw.text());
        underway.pop();
        texts.put(key, text);
        return text;
    }

    /** The words of a key that is a command or an environment. */
    List<Located> words(ConfigKey key) {
        Raw raw = raw(key);
        underway.push(key);
        List<Located> words = Words.split(raw.text(), raw.variables(), findings);
        underway.pop();
        return words;
    }

    /** Each SHARE with everything replaced. */
    List<Located> all(ConfigKey key) {
        List<Located> texts = new ArrayList<>();
        underway.push(key);
        for (Assignment a : parsed.all(key)) {
            if (a.isCommand()) {
                findings.add(Rule.COMMAND_NOT_ALLOWED, a.valueAt(), key + " takes no ! command",
                        "write ./ before a name that begins with !");
            } else {
                texts.add(variables(a).replaceAll(Located.inFile(a.value(), a.valueAt())));
            }
        }
        underway.pop();
        return texts;
    }

    private Variables variables(Assignment a) {
        return a.quoting() == Assignment.Quoting.SINGLE ? Variables.NONE : this;
    }

    private Raw raw(ConfigKey key) {
        Raw known = raws.get(key);
        if (known != null) return known;
        Raw raw = assignment(key).map(this::fromFile)
                .orElseGet(() -> byDefault(key));
        raws.put(key, raw);
        return raw;
    }

    private Raw byDefault(ConfigKey key) {
        // A default may refer to any key, also one set further down: it is worked out when the whole file is known.
        return new Raw(Located.allAt(defaults.text(key, parsed.file()), Position.START), (in, i, out) -> replace(in, i, out, Order.ANY));
    }

    private Raw fromFile(Assignment a) {
        Located text = Located.inFile(a.value(), a.valueAt());
        if (!a.isCommand()) return new Raw(text, variables(a));
        if (!a.key().allowsCommand()) {
            findings.add(Rule.COMMAND_NOT_ALLOWED, a.valueAt(), a.key() + " takes no ! command", "write the value itself");
            return byDefault(a.key());
        }
        underway.push(a.key());
        List<Located> words = Words.split(text.from(1), variables(a), findings);
        underway.pop();
        if (words.isEmpty() || words.get(0).isEmpty()) {
            findings.add(Rule.EMPTY_COMMAND, a.valueAt(), "no command after ! in " + a.key(), "write !command argument...");
            return byDefault(a.key());
        }
        return fromCommand(a, words.stream().map(Located::text).toList());
    }

    private Raw fromCommand(Assignment a, List<String> argv) {
        boolean early = a.key() == ConfigKey.NAME || a.key() == ConfigKey.LOG;
        ValueCommand command = new ValueCommand(a.key(), argv, a.valueAt(),
                early ? ValueCommand.Place.HOST : ValueCommand.Place.SUBHOST_MOUNTS, directory(a.key(), early), parsed.file());
        commands.add(command);
        CommandRunner.Output output = runner.run(command);
        if (output instanceof CommandRunner.Failed failed) {
            findings.add(Rule.COMMAND_FAILED, a.valueAt(), command.text() + " for " + a.key() + ": " + failed.why(), failed.remedy());
            return byDefault(a.key());
        }
        String line = ((CommandRunner.FirstLine) output).text().replaceAll("^[ \\t]+|[ \\t\\r]+$", "");
        if (line.chars().anyMatch(c -> (c < 0x20 && c != '\t') || c == 0x7f)) {
            findings.add(Rule.CONTROL_CHARACTER, a.valueAt(), "what " + command.text() + " printed for " + a.key()
                    + " holds a control character", "");
            line = "";
        }
        if (line.isEmpty()) return byDefault(a.key());
        return new Raw(Located.allAt(line, a.valueAt()), Variables.NONE);
    }

    /** BASE where it is known before anything runs in the subhost's mounts, else the file's directory. */
    private Path directory(ConfigKey key, boolean early) {
        boolean baseIsCommand = assignment(ConfigKey.BASE).map(Assignment::isCommand).orElse(false);
        boolean known = key != ConfigKey.BASE && isSet(ConfigKey.BASE) && !(early && baseIsCommand)
                && !underway.contains(ConfigKey.BASE);
        return known ? base() : parsed.file().getParent();
    }

    /** BASE, absolute; the file's directory while BASE is missing, which is told elsewhere. */
    Path base() {
        Located text = text(ConfigKey.BASE);
        Path directory = parsed.file().getParent();
        return text.isEmpty() ? directory : under(directory, text.text());
    }

    /** The path this text names, absolute: relative to BASE. */
    Path path(String text) {
        return under(base(), text);
    }

    /** Without {@code .} and double slashes; {@code ..} stays, since only the kernel knows what it leads to. */
    private static Path under(Path directory, String text) {
        String usable = text.replace("\0", "");   // told as a control character
        Path path = usable.isEmpty() ? directory : directory.resolve(ByteText.path(usable));
        Path clean = path.getRoot();
        for (Path name : path) {
            if (!name.toString().equals(".")) clean = clean.resolve(name);
        }
        return clean;
    }

    private enum Order { EARLIER, ANY }

    @Override
    public int replace(Located in, int i, Located.Writer out) {
        return replace(in, i, out, Order.EARLIER);
    }

    private int replace(Located in, int i, Located.Writer out, Order order) {
        Matcher variable = VARIABLE.matcher(in.text()).region(i, in.text().length());
        if (!variable.lookingAt()) return Variables.NONE.replace(in, i, out);
        String name = variable.group(1) != null ? variable.group(1) : variable.group(2);
        Optional<ConfigKey> key = ConfigKey.named(name).filter(this::hasText);
        if (key.isEmpty()) {
            findings.add(Rule.UNKNOWN_VARIABLE, in.at(i), ConfigParser.clip(variable.group())
                    + " is no key with a value and stays as it is", "write ${KEY} of a key such as BASE or NAME");
            return Variables.NONE.replace(in, i, out);
        }
        out.put(allowed(key.get(), in.at(i), order) ? asInserted(key.get()) : "", in.columns()[i]);
        return variable.end();
    }

    private boolean hasText(ConfigKey key) {
        return key.implemented() && !key.repeatable() && !key.isHook();
    }

    private boolean allowed(ConfigKey key, Position at, Order order) {
        if (underway.contains(key)) {
            findings.add(Rule.VARIABLE_CYCLE, isSet(key) ? at(key) : at, key + " refers to itself", "write the value out");
            return false;
        }
        Optional<Assignment> later = assignment(key).filter(a -> order == Order.EARLIER && a.at().line() > at.line());
        later.ifPresent(a -> findings.add(Rule.VARIABLE_SET_LATER, at, "$" + key + " is set later, on line " + a.at().line(),
                "move that line above this one"));
        return later.isEmpty();
    }

    /** Paths are inserted absolute: {@code $BASE/live} must not be taken relative to BASE once more. */
    private String asInserted(ConfigKey key) {
        String text = text(key).text();
        if (key == ConfigKey.BASE || (key.isPath() && !text.isEmpty())) {
            underway.push(key);
            Path path = key == ConfigKey.BASE ? base() : path(text);
            underway.pop();
            return ByteText.of(path);
        }
        return text;
    }
}
