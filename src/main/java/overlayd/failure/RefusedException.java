package overlayd.failure;

import java.util.List;
import java.util.Optional;
import overlayd.config.Problem;

/** A request that was not, or not wholly, carried out. The kind decides the exit code; the rest is for the reader. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why, as far as a script has to tell apart (exit codes: overlayd-errors(7)). */
    public enum Kind {
        /** The configuration has errors. */
        CONFIG,
        /** The kernel or a program refused a step; undone. */
        STEP,
        /** It is running or booting already, here or in another instance. */
        EXISTS,
        /** No subhost of that name is known. */
        UNKNOWN,
        /** Something else is being done to it, or it was overtaken by a stop; try again. */
        BUSY,
        /** It is not running. */
        NOT_RUNNING,
        /** The caller asked for the end (SIGINT, SIGTERM); undone. */
        CANCELLED
    }

    private final Kind kind;
    private final transient List<Problem> problems;
    private final transient Optional<Failure> failure;

    private RefusedException(Kind kind, String message, List<Problem> problems, Optional<Failure> failure) {
        super(message);
        this.kind = kind;
        this.problems = List.copyOf(problems);
        this.failure = failure;
    }

    /** Refused for a reason that one sentence tells. */
    public RefusedException(Kind kind, String message) {
        this(kind, message, List.of(), Optional.empty());
    }

    public static RefusedException config(List<Problem> problems) {
        return new RefusedException(Kind.CONFIG, "the configuration has errors", problems, Optional.empty());
    }

    public static RefusedException step(Failure failure) {
        return new RefusedException(Kind.STEP, failure.text(), List.of(), Optional.of(failure));
    }

    public Kind kind() {
        return kind;
    }

    /** Every problem of the configuration, for {@link Kind#CONFIG}. */
    public List<Problem> problems() {
        return problems;
    }

    /** The failed step, for {@link Kind#STEP}. */
    public Optional<Failure> failure() {
        return failure;
    }
}
