package overlayd.kernel.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import overlayd.kernel.Cgroup;
import overlayd.kernel.Child;
import overlayd.kernel.Deadline;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pipes;
import overlayd.kernel.SpawnRequest;

/** What a host without a cgroup2 mount would get: the v1 hierarchies of this one alone. */
@Tag("root")
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class CgroupsV1RootTest {
    private final LinuxPipes pipes = new LinuxPipes();

    @Test
    void a_group_that_forks_all_the_time_is_frozen_killed_and_removed() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "not testable here: needs root");
        List<CgroupHierarchy> v1 = CgroupRoots.ofHost(new LinuxFiles(pipes), pipes).hierarchies().stream().filter(h -> !h.unified()).toList();
        assumeTrue(v1.stream().anyMatch(h -> h.controllers().contains("freezer")), "not testable here: no v1 freezer");
        String instance = "overlayd-v1-" + ProcessHandle.current().pid();
        LinuxCgroups cgroups = new LinuxCgroups(new CgroupRoots(v1, Optional.empty()), pipes, Optional.empty());
        Cgroup group = cgroups.make(instance + "/web");
        try (Child child = forker(group)) {
            group.freeze(Deadline.afterMillis(5000));
            assertTrue(group.frozen());
            group.thaw();
            assertFalse(group.frozen());
            // Each round kills all that were listed while frozen.
            while (!group.awaitEmpty(Deadline.afterMillis(50))) {
                group.kill();
            }
            assertEquals(ExitStatus.killed(9), child.pidfd().await(Deadline.afterMillis(5000)).orElseThrow());
        } finally {
            group.kill();
            cgroups.at(instance).remove(Deadline.afterMillis(5000));
        }
        assertTrue(cgroups.children(instance).isEmpty());
    }

    private Child forker(Cgroup group) throws KernelException {
        List<Fd> tasks = group.openTasks();
        StringBuilder script = new StringBuilder();
        SpawnRequest request = SpawnRequest.of("/bin/sh", "-c", "");
        for (Fd fd : tasks) {
            int number = 3 + request.descriptors().size();
            script.append("echo 0 >&").append(number).append("; ");
            request = request.withDescriptor(number, fd);
        }
        script.append("echo in; exec >/dev/null; while :; do (sleep 0.01) & sleep 0.002; done");
        List<String> arguments = new ArrayList<>(List.of("/bin/sh", "-c", script.toString()));
        try (Pipes.Pipe ready = pipes.pipe()) {
            Child child = new LinuxSpawn().spawn(request.withArguments(arguments).withEnvironment(List.of("PATH=/usr/bin:/bin"))
                    .withDescriptor(1, ready.writeEnd()));
            ready.writeEnd().close();
            assertEquals("in\n", new String(pipes.readAll(ready.readEnd(), 100), StandardCharsets.US_ASCII));
            return child;
        } finally {
            tasks.forEach(Fd::close);
        }
    }
}
