package overlayd.group;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.failure.RefusedException;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.trial.Remains;
import overlayd.trial.Trials;

/** Trials whose daemon has ended while their command ran: the next one ends what is left of it, as the end of its client would have. */
public final class InterruptedTrials {
    private static final Logger LOG = LoggerFactory.getLogger(InterruptedTrials.class);

    private InterruptedTrials() {
    }

    /**
     * Ends them. To be called by a starting daemon before it serves anybody: a number that is dropped may be given to another trial.
     */
    public static void end(Kernel kernel, Trials trials, TrialVisit visit) {
        List<Trials.Trial> interrupted = trials.list().stream().filter(trial -> trial.state() == Trials.State.INTERRUPTED).toList();
        for (Trials.Trial trial : interrupted) {
            try {
                visit.end(trial);
                if (trial.subject().isHost()) {
                    new Remains(kernel).kill(trial);
                }
            } catch (RefusedException | KernelException left) {
                LOG.warn("what trial {} has left running could not be ended: {}", trial.id(), left.getMessage());
            }
        }
        if (!interrupted.isEmpty()) {
            LOG.info("trials whose command was interrupted by the end of the daemon before: {}", interrupted.stream().map(Trials.Trial::id).toList());
        }
    }
}
