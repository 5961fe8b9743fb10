package overlayd.config;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects the problems of one file, so that everything is told at once. */
final class Findings {
    private final Path file;
    private final Strictness strictness;
    /** A set: one value may be read for two purposes (itself and a $KEY elsewhere) and is told once. */
    private final Set<Problem> problems = new LinkedHashSet<>();

    Findings(Path file, Strictness strictness) {
        this.file = file;
        this.strictness = strictness;
    }

    void add(Rule rule, Position at, String message, String remedy) {
        Problem problem = new Problem(file, at.line(), at.column(), rule.severity(), rule.id(), message, remedy);
        addAll(List.of(problem));
    }

    void addAll(List<Problem> more) {
        for (Problem problem : more) problems.add(strictness == Strictness.CHECK ? problem.asError() : problem);
    }

    boolean hasErrors() {
        return problems.stream().anyMatch(Problem::isError);
    }

    /** In the order of the file. */
    List<Problem> sorted() {
        return problems.stream().sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column)).toList();
    }
}
