package overlayd.command;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.config.Problem;
import overlayd.varlink.Json;

/** overlay check: all that is wrong or odd in configuration files; changes nothing. */
final class CheckCommand implements Command {
    private static final String NAME = "overlay check";

    private final Linter linter;
    private final Locator locator;
    private final Model model = Model.of(NAME, "overlay check [OPTION]... FILE|NAME...")
            .about("Checks configuration files.",
                    "They are held against the language, each other, and this host. Stricter than overlay-boot:"
                    + " what is only odd is an error. Changes nothing.")
            .operands("FILE|NAME", "1..*", "configuration file, or its name in the working directory or in /etc/overlayd/conf.d")
            .flag("one JSON array of problems, each with the name of its rule", "-j", "--json")
            .flag("print nothing, exit status only", "-q", "--quiet")
            .exits(ExitCode.OK, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.NOT_PERMITTED, ExitCode.CONFIG)
            .build();

    CheckCommand(Linter linter, Locator locator) {
        this.linter = linter;
        this.locator = locator;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) {
        boolean bad = false;
        List<Path> files = new ArrayList<>();
        for (String reference : given.operands()) {
            Optional<Path> file = locator.file(reference, invocation.arguments().workingDirectory());
            file.ifPresent(files::add);
            if (file.isEmpty()) {
                invocation.complain(NAME, reference, "no such configuration file");
                bad = true;
            }
        }
        List<Problem> problems = linter.check(files);
        if (given.has("--json")) {
            invocation.console().out(new String(Json.write(Documents.problems(problems)), StandardCharsets.UTF_8) + "\n");
        } else if (!given.has("--quiet")) {
            problems.forEach(problem -> invocation.console().out(Shown.of(problem.text()) + "\n"));
            files.stream().filter(file -> problems.stream().noneMatch(p -> p.file().equals(file)))
                    .forEach(file -> invocation.console().out(Shown.of(ByteText.of(file)) + ": ok\n"));
        }
        return (bad || problems.stream().anyMatch(Problem::isError) ? ExitCode.CONFIG : ExitCode.OK).number();
    }
}
