package overlayd.subhost;

import java.nio.file.Path;
import java.time.Duration;
import overlayd.config.SubhostConfig;
import overlayd.kernel.KernelException;

/** Plans anew with the values that commands of a configuration compute. Any thread. */
record Computing(ConfigPlanner planner, HostCommand hostCommand, Registry registry) {
    /**
     * The planning with every value; as it is where no command has a say. A subhost that runs already is refused without running its commands
     * once more, unless it is {@code held} for this boot.
     */
    Subhosts.Planning of(Subhosts.Planning shown, Path file, boolean held, PrivateMounts mounts) {
        boolean complete = shown.config().map(SubhostConfig::isComplete).orElse(true);
        if (complete || shown.plan().isEmpty() || !held && running(shown)) {
            return shown;
        }
        Duration bound = shown.config().orElseThrow().timeouts().hook();
        try {
            return planner.plan(file, new ValueCommands(hostCommand, mounts, bound), mounts);
        } catch (KernelException noProc) {
            throw new IllegalStateException(noProc);
        }
    }

    private boolean running(Subhosts.Planning shown) {
        return registry.find(shown.config().orElseThrow().name()).filter(subhost -> subhost.state().isLive()).isPresent();
    }
}
