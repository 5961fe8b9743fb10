package overlayd.subhost;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.config.ByteText;
import overlayd.config.Strictness;
import overlayd.failure.StepFailedException;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.network.CablePlugger;
import overlayd.plan.BootPlan;
import overlayd.plan.HostStep;
import overlayd.plan.Undo;
import overlayd.state.Instance;
import overlayd.state.Journal;
import overlayd.state.Rundir;
import overlayd.state.SubhostRecord;

/**
 * Goes through what a boot does, up to the moment when pid 1 would be let go, so that the first real one finds its classes loaded and, after
 * enough turns, compiled: half of what a young daemon's boot costs is the interpreter. Nothing of it has a name that others could meet (no pinned netns, no cgroup, no lock, no
 * record in the registry), everything lies in one directory of the instance's own, which is removed; what a killed daemon left of it, the next
 * rehearsal removes. A refusal of the host is not told here: the first boot that meets it will.
 */
final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    /** As often as a method is to be called before it is compiled (sbin/overlayd: CompileThresholdScaling). */
    private static final int TURNS = 8;

    /** What a boot works with. */
    record Hands(Kernel kernel, ConfigPlanner planner, PlanRunner runner, HostSteps hostSteps, Filters filters) {
    }

    private final Hands hands;
    private final Path directory;
    private final BooleanSupplier wanted;

    /** @param directory for what a boot needs, made and removed. {@code wanted}: asked between stages; false when somebody boots in earnest */
    Rehearsal(Hands hands, Path directory, BooleanSupplier wanted) {
        this.hands = hands;
        this.directory = directory;
        this.wanted = wanted;
    }

    /** On any host thread; uses monitors up. */
    void run(Monitors monitors) {
        try {
            Path file = prepare();
            for (int i = 0; i < TURNS && wanted.getAsBoolean(); i++) {
                Subhosts.Planning planning = hands.planner().plan(file, Strictness.BOOT);
                planning.problems().forEach(problem -> LOG.debug("rehearsal: {}", problem.text()));
                if (planning.plan().isPresent() && wanted.getAsBoolean()) {
                    turn(planning.plan().get(), monitors.take());
                }
            }
        } catch (IOException | KernelException | StepFailedException | RuntimeException refused) {
            LOG.debug("rehearsal: {}", refused.getMessage(), refused);
        } finally {
            remove(directory);
            LOG.debug("rehearsal: over");
        }
    }

    private void turn(BootPlan plan, Monitors.Monitor monitor) throws IOException, KernelException, StepFailedException {
        try {
            boot(plan, monitor);
        } finally {
            Monitors.end(monitor);
        }
    }

    private Path prepare() throws IOException {
        remove(directory);
        Path base = directory.resolve("rehearsal");
        for (String part : List.of("root", "work", "live")) {
            Instance.makePrivate(base.resolve(part));
        }
        Path file = directory.resolve("rehearsal.conf");
        Files.writeString(file, "BASE=rehearsal\nSTART=none\nLOG=" + ByteText.of(directory.resolve("log")) + "\n");
        return file;
    }

    private void boot(BootPlan plan, Monitors.Monitor monitor) throws IOException, KernelException, StepFailedException {
        SubhostRecord record = Records.starting(plan, hands.kernel().processes().bootId());
        Subhost subhost = new Subhost(new Rundir(directory.resolve("subhost")), record);
        subhost.rundir().prepare();
        subhost.rundir().write(record);
        try (BootState state = new BootState(); UndoStack undo = new UndoStack(Journal.start(subhost.rundir().journal()))) {
            undo.push(new Undo.RemoveEmptyLog(plan.subject().log()));
            PlanRunner.Run run = new PlanRunner.Run(plan, state, undo, subhost, Progress.SILENT, Optional.empty());
            for (HostStep step : plan.onHost()) {
                if (step instanceof HostStep.OpenLog) {
                    step.match(hands.hostSteps().of(run));
                }
            }
            CablePlugger plugger = state.plug(CablePlugger.makeNetns(hands.kernel(), Optional.empty()));
            state.netns(plugger.netns());
            hands.runner().mountRoot(run);
            List<InitStarter.Named> descriptors = new ArrayList<>(state.forInit());
            if (plan.init().confinement().filter().isPresent()) {
                descriptors.add(new InitStarter.Named("seccomp", hands.filters().of(plan.init().confinement().filter().get()).file()));
            }
            // pid 1 waits to be let go, which it never is: it ends with the monitor.
            new InitStarter(hands.kernel().processes()).start(monitor.control(), plan.name(), plan.init(),
                    InitStarter.LogFile.of(plan.subject().log()), descriptors).close();
        }
    }

    private static void remove(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException | UncheckedIOException left) {
            LOG.debug("rehearsal: {}", left.getMessage());
        }
    }
}
