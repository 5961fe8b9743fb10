package overlayd.subhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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
class ModelCheckTest {
    private static final List<Errno> ERRNOS = List.of(Errno.EIO, Errno.ENOSPC, Errno.EMFILE, Errno.EPERM, Errno.ENOENT, Errno.EEXIST, Errno.EBUSY);
    private static final String[] LINES = {"START=ssh", "CABLES=br0=02:00:00:00:00:07 = =.7", "PREMOUNT=/bin/true", "SHARE=/srv/web:/mnt/a,ro"};

    private final List<String> leaks = new ArrayList<>();
    private int cases;
    private Path directory;
    private ModelHost host;
    private Set<String> stateBefore;
    private Set<String> filesBefore;

    @BeforeEach
    void directory() throws IOException {
        // In memory where possible: ext4 writes a file out when it is renamed over another.
        Path memory = Path.of("/dev/shm");
        directory = Files.isWritable(memory) ? Files.createTempDirectory(memory, "overlayd-model") : Files.createTempDirectory("overlayd-model");
    }

    @AfterEach
    void remove() throws IOException {
        delete(directory);
    }

    private static void delete(Path path) throws IOException {
        try (Stream<Path> walk = Files.walk(path)) {
            for (Path one : walk.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }

    /** A fresh host and a daemon on it. */
    private ModelDaemon begin() throws IOException {
        Path runtime = Files.createDirectories(directory.resolve(Integer.toString(++cases)));
        host = new ModelHost(runtime);
        ModelDaemon daemon = new ModelDaemon(host, LINES);
        stateBefore = host.state();
        filesBefore = host.files();
        return daemon;
    }

    private void end() throws IOException {
        delete(host.runtime);
    }

    private void leak(String what, Set<String> expected, Set<String> found) {
        Set<String> left = new TreeSet<>(found);
        left.removeAll(expected);
        Set<String> gone = new TreeSet<>(expected);
        gone.removeAll(found);
        if (!left.isEmpty() || !gone.isEmpty()) {
            leaks.add(what + (left.isEmpty() ? "" : ": left " + left) + (gone.isEmpty() ? "" : ": gone " + gone));
        }
    }

    /** What a stopped subhost may leave: the directory with its record, its log, and what became the user's in UPPER. */
    private static Set<String> withoutRemains(Set<String> files) {
        Set<String> others = new TreeSet<>(files);
        others.removeIf(path -> path.startsWith("/srv/web/root/") || path.startsWith("real log") || path.equals("real run/subhosts/web")
                || path.equals("real run/subhosts/web/record.json"));
        return others;
    }

    private void nothingRuns(String what) {
        leak(what, stateBefore, host.state());
        leak(what, withoutRemains(filesBefore), withoutRemains(host.files()));
    }

    private void asBefore(String what) {
        leak(what, stateBefore, host.state());
        leak(what, filesBefore, host.files());
    }

    /** Whatever was before: now it can be booted and stopped. */
    private void works(ModelDaemon daemon, String what) throws Exception {
        try {
            daemon.boot(Optional.empty());
            if (daemon.state() != SubhostState.RUNNING) {
                leaks.add(what + ": then does not run but is " + daemon.state());
            }
            daemon.stop();
        } catch (RefusedException refused) {
            leaks.add(what + ": then does not boot: " + refused.getMessage());
        }
    }

    private int callsOfBoot() throws Exception {
        ModelDaemon daemon = begin();
        daemon.kernel.plan(Fault.NONE);
        daemon.boot(Optional.empty());
        int calls = daemon.kernel.calls();
        daemon.stop();
        daemon.close();
        nothingRuns("undisturbed");
        end();
        return calls;
    }

    private int callsOfStop() throws Exception {
        ModelDaemon daemon = begin();
        daemon.boot(Optional.empty());
        daemon.kernel.plan(Fault.NONE);
        daemon.stop();
        int calls = daemon.kernel.calls();
        daemon.close();
        end();
        return calls;
    }

    private void report(String what) {
        System.out.println("model check, " + what + ": " + leaks.size() + " leaks in " + cases);
        assertEquals(List.of(), leaks.subList(0, Math.min(20, leaks.size())));
    }

    @Test
    void undisturbed_a_boot_and_a_stop_leave_nothing() throws Exception {
        assertTrue(callsOfBoot() > 100);
        report("undisturbed");
    }

    /** What the model does not play yet, and tests/crash does on a real host; whoever lets it play one takes it off here. */
    private static final Set<String> NOT_PLAYED = Set.of("BindRoot", "CoverLower", "HideSecrets", "KeepAddress", "LimitDevices", "MakeConsole",
            "MakeDevices", "MakeUserns", "MapLayers", "MountImage", "MountThrowAway", "Publish", "RunUpperScript", "WriteFile");

    /** Every kind of step, of whatever family. */
    private static Stream<Class<?>> kinds(Class<?> family) {
        return family.isSealed() ? Stream.of(family.getPermittedSubclasses()).flatMap(ModelCheckTest::kinds)
                : family.isInterface() ? Stream.of(family.getClasses()).filter(Step.class::isAssignableFrom) : Stream.of(family);
    }

    @Test
    void every_kind_of_step_is_played_or_named_as_one_that_is_not() throws Exception {
        Set<String> played = new TreeSet<>();
        begin().plan.steps().forEach(step -> played.add(step.getClass().getSimpleName()));
        end();
        Set<String> all = new TreeSet<>();
        kinds(Step.class).forEach(kind -> all.add(kind.getSimpleName()));
        assertTrue(all.containsAll(played) && all.size() > 20, all.toString());
        Set<String> others = new TreeSet<>(all);
        others.removeAll(played);
        assertEquals(new TreeSet<>(NOT_PLAYED), others);
    }

    @Test
    void every_step_times_every_errno_by_fail_at() throws Exception {
        int steps = begin().plan.steps().size();
        for (int step = 1; step <= steps; step++) {
            for (Errno errno : ERRNOS) {
                ModelDaemon daemon = begin();
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
                failAtLeavesFilesAsBefore(step, errno);
            }
        }
        report("every step × errno");
    }

    private void failAtLeavesFilesAsBefore(int step, Errno errno) throws Exception {
        ModelDaemon daemon = begin();
        try {
            daemon.boot(Optional.of(new FailAt(step, errno)));
        } catch (RefusedException expected) {
            daemon.close();
        }
        asBefore("step " + step + " " + errno + " alone");
        end();
    }

    @Test
    void every_call_of_a_boot_refused() throws Exception {
        int calls = callsOfBoot();
        for (int call = 1; call <= calls; call++) {
            for (Errno errno : ERRNOS) {
                ModelDaemon daemon = begin();
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
        report("every call of a boot refused");
    }

    private boolean boots(ModelDaemon daemon) {
        try {
            daemon.boot(Optional.empty());
            return true;
        } catch (RefusedException refused) {
            return false;
        }
    }

    @Test
    void every_call_of_a_stop_refused() throws Exception {
        int calls = callsOfStop();
        for (int call = 1; call <= calls; call++) {
            for (Errno errno : ERRNOS) {
                ModelDaemon daemon = begin();
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
        report("every call of a stop refused");
    }

    @Test
    void the_daemon_dies_at_every_call_of_a_boot() throws Exception {
        int calls = callsOfBoot();
        for (int call = 1; call <= calls; call++) {
            for (Kind kind : List.of(Kind.CRASH_BEFORE, Kind.CRASH_AFTER)) {
                for (boolean torn : new boolean[] {false, true}) {
                    ModelDaemon first = begin();
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
        report("daemon dies at every call of a boot");
    }

    @Test
    void the_daemon_dies_at_every_call_of_a_stop() throws Exception {
        int calls = callsOfStop();
        for (int call = 1; call <= calls; call++) {
            for (Kind kind : List.of(Kind.CRASH_BEFORE, Kind.CRASH_AFTER)) {
                ModelDaemon first = begin();
                first.boot(Optional.empty());
                first.kernel.plan(new Fault(kind, call, Errno.EIO));
                dies(first::stop);
                first.bury();
                adopted("stop, " + kind + " " + call + " " + first.kernel.faultAt());
            }
        }
        report("daemon dies at every call of a stop");
    }

    @Test
    void the_daemon_dies_while_it_undoes_a_failed_boot() throws Exception {
        int steps = begin().plan.steps().size();
        for (int step = 1; step <= steps; step++) {
            int calls = 0;
            for (int call = 1; call == 1 || call <= calls; call++) {
                ModelDaemon first = begin();
                first.kernel.plan(call == 1 ? Fault.NONE : new Fault(Kind.CRASH_BEFORE, call, Errno.EIO));
                int failing = step;
                if (call == 1) {
                    try {
                        first.boot(Optional.of(new FailAt(failing, Errno.EIO)));
                    } catch (RefusedException expected) {
                        calls = first.kernel.calls();
                    }
                    first.close();
                    end();
                } else {
                    dies(() -> first.boot(Optional.of(new FailAt(failing, Errno.EIO))));
                    first.bury();
                    adopted("failing at step " + step + ", dead at call " + call + " " + first.kernel.faultAt());
                }
            }
        }
        report("daemon dies in failed boots");
    }

    @Test
    void the_daemon_dies_while_it_adopts() throws Exception {
        for (boolean lives : new boolean[] {true, false}) {
            int calls = 1;
            for (int call = 0; call <= calls; call++) {
                ModelDaemon first = begin();
                first.boot(Optional.empty());
                first.kernel.die();
                first.bury();
                if (!lives) {
                    synchronized (host) {
                        new ArrayList<>(host.processes.values()).stream().filter(p -> p.role.equals("init")).forEach(p -> p.signal(9));
                    }
                }
                ModelDaemon second = new ModelDaemon(host, LINES);
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
        report("daemon dies in adoptions");
    }

    private interface Doing {
        void run() throws Exception;
    }

    private void dies(Doing doing) throws Exception {
        try {
            doing.run();
        } catch (ModelKernel.Crash | RefusedException ghost) {
            // it cannot do anything any more
        }
    }

    /** The write that the daemon died in is half done. */
    private void tear() throws IOException {
        Path journal = host.runtime.resolve("run/subhosts/web/journal");
        if (Files.exists(journal)) {
            Files.write(journal, "{\"undo\":\"netns\",\"netns\":\"so".getBytes(StandardCharsets.US_ASCII), StandardOpenOption.APPEND);
        }
    }

    /** A new daemon comes: what it finds either lives, and is known, or is gone without trace; and the next boot works. */
    private void adopted(String what) throws Exception {
        boolean lives = host.processes.values().stream().anyMatch(process -> process.role.equals("init") && !process.ended);
        Set<String> files = host.files();
        ModelDaemon second = new ModelDaemon(host, LINES);
        second.adopt();
        boolean known = second.registry.find("web").filter(subhost -> subhost.state() == SubhostState.RUNNING).isPresent();
        if (known && !lives) {
            leaks.add(what + ": taken for living");
        }
        if (!known) {
            nothingRuns(what + " after adoption");
            boolean hadRun = files.contains("real run/subhosts/web/exit") || what.startsWith("stop") || what.startsWith("adoption");
            if (!hadRun && !lives) {
                leak(what + " files", upper(filesBefore), upper(host.files()));
            }
        } else {
            second.stop();
        }
        works(second, what);
        second.close();
        nothingRuns(what + " at last");
        end();
    }

    private static Set<String> upper(Set<String> files) {
        Set<String> upper = new TreeSet<>(files);
        upper.removeIf(path -> !path.startsWith("/srv") && !path.startsWith("real log"));
        return upper;
    }
}
