package overlayd.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import overlayd.config.Problem;
import overlayd.config.Relations;
import overlayd.config.Restart;

/**
 * Everything one boot will do, in order, as values: printed by {@code --plan}, then these same objects are carried out.
 *
 * @param name subhost's name
 * @param file configuration file
 * @param onHost steps on the host, in order; undone in reverse
 * @param inNamespaces steps in the new mount namespace, in order; they vanish with it
 * @param init what pid 1 executes
 * @param ready what is waited for
 * @param subject facts of the plan that later commands need
 * @param warnings oddities that do not keep it from booting
 */
public record BootPlan(String name, Path file, List<HostStep> onHost, List<MountStep> inNamespaces, InitStep.StartInit init,
        InitStep.AwaitReady ready, Subject subject, List<Problem> warnings) {
    private static final Set<Class<? extends HostStep>> OF_THE_NETWORK = Set.of(CableStep.PlugCable.class, CableStep.PlugVlan.class,
            CableStep.BringUp.class, CableStep.KeepAddress.class, CableStep.Publish.class);

    public BootPlan {
        onHost = List.copyOf(onHost);
        inNamespaces = List.copyOf(inNamespaces);
        warnings = List.copyOf(warnings);
    }

    /**
     * What is remembered of the subhost while it lives.
     *
     * @param rootKind "overlay", "bind" or "premounted"
     * @param services started services in order
     * @param startSeconds bound for one service's start or stop script
     * @param stopSeconds grace between TERM and KILL
     * @param cgroup path of its group below each hierarchy's root
     * @param upkeep what it may use, and what becomes of it when it has ended
     */
    public record Subject(String rootKind, List<Path> lowerdirs, Path upperdir, Path workdir, Path live, Path log,
            List<String> hostEnds, List<String> macs, List<String> services, long startSeconds, long stopSeconds,
            Optional<String> cgroup, Upkeep upkeep) {
        public Subject {
            lowerdirs = List.copyOf(lowerdirs);
            hostEnds = List.copyOf(hostEnds);
            macs = List.copyOf(macs);
            services = List.copyOf(services);
        }
    }

    /** Whether it is booted again when it has ended, its limits as {@code MEMORY=512M}, and whom it waits for. */
    public record Upkeep(Restart restart, List<String> limits, Relations relations) {
        public Upkeep {
            limits = List.copyOf(limits);
        }
    }

    /** Whether a program of the configuration runs between two mounts. */
    public boolean hasHooks() {
        return inNamespaces.stream().anyMatch(MountStep.RunHook.class::isInstance);
    }

    /**
     * From this step on the host on, all are about cables and addresses alone: they and the steps in the mount namespace can be done at the
     * same time, for that one needs the netns and no more. Behind the last step where a hook may look at what either has done.
     */
    public int firstBesideMounts() {
        int first = onHost.size();
        while (!hasHooks() && first > 0 && OF_THE_NETWORK.contains(onHost.get(first - 1).getClass())) {
            first--;
        }
        return first;
    }

    /** Every step, by what it belongs to; {@link #firstBesideMounts} tells which are done at the same time. */
    public List<Step> steps() {
        List<Step> steps = new ArrayList<>(onHost);
        steps.addAll(inNamespaces);
        steps.add(init);
        steps.add(ready);
        return steps;
    }
}
