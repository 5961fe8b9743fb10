package overlayd.subhost;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Workplace;
import overlayd.plan.BootPlan;
import overlayd.plan.Step;
import overlayd.rootfs.RootBuilder;

/**
 * Carries out the steps of a plan up to pid 1: those on the host one by one, each undo journalled first; then those in the new
 * mount namespace, in one job of a namespace worker.
 */
final class PlanRunner {
    /** One boot under way. */
    record Run(BootPlan plan, BootState state, UndoStack undo, Subhost subhost, Progress progress, Optional<FailAt> failAt) {
        void check(Step step) throws StepFailedException {
            try {
                if (failAt.isPresent()) {
                    failAt.get().check(plan, step);
                }
            } catch (KernelException asked) {
                throw new StepFailedException(Diagnosis.of(step, asked), asked);
            }
            if (subhost.cancelled().isPresent()) {
                throw new StepFailedException(new Failure(step.name(), "", "ECANCELED", "", subhost.cancelled().get(), "", true), null);
            }
        }
    }

    private final Kernel kernel;
    private final HostSteps hostSteps;
    private final RootBuilder.Factory builders;

    PlanRunner(Kernel kernel, HostSteps hostSteps, RootBuilder.Factory builders) {
        this.kernel = kernel;
        this.hostSteps = hostSteps;
        this.builders = builders;
    }

    /** Does everything that comes before pid 1. */
    void prepare(Run run) throws StepFailedException, IOException {
        for (Step.OnHost step : run.plan().onHost()) {
            run.check(step);
            if (step.undo().isPresent()) {
                run.undo().push(step.undo().get());
            }
            try {
                step.match(hostSteps.of(run));
            } catch (KernelException refused) {
                throw new StepFailedException(Diagnosis.of(step, refused), refused);
            }
        }
    }
}
