package overlayd.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import overlayd.config.ByteText;
import overlayd.config.Problem;
import overlayd.config.Upstream;
import overlayd.report.Documents;
import overlayd.report.Linter;
import overlayd.report.Secrets;
import overlayd.subject.Locator;
import overlayd.subject.Shown;
import overlayd.varlink.Json;

/** overlay check: all that is wrong or odd in configuration files; changes nothing. */
final class CheckCommand implements Command {
    private static final String NAME = "overlay check";

    private final Linter linter;
    private final Locator locator;
    private final Secrets secrets;
    private final Model model = Model.of(NAME, "overlay check [OPTION]... FILE|NAME|DIRECTORY...")
            .about("Checks configuration files.",
                    "They are held against the language, each other, and this host. Stricter than overlay-boot:"
                    + " what is only odd is an error. Changes nothing.")
            .operands("FILE|NAME|DIRECTORY", "1..*", "configuration file, or its name in the working directory or in /etc/overlayd/conf.d;"
                    + " of a directory every *.conf")
            .flag("one JSON array of problems, each with the name of its rule", "-j", "--json")
            .flag("print nothing, exit status only", "-q", "--quiet")
            .flag("instead, what overlay-boot 1.6.4 does otherwise with the files", "-u", "--upstream")
            .exits(ExitCode.OK, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.NOT_PERMITTED, ExitCode.CONFIG)
            .build();

    CheckCommand(Linter linter, Locator locator, Secrets secrets) {
        this.linter = linter;
        this.locator = locator;
        this.secrets = secrets;
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
            List<Path> found = locator.files(reference, invocation.arguments().workingDirectory());
            found.stream().filter(file -> !files.contains(file)).forEach(files::add);
            if (found.isEmpty()) {
                invocation.complain(NAME, reference, "no such configuration file");
                bad = true;
            }
        }
        if (given.has("--upstream")) {
            return upstream(files, given, invocation) && !bad ? ExitCode.OK.number() : ExitCode.CONFIG.number();
        }
        List<Problem> problems = linter.check(files);
        if (given.has("--json")) {
            invocation.console().out(new String(Json.write(Documents.problems(problems)), StandardCharsets.UTF_8) + "\n");
        } else if (!given.has("--quiet")) {
            problems.forEach(problem -> invocation.console().out(Shown.of(problem.text()) + "\n"));
            files.stream().filter(file -> problems.stream().noneMatch(p -> p.file().equals(file)))
                    .forEach(file -> invocation.console().out(Shown.of(ByteText.of(file)) + ": ok\n"));
            files.forEach(file -> note(file, invocation));
        }
        return (bad || problems.stream().anyMatch(Problem::isError) ? ExitCode.CONFIG : ExitCode.OK).number();
    }

    /** @return whether every file could be read */
    private static boolean upstream(List<Path> files, Given given, Invocation invocation) {
        ArrayNode array = Json.array();
        boolean good = true;
        for (Path file : files) {
            try {
                for (Upstream.Difference difference : Linter.upstream(file)) {
                    array.add(Documents.difference(file, difference));
                    if (!given.has("--json") && !given.has("--quiet")) {
                        invocation.console().out(Shown.of(ByteText.of(file) + difference.at().map(at -> ":" + at.line() + ":" + at.column()).orElse("")
                                + ": " + difference.key() + ": " + difference.text()) + "\n");
                    }
                }
            } catch (IOException unreadable) {
                invocation.complain(NAME, ByteText.of(file), "cannot be read: " + unreadable.getMessage());
                good = false;
            }
        }
        if (given.has("--json")) {
            invocation.console().out(new String(Json.write(array), StandardCharsets.UTF_8) + "\n");
        }
        return good;
    }

    /** What is no mistake, and yet worth knowing: upstream's files over LOWER=/ are as they were meant. */
    private void note(Path file, Invocation invocation) {
        Locator.read(file).ifPresent(config -> {
            List<String> found = secrets.paths(config);
            if (!found.isEmpty()) {
                invocation.console().out(Shown.of(ByteText.of(file) + ": note: its root reads the host's secrets: " + String.join(" ", found) + " ("
                        + Secrets.remedy(config, found) + ")") + "\n");
            }
        });
    }
}
