package overlayd.trial;

import java.util.List;
import java.util.Locale;
import overlayd.failure.RefusedException;

/** What can be done with a trial in which state, and what to say where it cannot. */
final class States {
    private States() {
    }

    /** @throws RefusedException BUSY: it is in none of these */
    static void require(Trials.Trial trial, Trials.State... states) throws RefusedException {
        if (!List.of(states).contains(trial.state())) {
            throw new RefusedException(RefusedException.Kind.BUSY, "trial " + trial.id() + " is " + trial.state().name().toLowerCase(Locale.ROOT) + why(trial));
        }
    }

    private static String why(Trials.Trial trial) {
        return switch (trial.state()) {
            case RUNNING, APPLIED -> "";
            case KEPT -> ": it was not applied";
            case APPLYING -> ": it broke off; overlay try undo " + trial.id() + " takes it back";
            case INTERRUPTED -> ": " + trial.reason().orElse("") + ", so its changes may be half of what it was to do; overlay try diff " + trial.id()
                    + " shows them, overlay try apply --force " + trial.id() + " applies them all the same";
        };
    }
}
