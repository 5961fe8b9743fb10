package overlayd.subhost;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlayd.kernel.Deadline;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Signal;
import overlayd.plan.InitStep;

/**
 * Waits for READY: each condition by a command in the subhost, {@code /.reaper --await}, which sees its files and network as its services
 * do. The command ends with the subhost.
 */
final class Conditions {
    private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME", "/");
    private static final Duration MARGIN = Duration.ofSeconds(5);

    private final Kernel kernel;
    private final Inside inside;

    Conditions(Kernel kernel, Inside inside) {
        this.kernel = kernel;
        this.inside = inside;
    }

    /** @return why it is degraded; empty: all are true, or pid 1 has ended */
    String await(Subhost subhost, InitStep.AwaitReady step) throws KernelException {
        Deadline deadline = step.conditionSeconds() == 0 ? Deadline.NEVER : Deadline.after(Duration.ofSeconds(step.conditionSeconds()));
        for (List<String> condition : step.conditions()) {
            if (subhost.ended().isDone()) {
                return "";
            }
            int status = await(subhost, condition, deadline);
            if (status != 0 && !Endings.hasEnded(subhost)) {
                return "READY=" + shown(condition) + (status == 124 ? " has not come true within " + step.conditionSeconds() + " s"
                        : " cannot be waited for (status " + status + ")");
            }
        }
        return "";
    }

    private static String shown(List<String> condition) {
        return condition.get(0).equals("command") ? "!" + String.join(" ", condition.subList(1, condition.size())) : condition.get(0);
    }

    private int await(Subhost subhost, List<String> condition, Deadline deadline) throws KernelException {
        long seconds = deadline.isNever() ? 0 : Math.max(1, (deadline.remainingNanos() + 999_999_999) / 1_000_000_000);
        List<String> command = new ArrayList<>(List.of("/.reaper", "--await", Long.toString(seconds)));
        command.addAll(condition);
        try (Fd nothing = kernel.files().openReadWrite("/dev/null");
                InsideCommand waiting = inside.start(subhost, new InsideCommand.Request(command, ENVIRONMENT, "/", Optional.empty(),
                        List.of(nothing, nothing, nothing)))) {
            // --await bounds itself; the margin is for a subhost whose processes are stopped.
            Optional<InsideCommand.Outcome> outcome = waiting.await(seconds == 0 ? Deadline.NEVER
                    : Deadline.after(Duration.ofSeconds(seconds).plus(MARGIN)));
            if (outcome.isEmpty()) {
                waiting.signal(Signal.KILL.number());
            }
            return outcome.map(o -> o.status().shellStatus()).orElse(124);
        }
    }
}
