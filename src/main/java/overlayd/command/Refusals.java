package overlayd.command;

import java.util.List;
import overlayd.config.Problem;
import overlayd.failure.Failure;
import overlayd.failure.RefusedException;
import overlayd.subject.Shown;

/** Says why something was refused, the same way in every command. */
final class Refusals {
    private Refusals() {
    }

    /** Writes {@code COMMAND: SUBJECT: why} with cause, remedy and what became of it; answers what to exit with. */
    static ExitCode tell(Invocation invocation, String command, String subject, RefusedException refused) {
        if (refused.kind() == RefusedException.Kind.CONFIG && !refused.problems().isEmpty()) {
            problems(invocation, refused.problems());
            long errors = refused.problems().stream().filter(Problem::isError).count();
            invocation.complain(command, subject,
                    (errors == 1 ? "1 error" : errors + " errors") + " in the configuration; nothing was done");
        } else {
            String text = refused.failure().map(Failure::text).orElseGet(refused::getMessage);
            // "web is running already" names its subject itself
            boolean named = refused.failure().isEmpty() && (" " + text + " ").contains(" " + subject + " ");
            invocation.complain(command, named ? "" : subject, text);
        }
        return ExitCode.of(refused.kind());
    }

    /** Writes problems of configurations, {@code file:line:column: error: message (remedy)} each. */
    static void problems(Invocation invocation, List<Problem> problems) {
        problems.forEach(problem -> invocation.console().err(Shown.of(problem.text()) + "\n"));
    }
}
