package overlayd.subhost;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import overlayd.config.ByteText;
import overlayd.config.Init;
import overlayd.config.Problem;
import overlayd.config.SubhostConfig;
import overlayd.failure.Diagnosis;
import overlayd.failure.Failure;
import overlayd.failure.StepFailedException;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.plan.BootPlan;
import overlayd.plan.HostStep;
import overlayd.plan.Planner;
import overlayd.plan.Step;

/**
 * Runs, at the beginning of a boot, the programs of the configuration that decide what is to be planned: an executable UPPER, which
 * prints the directory to use, and a command of INIT, which prints the init script. Then the boot is planned anew.
 */
final class ConfigPrograms {
    /** Plans anew, as {@link ConfigPlanner#again} does. */
    interface Planning {
        Planner.Outcome again(SubhostConfig config, Optional<Fd> mounts, Planner.Printed printed, Path upper) throws KernelException;
    }

    private final HostCommand commands;
    private final Planning planning;

    ConfigPrograms(HostCommand commands, Planning planning) {
        this.commands = commands;
        this.planning = planning;
    }

    /** The run with a plan that leaves nothing open; the same run where no program has a say. */
    PlanRunner.Run resolve(PlanRunner.Run run, SubhostConfig config) throws StepFailedException, IOException {
        Optional<HostStep.RunUpperScript> upper = run.plan().onHost().stream().filter(HostStep.RunUpperScript.class::isInstance)
                .map(HostStep.RunUpperScript.class::cast).findFirst();
        boolean script = config.boot().init() instanceof Init.ScriptFrom;
        if (upper.isEmpty() && !script) {
            return run;
        }
        Path directory = upper.isPresent() ? setUp(run, upper.get(), config) : config.root().upper();
        Optional<String> initScript = script ? Optional.of(initScript(run, (Init.ScriptFrom) config.boot().init(), config)) : Optional.empty();
        return run.with(plan(run, config, new Planner.Printed(upper.map(HostStep.RunUpperScript::script), initScript), directory));
    }

    private Path setUp(PlanRunner.Run run, HostStep.RunUpperScript step, SubhostConfig config) throws StepFailedException, IOException {
        run.check(step);
        // The pair belongs together: teardown is owed as soon as setup has begun, even if it fails half-way.
        CrashPoints.pass();
        run.undo().push(step.undo().orElseThrow());
        CrashPoints.pass();
        try {
            String printed = commands.run(new HostCommand.Request("UPPER script", List.of(ByteText.of(step.script())), step.config(),
                    step.script().getParent(), "setup", config.timeouts().hook()), run.subhost());
            String line = printed.lines().map(String::strip).filter(text -> !text.isEmpty()).reduce((a, b) -> b).orElse("");
            if (line.isEmpty()) {
                throw new StepFailedException(new Failure(step.name(), step.operands(), "", "", "it printed nothing",
                        "let it print the upper directory's path on its last line", true), null);
            }
            return config.base().resolve(ByteText.path(line)).normalize();
        } catch (KernelException refused) {
            throw new StepFailedException(Diagnosis.of(step, refused), refused);
        }
    }

    private String initScript(PlanRunner.Run run, Init.ScriptFrom init, SubhostConfig config) throws StepFailedException {
        try {
            return commands.run(new HostCommand.Request("INIT", init.command().argv(), config.file(), config.base(), "", config.timeouts().hook()), run.subhost());
        } catch (KernelException refused) {
            throw new StepFailedException(Diagnosis.of(run.plan().init(), refused), refused);
        }
    }

    private BootPlan plan(PlanRunner.Run run, SubhostConfig config, Planner.Printed printed, Path upper) throws StepFailedException {
        // What the first step of the plan printed is what the new plan rests on.
        Step step = printed.upperScript().isPresent() ? run.plan().onHost().get(0) : run.plan().init();
        try {
            Planner.Outcome outcome = planning.again(config, run.state().mounts(), printed, upper);
            if (outcome.plan().isEmpty()) {
                String problems = outcome.problems().stream().filter(Problem::isError).map(Problem::text).collect(Collectors.joining("; "));
                throw new StepFailedException(new Failure(step.name(), step.operands(), "", "", "what it printed cannot be used: " + problems,
                        "correct what it prints", true), null);
            }
            return outcome.plan().get();
        } catch (KernelException refused) {
            throw new StepFailedException(Diagnosis.of(step, refused), refused);
        }
    }
}
