package overlayd.kernel.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Pointer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;

/** The workers under what can go wrong: a thread that cannot come back, many jobs at once, garbage collection in between. */
@Tag("root")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WorkersRootTest {
    /** _LINUX_CAPABILITY_VERSION_3 of capset(2): two sets of three 32-bit words. */
    private static final int CAPABILITY_VERSION = 0x20080522;

    @BeforeEach
    void root() {
        assumeTrue("root".equals(System.getProperty("user.name")), "not testable here: needs root");
    }

    @Test
    void a_worker_that_cannot_come_back_is_replaced() throws Exception {
        try (NamespaceWorkers workers = new NamespaceWorkers(new LinuxSpawn())) {
            for (int round = 0; round < 2 * NamespaceWorkers.WORKERS; round++) {
                KernelException stranded = assertThrows(KernelException.class, () -> workers.<Void, KernelException>run(at -> {
                    at.unshareNet();
                    dropCapabilitiesOfThread();
                    return null;
                }));
                assertEquals(Errno.EPERM, stranded.errno());
            }
            for (int round = 0; round < 2 * NamespaceWorkers.WORKERS; round++) {
                workers.<Void, KernelException>run(at -> {
                    at.unshareNet();
                    return null;
                });
            }
            assertHostNamespaces();
        }
    }

    private static void dropCapabilitiesOfThread() throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer header = arena.zeroed(8);
            header.setInt(0, CAPABILITY_VERSION);
            Libc.call("drop capabilities", "", SyscallNumber.CAPSET, Libc.address(header), Libc.address(arena.zeroed(24)));
        }
    }

    @Test
    void many_jobs_at_once_under_garbage_collection_leave_no_descriptor_and_no_namespace() throws Exception {
        try (NamespaceWorkers workers = new NamespaceWorkers(new LinuxSpawn())) {
            rounds(workers, 40);
            long before = descriptors();
            rounds(workers, 200);
            assertEquals(before, descriptors());
            assertHostNamespaces();
        }
    }

    private static void rounds(NamespaceWorkers workers, int count) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Boolean>> jobs = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                boolean collect = i % 20 == 0;
                jobs.add(() -> {
                    if (collect) {
                        System.gc();
                        Thread.getAllStackTraces();
                    }
                    return changesNamespaces(workers);
                });
            }
            for (Future<Boolean> done : callers.invokeAll(jobs)) {
                assertTrue(done.get());
            }
        } finally {
            callers.shutdown();
            assertTrue(callers.awaitTermination(10, TimeUnit.SECONDS));
        }
    }

    private static boolean changesNamespaces(NamespaceWorkers workers) throws KernelException {
        return workers.<Boolean, KernelException>run(at -> {
            at.unshareNet();
            at.unshareMounts();
            byte[][] garbage = new byte[64][];
            for (int i = 0; i < garbage.length; i++) {
                garbage[i] = new byte[4096];
            }
            try (Fd net = at.netnsFd(); Fd mnt = at.mntnsFd()) {
                at.returnToHostNet();
                at.enterNet(net);
                assertNotEquals(workers.identity(net).inode(), workers.identity(workers.hostNetns()).inode());
                return workers.identity(mnt).inode() != 0 && garbage[63].length == 4096;
            }
        });
    }

    private static long descriptors() throws Exception {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    /** A thread is in /proc for a moment after Java has it ended: what differs is looked at again until it is gone. */
    private static void assertHostNamespaces() throws Exception {
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (true) {
            try {
                assertHostNamespacesNow();
                return;
            } catch (AssertionError elsewhere) {
                if (System.nanoTime() > patience) {
                    throw elsewhere;
                }
                Thread.onSpinWait();
            }
        }
    }

    private static void assertHostNamespacesNow() throws Exception {
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            for (Path thread : threads.toList()) {
                for (String kind : List.of("net", "mnt", "pid_for_children", "uts", "ipc", "cgroup")) {
                    Path link = thread.resolve("ns").resolve(kind);
                    try {
                        assertEquals(Files.readSymbolicLink(Path.of("/proc/self/ns", kind)), Files.readSymbolicLink(link), link.toString());
                    } catch (java.nio.file.FileSystemException ended) {
                        continue;
                    }
                }
            }
        }
    }
}
