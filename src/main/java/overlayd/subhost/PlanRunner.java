package overlayd.subhost;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.failure.Diagnosis;
import overlayd.failure.Failure;
import overlayd.failure.StepFailedException;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Namespaces;
import overlayd.kernel.Workplace;
import overlayd.plan.BootPlan;
import overlayd.plan.HostStep;
import overlayd.plan.MountStep;
import overlayd.plan.Step;
import overlayd.plan.Undo;
import overlayd.rootfs.Hooks;
import overlayd.rootfs.IdMapping;
import overlayd.rootfs.RootBuilder;
import overlayd.rootfs.RunningHook;
import overlayd.state.Course;

/**
 * Carries out the steps of a plan up to pid 1: those on the host one by one, each undo journalled first; then those in the new
 * mount namespace, in one job of a namespace worker, while cables are plugged.
 */
final class PlanRunner {
    /** One boot under way. */
    record Run(BootPlan plan, BootState state, UndoStack undo, Subhost subhost, Progress progress, Optional<FailAt> failAt) {
        /** The same run of another plan. */
        Run with(BootPlan other) {
            return new Run(other, state, undo, subhost, progress, failAt);
        }

        void check(Step step) throws StepFailedException {
            subhost.clock().step(step);
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

    private static final Logger LOG = LoggerFactory.getLogger(PlanRunner.class);

    private final Kernel kernel;
    private final HostSteps hostSteps;
    private final Hooks hooks;

    PlanRunner(Kernel kernel, HostSteps hostSteps) {
        this.kernel = kernel;
        this.hostSteps = hostSteps;
        this.hooks = new Hooks(kernel);
    }

    /** Does everything that comes before pid 1: afterwards the run's state holds every descriptor that the monitor needs. */
    void prepare(Run run) throws StepFailedException, IOException {
        HostStep.Cases<Void, KernelException> cases = hostSteps.of(run);
        int apart = run.plan().firstBesideMounts();
        for (HostStep step : run.plan().onHost().subList(0, apart)) {
            carryOut(run, step, cases);
        }
        try {
            if (run.plan().hasHooks()) {
                mountRoot(run);
                return;
            }
            Namespaces.Running<Fd, StepFailedException> mounting = begin(run);
            boolean plugged = false;
            try {
                for (HostStep step : run.plan().onHost().subList(apart, run.plan().onHost().size())) {
                    carryOut(run, step, cases);
                }
                plugged = true;
            } finally {
                if (!plugged) {
                    settle(mounting);
                }
            }
            run.subhost().clock().rest();
            mounting.await();
        } catch (KernelException refused) {
            throw new StepFailedException(Diagnosis.of("make mount namespace", run.plan().name(), refused.errno(), refused.getMessage()), refused);
        }
    }

    /** What is undone must not be pinned by a job that still runs; what that one was refused matters no more. */
    private static void settle(Namespaces.Running<Fd, StepFailedException> mounting) {
        try {
            mounting.await();
        } catch (KernelException | StepFailedException refused) {
            LOG.debug("beside a step that failed: {}", refused.getMessage());
        }
    }

    private void carryOut(Run run, HostStep step, HostStep.Cases<Void, KernelException> cases) throws StepFailedException, IOException {
        run.check(step);
        if (step instanceof HostStep.RunUpperScript) {
            return; // done already: the plan depends on what it printed (ConfigPrograms)
        }
        CrashPoints.pass();
        if (step.undo().isPresent()) {
            run.undo().push(step.undo().get());
            CrashPoints.pass();
        }
        try {
            step.match(cases);
            CrashPoints.pass();
        } catch (KernelException refused) {
            // A refused step has changed nothing, and what bears its name now may be somebody else's.
            step.undo().ifPresent(run.undo()::drop);
            throw new StepFailedException(Diagnosis.of(step, refused), refused);
        }
    }

    /** All mounts in one job, while cables are plugged. */
    private Namespaces.Running<Fd, StepFailedException> begin(Run run) {
        Batch batch = new Batch(builder(run), run.plan().inNamespaces(), true);
        Optional<Fd> known = run.state().mounts();
        return kernel.namespaces().<Fd, StepFailedException>begin(place -> mountSome(run, batch, place, known));
    }

    private RootBuilder builder(Run run) {
        Optional<IdMapping> ids = run.state().userns().map(userns -> new IdMapping(userns, run.plan().init().confinement().ids().orElseThrow()));
        return run.state().keep(new RootBuilder(kernel, kernel.mounts(), path -> journal(run, path), ids));
    }

    /** Steps in the mount namespace; a job of its own between two hooks, for a worker must not wait for a hook's end. */
    void mountRoot(Run run) throws StepFailedException, KernelException {
        RootBuilder builder = builder(run);
        List<MountStep> steps = run.plan().inNamespaces();
        Optional<Fd> mntns = run.state().mounts();
        int next = 0;
        while (next < steps.size() || mntns.isEmpty()) {
            int end = next;
            while (end < steps.size() && !(steps.get(end) instanceof MountStep.RunHook)) {
                end++;
            }
            List<MountStep> batch = steps.subList(next, end);
            Optional<Fd> known = mntns;
            boolean last = end == steps.size();
            run.subhost().clock().rest();
            mntns = Optional.of(kernel.namespaces().<Fd, StepFailedException>run(
                    place -> mountSome(run, new Batch(builder, batch, last), place, known)));
            next = end;
            if (!last) {
                hook(run, (MountStep.RunHook) steps.get(next++), mntns.get());
            }
        }
    }

    /**
     * Mount points that are missing are made in UPPER, or in the bound root: they outlive the namespace of a failed boot. Called on the
     * worker.
     */
    private static void journal(Run run, String path) throws KernelException {
        BootPlan.Subject subject = run.plan().subject();
        try {
            run.undo().push(new Undo.RemoveFile(subject.rootKind().equals("premounted") ? subject.live() : subject.upperdir(), path));
        } catch (IOException full) {
            throw new KernelException("write journal", run.subhost().rundir().directory(), Errno.EIO, String.valueOf(full.getMessage()));
        }
    }

    /** Steps done in one job. {@code last}: no step follows. */
    private record Batch(RootBuilder builder, List<MountStep> steps, boolean last) {
    }

    private static Fd mountSome(Run run, Batch batch, Workplace place, Optional<Fd> known) throws StepFailedException, KernelException {
        run.subhost().clock().phase(Course.Kind.NAMESPACES, "make mount namespace");
        if (known.isPresent()) {
            place.enterMounts(known.get());
        } else {
            place.unshareMounts();
        }
        // /sys shows the interfaces of the netns it is mounted from.
        place.enterNet(run.state().netns());
        if (run.state().userns().isPresent()) {
            place.actAs((int) run.plan().init().confinement().ids().orElseThrow().start());
        }
        for (MountStep step : batch.steps()) {
            run.check(step);
            CrashPoints.pass();
            carryOut(batch.builder(), step);
            CrashPoints.pass();
        }
        Fd mntns = known.isPresent() ? known.get() : run.state().handOver("mnt", place.mntnsFd());
        if (batch.last()) {
            run.state().handOver("live", batch.builder().takeLive());
            batch.builder().takeConsole().ifPresent(master -> run.state().handOver("terminal", master));
        }
        run.subhost().clock().rest();
        return mntns;
    }

    private static void carryOut(RootBuilder builder, MountStep step) throws StepFailedException {
        try {
            builder.carryOut(step);
        } catch (KernelException refused) {
            throw new StepFailedException(Diagnosis.of(step, refused), refused);
        }
    }

    private void hook(Run run, MountStep.RunHook step, Fd mntns) throws StepFailedException, KernelException {
        run.check(step);
        CrashPoints.pass();
        try (RunningHook hook = kernel.namespaces().<RunningHook, KernelException>run(place -> {
            place.enterMounts(mntns);
            return hooks.start(step, place);
        })) {
            run.subhost().during(hook::interrupt,
                    () -> hook.await(output -> run.progress().warning(new String(output, java.nio.charset.StandardCharsets.UTF_8).strip())));
        } catch (KernelException refused) {
            throw new StepFailedException(Diagnosis.of(step, refused), refused);
        }
    }
}
