package overlayd.subhost;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.config.Init;
import overlayd.config.SubhostConfig;
import overlayd.failure.Diagnosis;
import overlayd.failure.Failure;
import overlayd.failure.RefusedException;
import overlayd.failure.StepFailedException;
import overlayd.kernel.ControlSocket;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pidfd;
import overlayd.kernel.SyscallFilter;
import overlayd.plan.BootPlan;
import overlayd.plan.InitStep;
import overlayd.plan.Step;
import overlayd.plan.Undo;
import overlayd.state.Course;
import overlayd.state.Journal;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;

/**
 * Carries out boot plans: journal, step, next step; on failure everything back in reverse. Runs on the thread of whoever asked,
 * which is the subhost's lane until the boot is over.
 */
final class Boots {
    private static final Logger LOG = LoggerFactory.getLogger(Boots.class);

    /** What the caller wants beside the plan. {@code mounts}: the mount namespace to boot in, where there is one already; becomes ours. */
    record Wish(boolean strict, Optional<FailAt> failAt, Optional<Fd> mounts) {
    }

    /** The rooms that do what a plan says. */
    record Hands(Kernel kernel, Monitors monitors, PlanRunner runner, Undo.Cases<Void, KernelException> undo, Endings endings,
            Filters filters, Conditions conditions) {
    }

    private final Hands hands;
    private final InitStarter starter;
    private final ConfigPrograms programs;

    Boots(Hands hands, ConfigPrograms programs) {
        this.hands = hands;
        this.programs = programs;
        this.starter = new InitStarter(hands.kernel().processes());
    }

    /** Boots a subhost that is in state STARTING by the caller's doing. On return it runs; on any exception it does not. */
    void boot(Subhost subhost, SubhostConfig config, BootPlan plan, Wish wish, Progress progress) throws RefusedException {
        Monitors.Monitor monitor = null;
        try (BootState state = new BootState()) {
            wish.mounts().ifPresent(state::mounts);
            subhost.rundir().prepare();
            subhost.rundir().write(subhost.record());
            UndoStack undo = new UndoStack(Journal.start(subhost.rundir().journal()));
            try {
                PlanRunner.Run run = programs.resolve(new PlanRunner.Run(plan, state, undo, subhost, progress, wish.failAt()), config);
                if (run.plan() != plan) {
                    subhost.become(Records.starting(run.plan(), subhost.record().bootId()).with(subhost.record().upkeep()));
                }
                hands.runner().prepare(run);
                try (BootLog log = BootLog.of(hands.kernel(), run)) {
                    noteSkipped(log, run, config);
                    monitor = take(run.plan());
                    CrashPoints.pass();
                    started(run, monitor, wish, log);
                }
            } catch (StepFailedException | IOException | RuntimeException | Error failed) {
                boolean gone = giveUp(subhost, monitor);
                state.release();
                throw refused(subhost, failed, gone, undo);
            } finally {
                undo.close();
            }
        } catch (IOException full) {
            throw failed(subhost, noJournal(subhost, full));
        }
    }

    /** Services of the default list that the root does not have are left out, which the log says in one line. */
    private static void noteSkipped(BootLog log, PlanRunner.Run run, SubhostConfig config) {
        List<String> absent = config.boot().services().list().stream().map(service -> service.word())
                .filter(word -> !run.plan().subject().services().contains(word)).toList();
        if (!config.boot().services().isDefault() || absent.isEmpty() || !(config.boot().init() instanceof Init.BuiltIn)) {
            return;
        }
        log.skipped(absent);
    }

    private Monitors.Monitor take(BootPlan plan) throws StepFailedException {
        try {
            return hands.monitors().take();
        } catch (KernelException refused) {
            throw new StepFailedException(Diagnosis.of(plan.init(), refused), refused);
        }
    }

    private void started(PlanRunner.Run run, Monitors.Monitor monitor, Wish wish, BootLog own) throws StepFailedException, IOException {
        Subhost subhost = run.subhost();
        BootPlan plan = run.plan();
        ReadyLines lines = new ReadyLines(subhost.clock().listening(subhost.name(), run.progress()));
        String unready = "";
        try (ControlSocket control = monitor.control(); Notices notices = Notices.of(hands.kernel(), plan.ready(), run.state().netns())) {
            run.check(plan.init());
            InitStarter.LogFile log = InitStarter.LogFile.of(plan.subject().log());
            InitStarter.Started started = starter.start(control, plan.name(), plan.init(), log, descriptors(run));
            CrashPoints.pass();
            subhost.console(started.console());
            try (Fd ready = started.ready()) {
                live(subhost, started.init(), monitor);
                CrashPoints.pass();
                starter.go(control);
                CrashPoints.pass();
                // From here on only the monitor holds locks, namespaces and log: a dead overlay is a free upperdir.
                run.state().release();
                run.check(plan.ready());
                awaitReady(subhost, plan, ready, lines);
            }
            if (plan.ready().sign() == InitStep.AwaitReady.Sign.NOTICE) {
                unready = notices.await(subhost, plan.ready());
                stillRuns(subhost, plan);
            }
            if (!plan.ready().conditions().isEmpty() && unready.isEmpty() && lines.degraded().isEmpty()) {
                subhost.clock().phase(Course.Kind.READY, "READY");
                unready = hands.conditions().await(subhost, plan.ready());
                stillRuns(subhost, plan);
            }
        } catch (KernelException refused) {
            throw new StepFailedException(Diagnosis.of(plan.init(), refused), refused);
        }
        CrashPoints.pass();
        Course course = subhost.clock().stop();
        own.times(course, lines.failedServices());
        String degraded = lines.degraded().isEmpty() ? unready : lines.degraded();
        if (wish.strict() && !degraded.isEmpty()) {
            throw new StepFailedException(new Failure(plan.ready().name(), plan.ready().operands(), "", degraded,
                    "a service of START failed, and --strict was asked for", "overlay log " + plan.name() + " shows what it said", true), null);
        }
        SubhostRecord ready = subhost.record().ready(System.currentTimeMillis() / 1000, degraded);
        if (!subhost.booted(ready.with(ready.upkeep().took(course)))) {
            run.check(plan.ready());
        }
        CrashPoints.pass();
        // Its end may have come while it still counted as STARTING, when nobody but this thread could have taken it down.
        hands.endings().settle(subhost, subhost.ended());
    }

    private List<InitStarter.Named> descriptors(PlanRunner.Run run) throws KernelException, IOException {
        List<InitStarter.Named> descriptors = new ArrayList<>(run.state().forInit());
        Optional<SyscallFilter> filter = run.plan().init().confinement().filter();
        if (filter.isPresent()) {
            Filters.Program program = hands.filters().of(filter.get());
            run.subhost().rundir().keepFilter(program.bytes());
            descriptors.add(new InitStarter.Named("seccomp", program.file()));
        }
        return descriptors;
    }

    private void live(Subhost subhost, Pidfd init, Monitors.Monitor monitor) throws KernelException {
        try {
            subhost.become(subhost.record().withInit(init.pid(), hands.kernel().processes().startTime(init.pid())));
        } catch (KernelException gone) {
            init.close();
            throw gone;
        }
        subhost.live(init, Optional.of(monitor.child().pidfd()));
        hands.endings().watch(subhost);
    }

    private void awaitReady(Subhost subhost, BootPlan plan, Fd ready, ReadyLines lines) throws StepFailedException, KernelException {
        // Each service is bounded inside; this only bounds an init that keeps descriptor 3 open and says nothing.
        long seconds = 30 + (plan.ready().timeoutSeconds() == 0 ? 86_400 : (plan.ready().timeoutSeconds() + 5L)
                * Math.max(1, plan.ready().services().size()));
        Deadline deadline = Deadline.afterMillis(seconds * 1000);
        while (!lines.isReady()) {
            Optional<byte[]> chunk = hands.kernel().pipes().read(ready, 4096, deadline);
            if (chunk.isEmpty()) {
                throw new StepFailedException(new Failure(plan.ready().name(), plan.ready().operands(), "ETIMEDOUT", "",
                        lines.current().map(s -> "service " + s + " did not end").orElse("the init kept descriptor 3 open"),
                        "close descriptor 3 in the init script when it is done, or raise START_TIMEOUT", true), null);
            }
            if (chunk.get().length == 0) {
                closed(subhost, plan, lines);
                return;
            }
            lines.take(chunk.get());
        }
    }

    /** Descriptor 3 was closed without "ready": an init of the user's own is up, unless pid 1 has ended. */
    private void closed(Subhost subhost, BootPlan plan, ReadyLines lines) throws StepFailedException, KernelException {
        if (lines.failure().isPresent()) {
            ReadyLines.InitFailure failure = lines.failure().get();
            throw new StepFailedException(Diagnosis.of(plan.init().name(), plan.init().operands(), Errno.of(failure.errno()),
                    "pid 1 failed at " + failure.step()), null);
        }
        stillRuns(subhost, plan);
    }

    private static void stillRuns(Subhost subhost, BootPlan plan) throws StepFailedException, KernelException {
        Pidfd init = subhost.init().orElseThrow(() -> new KernelException("await ready", plan.name(), Errno.ESRCH));
        if (init.await(Deadline.afterMillis(20)).isPresent() || init.hasEnded()) {
            throw new StepFailedException(new Failure(plan.init().name(), plan.init().operands(), "", "pid 1 ended before it was ready",
                    "the init script failed, or nothing it started stayed", "overlay log " + plan.name() + " shows what it said", true), null);
        }
    }

    /** Ends what a failed boot has started. @return whether pid 1 and its monitor are gone */
    private static boolean giveUp(Subhost subhost, Monitors.Monitor monitor) {
        if (monitor == null) {
            return true;
        }
        subhost.init().ifPresent(init -> {
            try {
                init.signal(overlayd.kernel.Signal.KILL);
            } catch (KernelException ended) {
                // ESRCH: it has ended already
            }
        });
        if (subhost.init().isPresent() && Endings.await(subhost, Stops.KILL_BOUND).isEmpty()) {
            return false;
        }
        Monitors.end(monitor);
        return true;
    }

    private RefusedException refused(Subhost subhost, Throwable failed, boolean gone, UndoStack undo) {
        if (gone) {
            subhost.dead();
        } else {
            LOG.error("{}: pid 1 was killed, but is in uninterruptible sleep; what it holds is taken back when it has ended", subhost.name());
        }
        List<Exception> broken = undo.unwind(hands.undo());
        broken.forEach(e -> Told.failed(LOG, subhost.name(), "undo", e));
        boolean all = gone && broken.isEmpty();
        Optional<String> cancelled = subhost.cancelled();
        RefusedException refused = failed(subhost, why(subhost, failed).withUndone(all));
        if (!gone) {
            hands.endings().settle(subhost, subhost.ended());
        }
        return cancelled.isEmpty() ? refused : new RefusedException(RefusedException.Kind.CANCELLED,
                "boot of " + subhost.name() + " " + cancelled.get() + (all ? "; everything was undone" : "; not everything could be undone"));
    }

    private static Failure why(Subhost subhost, Throwable failed) {
        if (failed instanceof StepFailedException step) {
            return step.failure();
        }
        if (failed instanceof IOException full) {
            return noJournal(subhost, full);
        }
        LOG.error("{}: boot", subhost.name(), failed);
        return new Failure("boot", subhost.name(), "", String.valueOf(failed), "a defect of overlayd", "report it with the daemon's log", true);
    }

    private static Failure noJournal(Subhost subhost, IOException full) {
        return new Failure("write journal", subhost.rundir().directory().toString(), "", String.valueOf(full.getMessage()),
                "the runtime directory cannot be written", "free space in /run (df -h /run)", true);
    }

    /** A boot that was undone leaves nothing behind, its runtime directory included; only this daemon remembers that it failed. */
    private RefusedException failed(Subhost subhost, Failure failure) {
        // What was not undone stays FAILED, for a stop to try once more.
        boolean asked = subhost.cancelled().isPresent() && failure.undone();
        String reason = asked ? "" : "boot failed: " + failure.step() + (failure.errnoName().isEmpty() ? "" : ": " + failure.errnoName());
        if (!asked) {
            Told.failed(LOG, subhost.name(), failure);
        }
        SubhostRecord ended = subhost.record().ended(asked ? SubhostState.STOPPED : SubhostState.FAILED, reason, "")
                .with(subhost.record().upkeep().took(subhost.clock().stop()));
        CrashPoints.pass();
        if (failure.undone()) {
            try {
                subhost.rundir().remove();
            } catch (IOException kept) {
                LOG.warn("{}: {}; ignoring", subhost.name(), kept.getMessage());
            }
            subhost.becomeUnrecorded(ended);
        } else {
            subhost.become(ended);
        }
        return RefusedException.step(failure);
    }
}
