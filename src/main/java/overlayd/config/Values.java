package overlayd.config;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The text of every key: from the file, from a command, or the default, with {@code $KEY} replaced. Each is worked out
 * once, when it is first asked for, so that a default may refer to any key and a command runs once.
 */
final class Values {
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
    private final KeyReferences references = new KeyReferences(this);

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

    Optional<Assignment> assignment(ConfigKey key) {
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
        return a.quoting() == Assignment.Quoting.SINGLE ? Variables.NONE : references.toEarlierKeys();
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
        return new Raw(Located.allAt(defaults.text(key, parsed.file()), Position.START), references.toAnyKey());
    }

    private Raw fromFile(Assignment a) {
        Located text = Located.inFile(a.value(), a.valueAt());
        if (!a.isCommand() || a.key().innerCommand()) return new Raw(text, variables(a));
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
        if (line.length() > ConfigParser.LONGEST_VALUE) {
            findings.add(Rule.VALUE_TOO_LONG, a.valueAt(), "what " + command.text() + " printed for " + a.key() + " is too long",
                    "at most " + ConfigParser.LONGEST_VALUE + " characters");
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
        String whole = text.startsWith("/") ? text : ByteText.of(directory) + "/" + text;
        String clean = Arrays.stream(whole.replace("\0", "").split("/"))   // a NUL is told as a control character
                .filter(name -> !name.isEmpty() && !name.equals("."))
                .collect(Collectors.joining("/", "/", ""));
        return ByteText.path(clean);
    }

    /** True while the text of this key is being worked out: whoever asks for it now is part of a cycle. */
    boolean isUnderway(ConfigKey key) {
        return underway.contains(key);
    }

    /** What stands for {@code $KEY}. Paths are absolute: {@code $BASE/live} must not be taken relative to BASE once more. */
    String inserted(ConfigKey key) {
        String text = text(key).text();
        if (key != ConfigKey.BASE && (!key.isPath() || text.isEmpty())) return text;
        underway.push(key);
        Path path = key == ConfigKey.BASE ? base() : path(text);
        underway.pop();
        return ByteText.of(path);
    }
}
