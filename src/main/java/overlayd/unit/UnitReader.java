package overlayd.unit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads the values of one unit. */
final class UnitReader {
    private static final Map<String, Integer> SIGNALS = Map.of("SIGHUP", 1, "SIGINT", 2, "SIGQUIT", 3, "SIGKILL", 9, "SIGUSR1", 10, "SIGUSR2", 12,
            "SIGTERM", 15, "SIGWINCH", 28, "SIGPWR", 30);

    private final UnitFiles files;
    private final UnitText text;
    private final Specifiers specifiers;
    private final List<String> unsupported;
    private final Map<String, String> environment = new LinkedHashMap<>();

    UnitReader(UnitFiles files) {
        this.files = files;
        this.text = UnitText.of(files.fragments());
        this.specifiers = new Specifiers(files.name());
        this.unsupported = new ArrayList<>(Unit.unsupported(text));
    }

    Unit read() throws UnitProblem {
        readEnvironment();
        Unit.Type type = type();
        Unit.Commands commands = new Unit.Commands(commands("ExecStartPre"), commands("ExecStart"), commands("ExecStartPost"),
                commands("ExecStop"));
        if (commands.start().isEmpty() && !(type == Unit.Type.ONESHOT && !commands.stop().isEmpty())) {
            throw new UnitProblem("it has no ExecStart");
        }
        if (commands.start().size() > 1 && type != Unit.Type.ONESHOT) {
            throw new UnitProblem("it has more than one ExecStart, which only Type=oneshot may");
        }
        return new Unit(files.name(), type, commands, new Unit.Identity(value("User").filter(user -> !user.equals("root")), value("Group")),
                value("WorkingDirectory"), environment, words("RuntimeDirectory"), value("RuntimeDirectoryMode").orElse("0755"),
                value("PIDFile").map(path -> path.startsWith("/") ? path : "/run/" + path), conditions(), limits(), unsupported);
    }

    private Unit.Type type() throws UnitProblem {
        String word = text.last("Type").orElse("simple");
        return switch (word) {
            case "simple", "exec", "idle" -> Unit.Type.EXEC;
            case "forking" -> Unit.Type.FORKING;
            case "oneshot" -> Unit.Type.ONESHOT;
            case "notify", "notify-reload" -> Unit.Type.NOTIFY;
            default -> throw new UnitProblem("Type=" + word + " needs systemd");
        };
    }

    private Unit.Limits limits() throws UnitProblem {
        String signal = value("KillSignal").orElse("SIGTERM").toUpperCase(Locale.ROOT);
        Integer number = signal.matches("[1-9][0-9]?") ? Integer.valueOf(signal) : SIGNALS.get(signal.startsWith("SIG") ? signal : "SIG" + signal);
        if (number == null) {
            throw new UnitProblem("KillSignal=" + signal + " is not known here");
        }
        return new Unit.Limits(value("UMask").filter(mask -> mask.matches("[0-7]{1,4}")), value("LimitNOFILE").map(both -> both.replaceAll(":.*", ""))
                .filter(limit -> limit.matches("[0-9]+")), number, value("StandardOutput").filter("null"::equals).isPresent());
    }

    private List<Unit.Condition> conditions() throws UnitProblem {
        List<Unit.Condition> conditions = new ArrayList<>();
        for (Map.Entry<String, String> kind : Map.of("ConditionPathExists", "-e", "ConditionFileIsExecutable", "-x").entrySet()) {
            for (String value : text.conditions(kind.getKey())) {
                boolean negated = value.startsWith("!");
                conditions.add(new Unit.Condition(kind.getValue(), replaced(negated ? value.substring(1) : value), negated));
            }
        }
        return conditions;
    }

    private Optional<String> value(String key) throws UnitProblem {
        Optional<String> value = text.last(key);
        return value.isEmpty() ? value : Optional.of(replaced(value.get()));
    }

    private List<String> words(String key) throws UnitProblem {
        List<String> words = new ArrayList<>();
        for (String value : text.all(key)) {
            for (String word : CommandWords.split(replaced(value))) {
                if (word.startsWith("/") || word.contains("..")) {
                    throw new UnitProblem(key + "=" + word + " is no name below /run");
                }
                words.add(word);
            }
        }
        return words;
    }

    private String replaced(String value) throws UnitProblem {
        return specifiers.replace(value).orElseThrow(() -> new UnitProblem("a specifier of \"" + value + "\" needs systemd"));
    }

    private void readEnvironment() throws UnitProblem {
        for (String line : text.all("Environment")) {
            for (String word : CommandWords.split(replaced(line))) {
                assign(word);
            }
        }
        for (String value : text.all("EnvironmentFile")) {
            boolean optional = value.startsWith("-");
            String path = replaced(optional ? value.substring(1) : value);
            Optional<String> content = files.environmentFile(path);
            if (content.isEmpty() && !optional) {
                throw new UnitProblem("its EnvironmentFile " + path + " is not in the root");
            }
            EnvironmentText.read(content.orElse("")).forEach(environment::put);
        }
    }

    private void assign(String word) {
        int equals = word.indexOf('=');
        if (equals > 0) {
            environment.put(word.substring(0, equals), word.substring(equals + 1));
        }
    }

    private List<Unit.Command> commands(String key) throws UnitProblem {
        List<Unit.Command> commands = new ArrayList<>();
        for (String line : text.all(key)) {
            for (String one : line.split(" ; ")) {
                commands.add(command(one.strip()));
            }
        }
        return commands;
    }

    private Unit.Command command(String line) throws UnitProblem {
        int prefix = 0;
        while (prefix < line.length() && "-@:+!".indexOf(line.charAt(prefix)) >= 0) {
            prefix++;
        }
        String marks = line.substring(0, prefix);
        List<String> words = CommandWords.split(replaced(line.substring(prefix)));
        if (words.isEmpty()) {
            throw new UnitProblem("a command is empty");
        }
        if (marks.contains("@") && words.size() > 1) {
            words.remove(1); // argv[0]: a name to be shown, which a shell cannot give
        }
        List<String> expanded = marks.contains(":") ? words : CommandWords.expanded(words, environment);
        return new Unit.Command(List.copyOf(expanded), marks.contains("-"), marks.contains("+") || marks.contains("!"));
    }
}
