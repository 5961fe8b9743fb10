package overlayd.group;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.config.ByteText;
import overlayd.config.SubhostConfig;
import overlayd.failure.RefusedException;
import overlayd.kernel.Kernel;
import overlayd.subhost.Progress;
import overlayd.subhost.Subhosts;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.trial.SubhostTrial;
import overlayd.trial.Trials;

/** A command in a throw-away subhost that lies on another one's layers: booted for it, entered as any subhost is, and stopped. */
public final class TrialVisit {
    private static final Logger LOG = LoggerFactory.getLogger(TrialVisit.class);

    private final Kernel kernel;
    private final Trials trials;
    private final Door door;

    public TrialVisit(Kernel kernel, Trials trials, Door door) {
        this.kernel = kernel;
        this.trials = trials;
        this.door = door;
    }

    /**
     * The command, run in a subhost that runs.
     *
     * @param <S> how it ended
     * @param <X> why it could not be run
     */
    public interface Inside<S, X extends Exception> {
        S run(String name) throws X, RefusedException;
    }

    /**
     * A trial, and how its command ended.
     *
     * @param trial empty: it was dropped while its command ran
     * @param cut whether it had no network: the subhost runs and has its addresses
     */
    public record Visited<S>(Optional<Trials.Trial> trial, S end, boolean cut) {
    }

    /** Runs the command. @param words what the trial is remembered by */
    public <S, X extends Exception> Visited<S> go(Locator.Named named, String words, Inside<S, X> inside) throws RefusedException, X {
        boolean runs = named.subhost().filter(subhost -> subhost.state().isLive()).isPresent();
        Optional<SubhostConfig> config = named.file().flatMap(Locator::read);
        Trials.Trial trial = SubhostTrial.begin(kernel, trials, config, runs, words);
        S end;
        boolean ran = false;
        try {
            door.boot(SubhostTrial.configuration(trials, trial), Subhosts.BootWish.DEFAULT, Progress.SILENT);
            end = inside.run(SubhostTrial.name(trial));
            ran = true;
        } finally {
            if (!ran) {
                forget(trial);
            }
        }
        if (trials.current(trial).isPresent()) {
            end(trial);
        }
        trials.finish(trial);
        return new Visited<>(trials.current(trial), end, runs && config.filter(known -> !known.cables().isEmpty()).isPresent());
    }

    /** Of one whose command has not come to its end, for whatever reason, nothing is left; that reason is what is told. */
    private void forget(Trials.Trial trial) {
        try {
            end(trial);
            trials.drop(trial);
        } catch (RefusedException left) {
            LOG.warn("trial {} could not be taken back: {}; then: overlay try drop {}", trial.id(), left.getMessage(), trial.id());
        }
    }

    /** Stops the subhost that a trial is, if it is one and runs. */
    public void end(Trials.Trial trial) throws RefusedException {
        String name = SubhostTrial.name(trial);
        String file = ByteText.of(SubhostTrial.configuration(trials, trial));
        if (!trial.subject().isHost() && door.find(name).filter(subhost -> subhost.file().equals(file) && subhost.state().isLive()).isPresent()) {
            door.stop(name, new Subhosts.StopWish(true, Optional.empty()), Progress.SILENT);
        }
    }
}
