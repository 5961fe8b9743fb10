package overlayd.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import overlayd.subject.Shown;
import overlayd.subject.UsageException;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.TextTable;

/** Finds the command of a command line: {@code overlay-boot ...}, or {@code overlay boot ...} for each, and the rest only so. */
final class Umbrella {
    private static final String NAME = "overlay";
    /** Before and behind a verb. */
    private static final int GAPS = 4;

    private final Map<String, Command> verbs = new LinkedHashMap<>();
    private final Model model;

    /** {@code commands}: in the order of help. */
    Umbrella(List<Command> commands) {
        commands.forEach(command -> verbs.put(verb(command), command));
        this.model = Model.of(NAME, "overlay VERB [ARGUMENT]...")
                .about("Boots, enters and stops subhosts.")
                .operands("VERB", "0..*", "one of those below; overlay VERB --help says more")
                .footer(table())
                .build();
    }

    /** A line a verb, two blanks behind it, which completions read; what does not fit goes on below its beginning. */
    private String[] table() {
        int first = verbs.keySet().stream().mapToInt(String::length).max().orElse(0) + GAPS;
        TextTable table = TextTable.forColumns(Help.defaultColorScheme(Ansi.OFF), new Column(first, 2, Column.Overflow.SPAN),
                new Column(Model.WIDTH - first, 0, Column.Overflow.WRAP));
        verbs.forEach((verb, command) -> table.addRowValues(verb, summary(command)));
        return table.toString().stripTrailing().split("\n");
    }

    /** {@code boot} of overlay-boot, {@code log} of "overlay log". */
    private static String verb(Command command) {
        return command.model().name().substring(NAME.length() + 1);
    }

    private static String summary(Command command) {
        return command.model().spec().usageMessage().description()[0];
    }

    /** Every command. */
    List<Command> commands() {
        return List.copyOf(verbs.values());
    }

    /** The model of {@code overlay} itself. */
    Model model() {
        return model;
    }

    /** A command and what it is given; without a command it is for {@code overlay} itself. */
    record Chosen(Optional<Command> command, Arguments arguments) {
    }

    /** @throws UsageException for a verb that there is not */
    Chosen choose(Arguments arguments) throws UsageException {
        String program = arguments.words().get(0);
        if (!program.equals(NAME)) {
            String verb = program.startsWith(NAME + "-") ? program.substring(NAME.length() + 1) : program;
            return new Chosen(Optional.of(command(verb, program)), arguments);
        }
        List<String> words = arguments.words();
        if (words.size() == 1 || words.get(1).startsWith("-")) {
            return new Chosen(Optional.empty(), arguments);
        }
        if (words.get(1).equals("help")) {
            return help(arguments);
        }
        return new Chosen(Optional.of(command(words.get(1), words.get(1))), arguments.shifted());
    }

    /** {@code overlay help VERB} is {@code overlay VERB --help}. */
    private Chosen help(Arguments arguments) throws UsageException {
        Optional<Command> command = arguments.words().size() > 2
                ? Optional.of(command(arguments.words().get(2), arguments.words().get(2))) : Optional.empty();
        return new Chosen(command, new Arguments(List.of(NAME, "--help"), arguments.directory(), arguments.environment()));
    }

    /** The command of a program of its own, {@code overlay-boot}. */
    Optional<Command> ofProgram(String program) {
        return program.startsWith(NAME + "-") ? Optional.ofNullable(verbs.get(program.substring(NAME.length() + 1))) : Optional.empty();
    }

    private Command command(String verb, String shown) throws UsageException {
        Command command = verbs.get(verb);
        if (command == null) {
            throw new UsageException("there is no command \"" + Shown.of(shown) + "\"; there are: "
                    + verbs.keySet().stream().collect(Collectors.joining(", ")));
        }
        return command;
    }
}
