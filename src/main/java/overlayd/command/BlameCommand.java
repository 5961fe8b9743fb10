package overlayd.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.report.Documents;
import overlayd.state.Course;
import overlayd.state.Took;
import overlayd.subject.Locator;
import overlayd.subject.Shown;
import overlayd.subject.UsageException;
import overlayd.varlink.Json;

/** overlay blame: where the time of a subhost's last boot went. */
final class BlameCommand implements Command {
    private static final String NAME = "overlay blame";

    private final Locator locator;
    private final Model model = Model.of(NAME, "overlay blame [OPTION]... NAME|FILE")
            .about("Shows where the time of a subhost's last boot went.", "The slowest first: planning, each step on the host and in the"
                    + " namespaces, process 1, each service of START, READY.")
            .operands("NAME|FILE", "1", "name of the subhost, or its configuration file")
            .flag("one JSON array, in the order in which they began", "-j", "--json")
            .option("FILE", String.class, "write the timeline as a picture, which a browser shows; - is standard output", "--svg")
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.STEP, ExitCode.NOT_PERMITTED,
                    ExitCode.READER_GONE)
            .build();

    BlameCommand(Locator locator) {
        this.locator = locator;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        if (given.has("--json") && given.has("--svg")) {
            throw new UsageException("either --json or --svg");
        }
        Optional<Locator.Named> named = invocation.known(locator, NAME, given.operands().get(0));
        if (named.isEmpty()) {
            return ExitCode.UNKNOWN.number();
        }
        String name = named.get().name();
        Course course = named.get().subhost().map(subhost -> subhost.upkeep().course()).orElse(Course.NONE);
        if (course.spans().isEmpty()) {
            invocation.complain(NAME, name, "no times of a boot are known");
            return ExitCode.UNKNOWN.number();
        }
        Optional<String> svg = given.value("--svg", String.class);
        if (svg.isPresent()) {
            return draw(svg.get(), name, course, invocation).number();
        }
        invocation.console().out(given.has("--json") ? new String(Json.write(Documents.spans(course)), StandardCharsets.UTF_8) + "\n" : text(course));
        return ExitCode.OK.number();
    }

    private static ExitCode draw(String file, String name, Course course, Invocation invocation) {
        String picture = Timeline.of(name, course);
        if (file.equals("-")) {
            invocation.console().out(picture);
            return ExitCode.OK;
        }
        try {
            Path path = invocation.arguments().workingDirectory().orElse(Path.of("/")).resolve(ByteText.path(file));
            Files.write(path, picture.getBytes(StandardCharsets.UTF_8));
            return ExitCode.OK;
        } catch (NoSuchFileException absent) {
            return unwritten(file, "its directory does not exist", invocation);
        } catch (IOException refused) {
            return unwritten(file, refused instanceof FileSystemException named && named.getReason() != null ? named.getReason()
                    : refused.getMessage(), invocation);
        }
    }

    private static ExitCode unwritten(String file, String why, Invocation invocation) {
        invocation.complain(NAME, file, "cannot be written: " + why);
        return ExitCode.STEP;
    }

    /** A line each, the slowest first; services are told by themselves, so what waits for them is told without them. */
    static String text(Course course) {
        long services = course.spans().stream().filter(span -> span.kind() == Course.Kind.SERVICE).mapToLong(Course.Span::micros).sum();
        List<Course.Span> own = course.spans().stream().map(span -> span.name().equals("await ready")
                ? new Course.Span(span.kind(), span.start(), Math.max(0, span.micros() - services), span.name()) : span)
                .sorted(Comparator.comparingLong(Course.Span::micros).reversed()).toList();
        StringBuilder text = new StringBuilder();
        own.forEach(span -> text.append("%10s  %s%s%n".formatted(Took.text(span.micros()), span.kind() == Course.Kind.SERVICE ? "service " : "",
                Shown.of(span.name()))));
        return text.append("%10s  in all%n".formatted(Took.text(course.micros()))).toString();
    }
}
