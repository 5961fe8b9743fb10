package overlayd.command;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.config.SubhostConfig;
import overlayd.failure.RefusedException;
import overlayd.kernel.Kernel;
import overlayd.subhost.Progress;
import overlayd.subhost.Subhosts;
import overlayd.trial.SubhostTrial;
import overlayd.trial.Trials;

/** A command in a throw-away subhost that lies on another one's layers: booted for it, entered as any subhost is, and stopped. */
final class TrialVisit {
    private static final String NAME = "overlay try";

    private final Kernel kernel;
    private final Trials trials;
    private final Door door;
    private final Locator locator;
    private final GoCommand go;

    TrialVisit(Kernel kernel, Trials trials, Door door, Locator locator, GoCommand go) {
        this.kernel = kernel;
        this.trials = trials;
        this.door = door;
        this.locator = locator;
        this.go = go;
    }

    /** A trial, and what its command exited with. */
    record Visited(Trials.Trial trial, int status) {
    }

    /** Runs the command; empty: there is no such subhost. */
    Optional<Visited> go(String reference, List<String> command, Invocation invocation) throws RefusedException, UsageException {
        Optional<Locator.Named> named = locator.subhost(reference, invocation.arguments().workingDirectory());
        if (named.isEmpty()) {
            return Optional.empty();
        }
        boolean runs = named.get().subhost().filter(subhost -> subhost.stateOf().isLive()).isPresent();
        Optional<SubhostConfig> config = named.get().file().flatMap(Locator::read);
        Trials.Trial trial = SubhostTrial.begin(kernel, trials, config, runs, String.join(" ", command));
        int status;
        try {
            door.boot(SubhostTrial.configuration(trials, trial), Subhosts.BootWish.DEFAULT, Progress.SILENT);
            status = go.run(new Given(Map.of(), List.of(SubhostTrial.name(trial)), Optional.of(command)), invocation);
        } catch (RefusedException refused) {
            end(trial);
            trials.drop(trial);
            throw refused;
        }
        if (runs && config.filter(known -> !known.cables().isEmpty()).isPresent()) {
            invocation.complain(NAME, named.get().name(), "it runs and has its addresses, so the command had no network");
        }
        end(trial);
        trials.finish(trial);
        return Optional.of(new Visited(trials.find(trial.id()).orElse(trial), status));
    }

    /** Stops the subhost that a trial is, if it is one and runs. */
    void end(Trials.Trial trial) throws RefusedException {
        String name = SubhostTrial.name(trial);
        String file = ByteText.of(SubhostTrial.configuration(trials, trial));
        if (!trial.subject().isHost() && door.find(name).filter(subhost -> subhost.file().equals(file) && subhost.stateOf().isLive()).isPresent()) {
            door.stop(name, new Subhosts.StopWish(true, Optional.empty()), Progress.SILENT);
        }
    }
}
