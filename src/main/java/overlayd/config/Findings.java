package overlayd.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects the problems of one file, so that everything is told at once. */
final class Findings {
    private final Path file;
    private final Strictness strictness;
    private final List<Problem> problems = new ArrayList<>();

    Findings(Path file, Strictness strictness) {
        this.file = file;
        this.strictness = strictness;
    }

    void add(Rule rule, Position at, String message, String remedy) {
        Problem problem = new Problem(file, at.line(), at.column(), rule.severity(), rule.id(), message, remedy);
        Problem graded = strictness == Strictness.CHECK ? problem.asError() : problem;
        // One value may be read for two purposes (itself and a $KEY elsewhere): it is told once.
        if (!problems.contains(graded)) problems.add(graded);
    }

    void addAll(List<Problem> more) {
        for (Problem problem : more) {
            Problem graded = strictness == Strictness.CHECK ? problem.asError() : problem;
            if (!problems.contains(graded)) problems.add(graded);
        }
    }

    boolean hasErrors() {
        return problems.stream().anyMatch(Problem::isError);
    }

    /** In the order of the file. */
    List<Problem> sorted() {
        return problems.stream().sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column)).toList();
    }
}
