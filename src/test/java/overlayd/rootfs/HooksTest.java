package overlayd.rootfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.plan.MountStep;

@Tag("root")
class HooksTest {
    private static MountStep.RunHook hook(RootFixture fixture, int seconds, String... words) {
        return new MountStep.RunHook("POSTMOUNT", List.of(words), Map.of("CONFIG", "/x.conf", "PATH", "/bin"), fixture.base, seconds);
    }

    /** Starts in one job, waits outside of it, returns what the hook wrote. */
    private static String run(RootFixture fixture, MountStep.RunHook step) throws Exception {
        RunningHook[] running = new RunningHook[1];
        fixture.inNamespaces((builder, workplace) -> running[0] = new Hooks(fixture.kernel).start(step, workplace));
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try (RunningHook hook = running[0]) {
            hook.await(output::writeBytes);
        } finally {
            output.flush();
        }
        return output.toString();
    }

    @Test
    void a_hook_sees_the_root_and_the_hosts_network_and_a_later_job_goes_on() throws Exception {
        try (RootFixture fixture = new RootFixture(Optional.empty())) {
            String hostNet = Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
            Fd[] kept = new Fd[2];
            RunningHook[] running = new RunningHook[1];
            RootBuilder builder = new RootBuilder(fixture.kernel, fixture.mounts);
            fixture.kernel.namespaces().<Void, Exception>run(workplace -> {
                workplace.unshareNet();
                workplace.unshareMounts();
                builder.carryOut(fixture.overlay());
                kept[0] = workplace.mntnsFd();
                kept[1] = workplace.netnsFd();
                running[0] = new Hooks(fixture.kernel).start(hook(fixture, 10, "sh", "-c",
                        "cat live/etc/hosts; readlink /proc/self/ns/net; echo $CONFIG; pwd; ls /proc/self/fd | wc -l; echo made > live/made"), workplace);
                return null;
            });
            ByteArrayOutputStream output = new ByteArrayOutputStream();
            try (RunningHook hook = running[0]) {
                hook.await(output::writeBytes);
            }
            assertEquals("lower\n" + hostNet + "\n/x.conf\n" + fixture.base + "\n4\n", output.toString());
            fixture.kernel.namespaces().<Void, Exception>run(workplace -> {
                try (builder; Fd mnt = kept[0]; Fd net = kept[1]) {
                    workplace.enterMounts(mnt);
                    workplace.enterNet(net);
                    builder.carryOut(new MountStep.MountDev());
                    builder.carryOut(new MountStep.MountSys());
                    assertEquals("made\n", fixture.text("made"));
                    assertEquals(List.of("lo"), fixture.kernel.files().tree(builder.live()).list("sys/class/net"));
                }
                return null;
            });
            assertEquals("made\n", Files.readString(fixture.at("upper/made")));
        }
    }

    @Test
    void a_failing_hook_is_quoted() throws Exception {
        try (RootFixture fixture = new RootFixture(Optional.empty())) {
            KernelException failed = assertThrows(KernelException.class,
                    () -> run(fixture, hook(fixture, 10, "sh", "-c", "echo one; echo two >&2; exit 3")));
            assertEquals(Errno.UNKNOWN, failed.errno());
            assertEquals("exited with status 3, last it wrote: one | two", failed.kernelText());
            KernelException absent = assertThrows(KernelException.class, () -> run(fixture, hook(fixture, 10, "no-such-program-at-all")));
            assertEquals(Errno.ENOENT, absent.errno());
        }
    }

    @Test
    void a_slow_hook_is_killed_with_its_children() throws Exception {
        try (RootFixture fixture = new RootFixture(Optional.empty())) {
            long start = System.nanoTime();
            KernelException failed = assertThrows(KernelException.class,
                    () -> run(fixture, hook(fixture, 1, "sh", "-c", "sleep 4321 & echo $! > pid; wait")));
            assertEquals(Errno.ETIMEDOUT, failed.errno());
            assertTrue(Duration.ofNanos(System.nanoTime() - start).toMillis() < 3000);
            long pid = Long.parseLong(Files.readString(fixture.at("pid")).strip());
            long deadline = System.nanoTime() + Duration.ofSeconds(2).toNanos();
            while (runs(pid) && System.nanoTime() < deadline) {
                Thread.onSpinWait(); // killed, and not a child of ours to wait for
            }
            assertFalse(runs(pid));
        }
    }

    /** Whether it is there and no zombie (the host's init may be late to reap). */
    private static boolean runs(long pid) throws Exception {
        try {
            return !Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
        } catch (java.io.IOException ended) {
            return false;
        }
    }

    @Test
    void much_output_does_not_stop_a_hook_and_a_server_left_behind_is_not_waited_for() throws Exception {
        try (RootFixture fixture = new RootFixture(Optional.empty())) {
            long start = System.nanoTime();
            String output = run(fixture, hook(fixture, 30, "sh", "-c", "seq 1 60000; sleep 3 & exit 0"));
            assertTrue(output.startsWith("1\n2\n"));
            assertTrue(output.length() > 200_000);
            assertTrue(Duration.ofNanos(System.nanoTime() - start).toMillis() < 2500);
            Thread.sleep(Math.max(0, 3100 - Duration.ofNanos(System.nanoTime() - start).toMillis())); // it holds the directory
        }
    }

    @Test
    void an_early_end_of_output_does_not_spin() throws Exception {
        try (RootFixture fixture = new RootFixture(Optional.empty())) {
            long before = cpu();
            assertEquals("", run(fixture, hook(fixture, 30, "sh", "-c", "exec >&- 2>&-; sleep 1")));
            assertTrue(cpu() - before < 500_000_000L, "event thread kept busy");
        }
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) java.lang.management.ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
