package overlayd.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlayd.subject.Shown;
import overlayd.subject.UsageException;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** A command's name, options, operands and help: a picocli model without reflection, built once. Thread-safe. */
final class Model {
    /** Of help, in columns. */
    static final int WIDTH = 80;

    /** Where words after {@code --} go. */
    enum DoubleDash { ENDS_OPTIONS, BEGINS_COMMAND }

    private final CommandSpec spec;
    private final CommandLine line;
    private final Count count;
    private final DoubleDash doubleDash;

    /** How many operands there may be. */
    private record Count(int least, int most) {
    }

    private Model(CommandSpec spec, Count count, DoubleDash doubleDash) {
        this.spec = spec;
        this.count = count;
        this.doubleDash = doubleDash;
        this.line = new CommandLine(spec)
                // "@x" is an operand, not a file of more arguments to be read as root
                .setExpandAtFiles(false)
                .setInterpolateVariables(false)
                .setOverwrittenOptionsAllowed(true);
    }

    String name() {
        return spec.name();
    }

    /** For documentation and its test. */
    CommandSpec spec() {
        return spec;
    }

    /** The help, at most 80 columns wide, ending in a newline. */
    String help() {
        synchronized (line) {
            return line.getUsageMessage(Ansi.OFF);
        }
    }

    /** @throws UsageException with what is wrong */
    Given parse(List<String> words) throws UsageException {
        int dash = doubleDash == DoubleDash.BEGINS_COMMAND ? words.indexOf("--") : -1;
        if (line.isStopAtPositional() && dash > 0 && words.subList(0, dash).stream().anyMatch(word -> !word.startsWith("-"))) {
            dash = -1; // behind the command's name it is the command's own
        }
        List<String> ours = dash < 0 ? words : words.subList(0, dash);
        Optional<List<String>> after = dash < 0 ? Optional.empty() : Optional.of(List.copyOf(words.subList(dash + 1, words.size())));
        // A picocli model keeps what it parsed last in itself.
        synchronized (line) {
            try {
                ParseResult result = line.parseArgs(ours.toArray(new String[0]));
                Map<String, Object> options = new LinkedHashMap<>();
                result.matchedOptions().forEach(option -> options.put(option.longestName(), option.getValue()));
                List<String> operands = new ArrayList<>();
                // A set: one that is matched on both sides of an option is listed twice, with all its values.
                result.matchedPositionalsSet().forEach(p -> operands.addAll(p.stringValues()));
                if (!result.isUsageHelpRequested() && !result.isVersionHelpRequested()) {
                    check(operands);
                }
                return new Given(options, operands, after);
            } catch (ParameterException wrong) {
                boolean commandMeant = doubleDash == DoubleDash.BEGINS_COMMAND && !line.isStopAtPositional() && dash < 0;
                throw new UsageException(Shown.of(wrong.getMessage().replace("is not a double", "is not a number")
                        .replace("is not an int", "is not a whole number"))
                        + (commandMeant ? "; usage: " + usage() : ""));
            }
        }
    }

    /** Not picocli's: it takes more than were asked for, and none behind an option. */
    private void check(List<String> operands) throws UsageException {
        if (operands.size() < count.least()) {
            throw new UsageException("too few operands; usage: " + usage());
        }
        if (operands.size() > count.most()) {
            throw new UsageException("\"" + Shown.of(operands.get(count.most())) + "\" is one operand too many; usage: " + usage());
        }
    }

    private String usage() {
        return spec.usageMessage().customSynopsis()[0];
    }

    /** Begins the model of a command. */
    static Builder of(String name, String synopsis) {
        return new Builder(name, synopsis);
    }

    /** Collects what a command takes. */
    static final class Builder {
        private final CommandSpec spec = CommandSpec.create();
        private Count count = new Count(0, 0);
        private DoubleDash doubleDash = DoubleDash.ENDS_OPTIONS;
        private boolean stopAtOperand;

        private Builder(String name, String synopsis) {
            spec.name(name);
            spec.usageMessage().width(WIDTH).customSynopsis(synopsis).synopsisHeading("Usage: ")
                    .optionListHeading("%nOptions:%n").sortOptions(false).abbreviateSynopsis(true);
        }

        /** What the command does: one sentence, then the rest. */
        Builder about(String summary, String... paragraphs) {
            List<String> lines = new ArrayList<>(List.of(summary));
            lines.addAll(List.of(paragraphs));
            spec.usageMessage().descriptionHeading("%n").description(lines.toArray(String[]::new));
            return this;
        }

        /** The operands; {@code number}: as "2", "0..1", "1..*". */
        Builder operands(String label, String number, String description) {
            String[] ends = number.split("\\.\\.");
            String most = ends[ends.length - 1];
            count = new Count(Integer.parseInt(ends[0]), most.equals("*") ? Integer.MAX_VALUE : Integer.parseInt(most));
            spec.usageMessage().parameterListHeading("%n");
            spec.addPositional(PositionalParamSpec.builder().paramLabel(label).arity("0..*")
                    .type(List.class).auxiliaryTypes(String.class).description(description).hideParamSyntax(true).build());
            return this;
        }

        /** An option without a value. */
        Builder flag(String description, String... names) {
            spec.addOption(OptionSpec.builder(names).arity("0").type(boolean.class).description(description).build());
            return this;
        }

        /** An option with a value of {@code type}. */
        Builder option(String label, Class<?> type, String description, String... names) {
            spec.addOption(OptionSpec.builder(names).arity("1").type(type).paramLabel(label).description(description).build());
            return this;
        }

        /** An option with a value, which may be given several times. */
        Builder repeated(String label, String description, String name) {
            spec.addOption(OptionSpec.builder(name).arity("1").type(List.class).auxiliaryTypes(String.class).paramLabel(label)
                    .description(description).build());
            return this;
        }

        /** An option for tests, which help and man page do not show. */
        Builder hidden(String label, String name) {
            spec.addOption(OptionSpec.builder(name).arity("1").type(String.class).paramLabel(label).hidden(true).build());
            return this;
        }

        /** Words after {@code --} are a command's, not ours. */
        Builder commandAfterDash() {
            doubleDash = DoubleDash.BEGINS_COMMAND;
            return this;
        }

        /** Everything from the first operand on is a command's, with its options. */
        Builder commandAfterOperand() {
            doubleDash = DoubleDash.BEGINS_COMMAND;
            stopAtOperand = true;
            return this;
        }

        /** The exit codes that the help lists; the usual ones need not be named. */
        Builder exits(ExitCode... codes) {
            Map<String, String> shown = new LinkedHashMap<>();
            for (ExitCode code : codes) {
                shown.put(Integer.toString(code.number()), code.meaning());
            }
            spec.usageMessage().exitCodeListHeading("%nExit status:%n").exitCodeList(shown);
            return this;
        }

        /** Says for this command alone what a code means that {@link #exits} has listed. */
        Builder exit(ExitCode code, String meaning) {
            Map<String, String> shown = new LinkedHashMap<>(spec.usageMessage().exitCodeList());
            if (shown.replace(Integer.toString(code.number()), meaning) == null) {
                throw new IllegalArgumentException(code + " is no exit code of " + spec.name());
            }
            spec.usageMessage().exitCodeList(shown);
            return this;
        }

        /** Lines below everything else. */
        Builder footer(String... lines) {
            spec.usageMessage().footerHeading("%n").footer(lines);
            return this;
        }

        Model build() {
            spec.addOption(OptionSpec.builder("-h", "--help").usageHelp(true).arity("0").type(boolean.class)
                    .description("show this help and exit").build());
            spec.addOption(OptionSpec.builder("-V", "--version").versionHelp(true).arity("0").type(boolean.class)
                    .description("show the version and exit").build());
            Model model = new Model(spec, count, doubleDash);
            model.line.setStopAtPositional(stopAtOperand);
            return model;
        }
    }
}
