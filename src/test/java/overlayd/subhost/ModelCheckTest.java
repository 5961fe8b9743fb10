package overlayd.subhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import overlayd.failure.RefusedException;
import overlayd.kernel.Errno;
import overlayd.plan.Step;
import overlayd.state.SubhostState;
import overlayd.subhost.ModelKernel.Fault;
import overlayd.subhost.ModelKernel.Fault.Kind;

/**
 * Boot, failed boot, stop and adoption on a host in memory, with every single call to the kernel refused, every step failing, and the
 * daemon dying before and after every call: whatever happens, nothing is left on the host but a subhost that runs, and that one can be
 * stopped and booted again.
 */
class ModelCheckTest extends ModelCheck {

    @ParameterizedTest
    @EnumSource
    @Execution(ExecutionMode.CONCURRENT)
    void undisturbed_a_boot_and_a_stop_leave_nothing(ModelScene scene) throws Exception {
        assertTrue(callsOfBoot(scene).size() > 80);
        report(scene + ", undisturbed");
    }

    /** Every kind of step, of whatever family. */
    private static Stream<Class<?>> kinds(Class<?> family) {
        return family.isSealed() ? Stream.of(family.getPermittedSubclasses()).flatMap(ModelCheckTest::kinds)
                : family.isInterface() ? Stream.of(family.getClasses()).filter(Step.class::isAssignableFrom) : Stream.of(family);
    }

    @Test
    void every_kind_of_step_is_played() throws Exception {
        Set<String> played = new TreeSet<>();
        for (ModelScene scene : ModelScene.values()) {
            scene.boot(new ModelHost(Path.of("/run/model"))).plan().steps().forEach(step -> played.add(step.getClass().getSimpleName()));
        }
        Set<String> all = new TreeSet<>();
        kinds(Step.class).forEach(kind -> all.add(kind.getSimpleName()));
        assertTrue(all.size() > 20, all.toString());
        assertEquals(all, played);
        reported = true;
    }

    @ParameterizedTest
    @EnumSource
    @Execution(ExecutionMode.CONCURRENT)
    void every_step_times_every_errno_by_fail_at(ModelScene scene) throws Exception {
        int steps = stepsOf(scene);
        for (int step = 1; step <= steps; step++) {
            for (Errno errno : scene.errnos()) {
                ModelDaemon daemon = begin(scene);
                String what = "step " + step + " " + errno;
                try {
                    daemon.boot(Optional.of(new FailAt(step, errno)));
                    leaks.add(what + ": booted all the same");
                } catch (RefusedException refused) {
                    assertEquals(RefusedException.Kind.STEP, refused.kind());
                    assertTrue(refused.failure().orElseThrow().undone(), refused.getMessage());
                    assertEquals(SubhostState.FAILED, daemon.state());
                }
                Set<String> noSpare = host.state();
                works(daemon, what);
                daemon.close();
                nothingRuns(what);
                assertTrue(noSpare.size() >= stateBefore.size());
                end();
                failAtLeavesFilesAsBefore(scene, step, errno);
            }
        }
        report(scene + ", every step × errno");
    }

    private void failAtLeavesFilesAsBefore(ModelScene scene, int step, Errno errno) throws Exception {
        ModelDaemon daemon = begin(scene);
        try {
            daemon.boot(Optional.of(new FailAt(step, errno)));
        } catch (RefusedException expected) {
            daemon.close();
        }
        asBefore("step " + step + " " + errno + " alone");
        end();
    }

    @ParameterizedTest
    @EnumSource
    @Execution(ExecutionMode.CONCURRENT)
    void every_call_of_a_boot_refused(ModelScene scene) throws Exception {
        int calls = callsOfBoot(scene).size();
        for (int call = 1; call <= calls; call++) {
            for (Errno errno : scene.errnos()) {
                ModelDaemon daemon = begin(scene);
                daemon.kernel.plan(new Fault(Kind.REFUSE, call, errno));
                boolean booted = boots(daemon);
                String what = "call " + call + " " + errno + " " + daemon.kernel.faultAt() + (booted ? " (tolerated)" : "");
                daemon.kernel.plan(Fault.NONE);
                if (booted) {
                    daemon.stop();
                    daemon.close();
                    nothingRuns(what);
                } else {
                    daemon.close();
                    asBefore(what);
                }
                end();
            }
        }
        report(scene + ", every call of a boot refused");
    }

    private boolean boots(ModelDaemon daemon) {
        try {
            daemon.boot(Optional.empty());
            return true;
        } catch (RefusedException refused) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource
    @Execution(ExecutionMode.CONCURRENT)
    void every_call_of_a_stop_refused(ModelScene scene) throws Exception {
        int calls = callsOfStop(scene);
        for (int call = 1; call <= calls; call++) {
            for (Errno errno : scene.errnos()) {
                ModelDaemon daemon = begin(scene);
                daemon.boot(Optional.empty());
                daemon.kernel.plan(new Fault(Kind.REFUSE, call, errno));
                try {
                    daemon.stop();
                } catch (RefusedException once) {
                    assertEquals(SubhostState.FAILED, daemon.state());
                    daemon.stop();
                }
                String what = "stop, call " + call + " " + errno + " " + daemon.kernel.faultAt();
                daemon.close();
                nothingRuns(what);
                end();
            }
        }
        report(scene + ", every call of a stop refused");
    }

    @ParameterizedTest
    @EnumSource
    @Execution(ExecutionMode.CONCURRENT)
    void the_daemon_dies_at_every_call_of_a_boot(ModelScene scene) throws Exception {
        int calls = callsOfBoot(scene).size();
        for (int call = 1; call <= calls; call++) {
            for (Kind kind : List.of(Kind.CRASH_BEFORE, Kind.CRASH_AFTER)) {
                for (boolean torn : scene == ModelScene.PLAIN ? List.of(false, true) : List.of(false)) {
                    ModelDaemon first = begin(scene);
                    first.kernel.plan(new Fault(kind, call, Errno.EIO));
                    dies(() -> first.boot(Optional.empty()));
                    first.bury();
                    if (torn) {
                        tear();
                    }
                    adopted("boot, " + kind + " " + call + (torn ? " torn " : " ") + first.kernel.faultAt());
                }
            }
        }
        report(scene + ", daemon dies at every call of a boot");
    }

    @ParameterizedTest
    @EnumSource
    @Execution(ExecutionMode.CONCURRENT)
    void the_daemon_dies_at_every_call_of_a_stop(ModelScene scene) throws Exception {
        int calls = callsOfStop(scene);
        for (int call = 1; call <= calls; call++) {
            for (Kind kind : List.of(Kind.CRASH_BEFORE, Kind.CRASH_AFTER)) {
                ModelDaemon first = begin(scene);
                first.boot(Optional.empty());
                first.kernel.plan(new Fault(kind, call, Errno.EIO));
                dies(first::stop);
                first.bury();
                adopted("stop, " + kind + " " + call + " " + first.kernel.faultAt());
            }
        }
        report(scene + ", daemon dies at every call of a stop");
    }

    @ParameterizedTest
    @EnumSource
    @Execution(ExecutionMode.CONCURRENT)
    void the_daemon_dies_while_it_undoes_a_failed_boot(ModelScene scene) throws Exception {
        List<String> good = callsOfBoot(scene);
        int steps = stepsOf(scene);
        for (int step = 1; step <= steps; step++) {
            List<String> calls = callsOfFailedBoot(scene, step);
            // What comes before the step that fails is a boot like any other, in which it dies above.
            int first = 0;
            while (first < Math.min(good.size(), calls.size()) && good.get(first).equals(calls.get(first))) {
                first++;
            }
            for (int call = Math.max(1, first); call <= calls.size(); call++) {
                ModelDaemon dying = begin(scene);
                dying.kernel.plan(new Fault(Kind.CRASH_BEFORE, call, Errno.EIO));
                int failing = step;
                dies(() -> dying.boot(Optional.of(new FailAt(failing, Errno.EIO))));
                dying.bury();
                adopted("failing at step " + step + ", dead at call " + call + " " + dying.kernel.faultAt());
            }
        }
        report(scene + ", daemon dies in failed boots");
    }

    private int stepsOf(ModelScene scene) throws Exception {
        int steps = begin(scene).plan.steps().size();
        end();
        return steps;
    }

    private List<String> callsOfFailedBoot(ModelScene scene, int step) throws Exception {
        ModelDaemon daemon = begin(scene);
        daemon.kernel.plan(Fault.NONE);
        try {
            daemon.boot(Optional.of(new FailAt(step, Errno.EIO)));
        } catch (RefusedException expected) {
            // it is to fail
        }
        List<String> calls = daemon.kernel.trace();
        daemon.close();
        end();
        return calls;
    }

    @ParameterizedTest
    @EnumSource
    @Execution(ExecutionMode.CONCURRENT)
    void the_daemon_dies_while_it_adopts(ModelScene scene) throws Exception {
        for (boolean lives : new boolean[] {true, false}) {
            int calls = 1;
            for (int call = 0; call <= calls; call++) {
                ModelDaemon first = begin(scene);
                first.boot(Optional.empty());
                first.kernel.die();
                first.bury();
                if (!lives) {
                    synchronized (host) {
                        new ArrayList<>(host.processes.values()).stream().filter(p -> p.role.equals("init")).forEach(p -> p.signal(9));
                    }
                }
                ModelDaemon second = daemon();
                second.kernel.plan(call == 0 ? Fault.NONE : new Fault(Kind.CRASH_AFTER, call, Errno.EIO));
                if (call == 0) {
                    second.adopt();
                    calls = second.kernel.calls();
                    second.kernel.die();
                } else {
                    dies(second::adopt);
                }
                second.bury();
                adopted("adoption of a " + (lives ? "living" : "dead") + " one, dead at call " + call + " " + second.kernel.faultAt());
            }
        }
        report(scene + ", daemon dies in adoptions");
    }
}
