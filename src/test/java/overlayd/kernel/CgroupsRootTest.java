package overlayd.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class CgroupsRootTest extends RootTest {
    private static final String INSTANCE = "overlayd-test-" + ProcessHandle.current().pid();
    private static final String PATH = INSTANCE + "/web";

    private Cgroup group;

    @BeforeEach
    void make() throws Exception {
        assumeTrue(!kernel.cgroups().hierarchies().isEmpty(), "not testable here: no cgroup hierarchy is mounted");
        group = kernel.cgroups().make(PATH);
    }

    @AfterEach
    void remove() throws Exception {
        if (group != null) {
            kernel.cgroups().at(INSTANCE).remove(Deadline.afterMillis(5000));
            assertEquals(List.of(), kernel.cgroups().children(INSTANCE));
        }
    }

    /** A shell with a child, put into every hierarchy as pid 1 does it: the shell writes "0" to each tasks file itself. */
    private Child start() throws KernelException {
        List<Fd> tasks = group.openTasks();
        SpawnRequest request = SpawnRequest.of("/bin/sh", "-c", script(tasks.size())).withEnvironment(List.of("PATH=/usr/bin:/bin"));
        for (int i = 0; i < tasks.size(); i++) {
            request = request.withDescriptor(3 + i, tasks.get(i));
        }
        try (Pipes.Pipe ready = kernel.pipes().pipe()) {
            Child child = kernel.spawn().spawn(request.withDescriptor(1, ready.writeEnd()));
            ready.writeEnd().close();
            assertEquals("in\n", new String(kernel.pipes().readAll(ready.readEnd(), 100), java.nio.charset.StandardCharsets.US_ASCII));
            return child;
        } finally {
            tasks.forEach(Fd::close);
        }
    }

    private static String script(int tasks) {
        StringBuilder script = new StringBuilder();
        for (int i = 0; i < tasks; i++) {
            script.append("echo 0 >&").append(3 + i).append("; ");
        }
        return script + "sleep 100 >/dev/null & echo in; exec >/dev/null; wait";
    }

    @Test
    void a_group_is_made_once_everywhere_and_listed() throws Exception {
        assertEquals(Errno.EEXIST, assertThrows(KernelException.class, () -> kernel.cgroups().make(PATH)).errno());
        assertEquals(List.of("web"), kernel.cgroups().children(INSTANCE));
        assertEquals(List.of(), group.processes());
        assertTrue(group.awaitEmpty(Deadline.afterMillis(1000)));
        assertEquals(kernel.cgroups().hasUnified(), group.openUnified().map(fd -> {
            fd.close();
            return true;
        }).orElse(false));
    }

    @Test
    void a_threaded_group_below_keeps_nobody_from_listing_and_removing() throws Exception {
        assumeTrue(kernel.cgroups().hasUnified(), "not testable here: no cgroup2 is mounted");
        String unified = kernel.cgroups().hierarchies().stream().filter(text -> text.startsWith("cgroup2 ")).findFirst().orElseThrow().substring(8);
        Path threaded = Files.createDirectory(Path.of(unified, PATH, "threads"));
        Files.writeString(threaded.resolve("cgroup.type"), "threaded");
        try (Child child = start()) {
            Files.writeString(Path.of(unified, PATH, "cgroup.procs"), Integer.toString(child.pid()));
            Files.writeString(threaded.resolve("cgroup.threads"), Integer.toString(child.pid()));
            assertTrue(group.processes().contains(child.pid()));
            group.kill();
            child.pidfd().await(Deadline.NEVER);
            assertTrue(group.awaitEmpty(Deadline.afterMillis(5000)));
        }
    }

    @Test
    void killing_reaches_children_of_children_and_the_end_is_noticed() throws Exception {
        assumeTrue(kernel.cgroups().hierarchies().size() > 1, "not testable here: no v1 hierarchy");
        try (Child child = start()) {
            assertEquals(2, group.processes().size());
            assertTrue(group.processes().contains(child.pid()));
            KernelException busy = assertThrows(KernelException.class, () -> group.remove(Deadline.afterMillis(10)));
            assertEquals(Errno.EBUSY, busy.errno());
            group = kernel.cgroups().at(PATH);
            group.kill();
            assertEquals(ExitStatus.killed(9), child.pidfd().await(Deadline.NEVER).orElseThrow());
            assertTrue(group.awaitEmpty(Deadline.afterMillis(5000)));
        }
        group.remove(Deadline.afterMillis(5000));
        group.remove(Deadline.afterMillis(5000));
        group.kill();
        assertTrue(group.awaitEmpty(Deadline.afterMillis(10)));
    }

    @Test
    void cgroup2_places_freezes_and_reports() throws Exception {
        assumeTrue(kernel.cgroups().hasUnified(), "not testable here: no cgroup2 mount");
        // A process with a handler: one without dies of a signal even while frozen.
        try (Pipes.Pipe ready = kernel.pipes().pipe();
             Child child = kernel.spawn().spawn(SpawnRequest.of("/bin/sh", "-c", "trap 'exit 3' TERM; echo; while :; do sleep 0.01; done")
                     .withEnvironment(List.of("PATH=/usr/bin:/bin")).withDescriptor(1, ready.writeEnd()))) {
            assertTrue(kernel.pipes().read(ready.readEnd(), 1, Deadline.NEVER).isPresent());
            group.write("unified", "cgroup.procs", Integer.toString(child.pid()));
            group.freeze(Deadline.afterMillis(5000));
            child.pidfd().signal(Signal.TERM);
            assertFalse(child.pidfd().await(Deadline.afterMillis(50)).isPresent());
            assertFalse(group.awaitEmpty(Deadline.afterMillis(10)));
            assertTrue(group.frozen());
            group.thaw();
            assertFalse(group.frozen());
            assertEquals(ExitStatus.exited(3), child.pidfd().await(Deadline.afterMillis(5000)).orElseThrow());
            group.kill();
            assertTrue(group.awaitEmpty(Deadline.afterMillis(5000)));
        }
    }

    @Test
    void paths_that_leave_the_tree_are_a_bug() {
        for (String path : List.of("", "../x", "a//b", "/a", "a/..")) {
            assertThrows(IllegalArgumentException.class, () -> kernel.cgroups().at(path), path);
        }
    }
}
