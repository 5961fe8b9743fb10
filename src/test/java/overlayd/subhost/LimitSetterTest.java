package overlayd.subhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import overlayd.failure.RefusedException;
import overlayd.kernel.Errno;
import overlayd.state.SubhostState;
import overlayd.subhost.ModelKernel.Fault;

/** Limits of a running subhost against everything that comes between: stops, refusals, the daemon's death. On a host in memory. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LimitSetterTest {
    private static final String GROUP = "overlayd-id/web";
    private static final String[] LINES = {"START=ssh", "CABLES=br0=", "MEMORY=512M", "PIDS=100"};
    private static final List<String> WISH = List.of("MEMORY=256M", "PIDS=none", "CPUS=1.5");

    @TempDir
    Path directory;
    private ModelHost host;
    private ModelDaemon daemon;
    private Set<String> before;

    @BeforeEach
    void daemon() throws RefusedException {
        host = new ModelHost(directory);
        before = host.state();
        daemon = new ModelDaemon(host, LINES);
        daemon.boot(Optional.empty());
    }

    @AfterEach
    void nothing_is_left() throws Exception {
        if (daemon.state() != SubhostState.STOPPED) {
            daemon.stop();
        }
        daemon.close();
        assertEquals(before, host.state());
        assertEquals(Map.of(), host.limits);
    }

    private List<String> recorded() {
        assertEquals(Optional.empty(), daemon.subhost().record().upkeep().before());
        return daemon.subhost().record().upkeep().limits();
    }

    private void agree(String what) {
        List<String> limits = recorded();
        assertTrue(limits.equals(List.of("MEMORY=512M", "PIDS=100")) || limits.equals(List.of("MEMORY=256M", "CPUS=1.5")), what + limits);
        assertEquals(limits.contains("PIDS=100") ? Map.of("MEMORY", "536870912", "PIDS", "100") : Map.of("MEMORY", "268435456", "CPUS", "150"),
                host.limits.get(GROUP), what);
    }

    private void restart() throws Exception {
        daemon.kernel.die();
        daemon.bury();
        daemon = new ModelDaemon(host, LINES);
        daemon.adopt();
    }

    @Test
    void they_hold_at_once_and_in_the_record() throws Exception {
        assertEquals(List.of("MEMORY=256M", "CPUS=1.5"), daemon.limits.set(daemon.subhost(), WISH).limits());
        agree("");
        assertEquals(List.of("MEMORY=256M", "CPUS=1.5"), recorded());
        restart();
        assertEquals(List.of("MEMORY=256M", "CPUS=1.5"), recorded());
    }

    @Test
    void a_daemon_that_dies_at_any_call_leaves_the_next_one_to_make_its_record_true() throws Exception {
        boolean announced = false;
        for (Fault.Kind kind : List.of(Fault.Kind.CRASH_BEFORE, Fault.Kind.CRASH_AFTER)) {
            for (int call = 1; ; call++) {
                daemon.kernel.plan(new Fault(kind, call, Errno.EIO));
                try {
                    daemon.limits.set(daemon.subhost(), WISH);
                    break;
                } catch (ModelKernel.Crash dead) {
                    String what = kind + " " + call + " " + daemon.kernel.faultAt();
                    daemon.bury();
                    announced |= directory.resolve("run/subhosts/web/record.json").toFile().exists()
                            && java.nio.file.Files.readString(directory.resolve("run/subhosts/web/record.json")).contains("\"before\"");
                    daemon = new ModelDaemon(host, LINES);
                    daemon.adopt();
                    assertEquals(SubhostState.RUNNING, daemon.state(), what);
                    agree(what);
                    daemon.limits.set(daemon.subhost(), List.of("MEMORY=512M", "PIDS=100", "CPUS=none"));
                }
            }
            daemon.kernel.plan(Fault.NONE);
        }
        assertTrue(announced, "no death came between the limit and the record");
    }

    @Test
    void what_the_kernel_refuses_is_as_before_also_to_the_next_daemon() throws Exception {
        refuseLimit();
        RefusedException refused = assertThrows(RefusedException.class, () -> daemon.limits.set(daemon.subhost(), WISH));
        assertEquals(RefusedException.Kind.STEP, refused.kind());
        assertTrue(refused.failure().orElseThrow().undone());
        assertEquals(List.of("MEMORY=512M", "PIDS=100"), recorded());
        restart();
        agree("");
    }

    /** The one call of Cgroup.limit that a change makes. */
    private void refuseLimit() throws Exception {
        for (int call = 1; ; call++) {
            daemon.kernel.plan(new Fault(Fault.Kind.CRASH_BEFORE, call, Errno.EIO));
            try {
                daemon.limits.set(daemon.subhost(), WISH);
            } catch (ModelKernel.Crash dead) {
                boolean here = daemon.kernel.faultAt().startsWith("Cgroup.limit");
                daemon.bury();
                daemon = new ModelDaemon(host, LINES);
                daemon.adopt();
                daemon.limits.set(daemon.subhost(), List.of("MEMORY=512M", "PIDS=100", "CPUS=none"));
                if (here) {
                    daemon.kernel.plan(new Fault(Fault.Kind.REFUSE, call, Errno.EIO));
                    return;
                }
            }
        }
    }

    /** Waits until a thread waits for a change of limits to be over. @return false: it has ended instead */
    private boolean waitsForLimits(Thread thread) throws InterruptedException {
        int limiting = System.identityHashCode(daemon.subhost().limiting());
        while (thread.isAlive()) {
            LockInfo lock = Optional.ofNullable(ManagementFactory.getThreadMXBean().getThreadInfo(thread.getId())).map(info -> info.getLockInfo()).orElse(null);
            if (lock != null && lock.getIdentityHashCode() == limiting) {
                return true;
            }
            if (Thread.holdsLock(host)) {
                host.wait(1); // lets the others play
            } else {
                Thread.yield();
            }
        }
        return false;
    }

    @Test
    void a_stop_in_the_midst_of_a_change_waits_before_it_takes_the_groups_away() throws Exception {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        CompletableFuture<Boolean> waited = new CompletableFuture<>();
        Thread stop = new Thread(() -> {
            try {
                daemon.stop();
                stopped.complete(null);
            } catch (RefusedException | RuntimeException refused) {
                stopped.completeExceptionally(refused);
            }
        });
        host.onLimit = () -> {
            stop.start();
            try {
                waited.complete(waitsForLimits(stop));
            } catch (InterruptedException impossible) {
                throw new IllegalStateException(impossible);
            }
        };
        daemon.limits.set(daemon.subhost(), WISH);
        assertTrue(waited.join(), "the stop went on while limits were set");
        stopped.join();
        assertEquals(SubhostState.STOPPED, daemon.state());
    }

    @Test
    void a_change_that_waited_while_a_stop_came_is_refused() throws Exception {
        CompletableFuture<RefusedException> refused = new CompletableFuture<>();
        Thread set = new Thread(() -> {
            try {
                daemon.limits.set(daemon.subhost(), WISH);
                refused.completeExceptionally(new CompletionException("set all the same", null));
            } catch (RefusedException expected) {
                refused.complete(expected);
            } catch (RuntimeException other) {
                refused.completeExceptionally(other);
            }
        });
        synchronized (daemon.subhost().limiting()) {
            set.start();
            assertTrue(waitsForLimits(set));
            daemon.stop();
        }
        assertEquals(RefusedException.Kind.NOT_RUNNING, refused.join().kind());
        assertFalse(host.limits.containsKey(GROUP));
    }
}
