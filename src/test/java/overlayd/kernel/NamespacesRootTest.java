package overlayd.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class NamespacesRootTest extends RootTest {
    private static final String NAME = "ovltest-" + ProcessHandle.current().pid();

    @Test
    void a_pinned_netns_is_seen_by_ip_and_goes_when_unpinned() throws Exception {
        Namespaces namespaces = kernel.namespaces();
        FileIdentity made = namespaces.run(at -> {
            at.unshareNet();
            at.pinNetns(NAME);
            try (Fd own = at.netnsFd()) {
                return namespaces.identity(own);
            }
        });
        try (Fd pinned = namespaces.openNetns(NAME)) {
            assertTrue(made.sameFile(namespaces.identity(pinned)));
            assertFalse(made.sameFile(namespaces.identity(namespaces.hostNetns())));
            assertEquals(0, new ProcessBuilder("ip", "netns", "exec", NAME, "true").inheritIO().start().waitFor());
            KernelException taken = assertThrows(KernelException.class, () -> namespaces.run(at -> {
                at.unshareNet();
                at.pinNetns(NAME);
                return null;
            }));
            assertEquals(Errno.EEXIST, taken.errno());
        } finally {
            namespaces.unpinNetns(NAME);
        }
        assertFalse(namespaces.netnsExists(NAME));
        namespaces.unpinNetns(NAME);
        assertEquals(Errno.ENOENT, assertThrows(KernelException.class, () -> namespaces.openNetns(NAME)).errno());
    }

    @Test
    void what_is_mounted_in_a_job_is_not_seen_by_the_host_and_a_later_job_finds_it() throws Exception {
        Fd mntns = kernel.namespaces().run(at -> {
            at.unshareMounts();
            Child mount = at.spawn(SpawnRequest.of("/bin/mount", "-t", "tmpfs", "none", directory.toString()));
            assertTrue(mount.pidfd().await(Deadline.NEVER).orElseThrow().success());
            mount.close();
            return at.mntnsFd();
        });
        try (mntns) {
            assertFalse(kernel.files().target(directory.toString()).mountRoot());
            boolean mounted = kernel.namespaces().run(at -> {
                at.enterMounts(mntns);
                return kernel.files().target(directory.toString()).mountRoot();
            });
            assertTrue(mounted);
        }
    }

    @Test
    void a_job_enters_a_netns_and_comes_back_to_the_hosts() throws Exception {
        Fd netns = kernel.namespaces().run(at -> {
            at.unshareNet();
            return at.netnsFd();
        });
        try (netns) {
            List<String> seen = kernel.namespaces().run(at -> {
                at.enterNet(netns);
                String inside = links(at);
                at.returnToHostNet();
                return List.of(inside, links(at));
            });
            assertEquals("lo", seen.get(0));
            assertNotEquals("lo", seen.get(1));
        }
    }

    /** Names from /proc/net/dev as a process of this thread's netns sees them. */
    private String links(Workplace at) throws KernelException {
        try (Pipes.Pipe pipe = kernel.pipes().pipe()) {
            Child child = at.spawn(SpawnRequest.of("/bin/sh", "-c", "sed -n 's/^ *\\([^:]*\\):.*/\\1/p' /proc/net/dev")
                    .withEnvironment(List.of("PATH=/usr/bin:/bin")).withDescriptor(1, pipe.writeEnd()));
            try (child) {
                assertTrue(child.pidfd().await(Deadline.NEVER).orElseThrow().success());
            }
            pipe.writeEnd().close();
            return new String(kernel.pipes().readAll(pipe.readEnd(), 10_000), StandardCharsets.UTF_8).strip();
        }
    }

    @Test
    void what_a_job_throws_reaches_the_caller_and_the_worker_is_used_again() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThrows(java.io.IOException.class, () -> kernel.namespaces().run(at -> {
                at.unshareNet();
                at.unshareMounts();
                throw new java.io.IOException("meant to fail");
            }));
            assertThrows(IllegalStateException.class, () -> kernel.namespaces().run(at -> {
                throw new IllegalStateException("a bug");
            }));
        }
        assertEquals(7, kernel.namespaces().<Integer, KernelException>run(at -> 7));
    }

    @Test
    void a_workplace_outlives_its_job_only_as_an_error() throws Exception {
        Workplace late = kernel.namespaces().run(at -> at);
        assertThrows(IllegalStateException.class, late::unshareNet);
    }

    @Test
    void children_of_a_worker_have_the_usual_umask() throws Exception {
        Path file = directory.resolve("made");
        kernel.namespaces().run(at -> {
            try (Child child = at.spawn(SpawnRequest.of("/bin/sh", "-c", ": > " + file))) {
                return child.pidfd().await(Deadline.NEVER);
            }
        });
        assertEquals(0644, kernel.files().identity(file.toString()).permissions());
    }

    @Test
    void a_plain_chroot_is_refused_with_the_reason() throws Exception {
        String jvm = ProcessHandle.current().info().command().orElseThrow();
        Path root = java.nio.file.Files.createDirectory(directory.resolve("root"));
        // A chroot into a directory of bind mounts, made in a mount namespace of its own so that nothing is left.
        // All of the machine's root is there: the classes may lie anywhere.
        String script = "set -e; mount -t tmpfs none " + root + "; mkdir " + root + "/sub; for d in /*; do to=" + root + "/sub$d; "
                + "if [ -L $d ]; then cp -P $d $to; elif [ -d $d ]; then mkdir $to; mount --rbind $d $to; fi; done; "
                + "exec chroot " + root + "/sub " + jvm + " -cp '" + System.getProperty("java.class.path") + "' "
                + "overlayd.kernel.OpenKernel";
        Process process = new ProcessBuilder("unshare", "-m", "sh", "-c", script).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        process.getInputStream().close();
        process.getErrorStream().close();
        process.getOutputStream().close();
        assertTrue(output.contains("plain chroot"), output);
    }

    @Test
    void a_process_without_capabilities_is_refused_at_once() throws Exception {
        Process process = new ProcessBuilder("setpriv", "--bounding-set=-all", "--inh-caps=-all",
                ProcessHandle.current().info().command().orElseThrow(), "-cp", System.getProperty("java.class.path"),
                "overlayd.kernel.OpenKernel").redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        process.getInputStream().close();
        process.getErrorStream().close();
        process.getOutputStream().close();
        assertTrue(output.contains("EPERM"), output);
    }
}
