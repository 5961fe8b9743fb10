package overlayd.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class SpawnRootTest extends RootTest {
    private static final List<String> PATH = List.of("PATH=/usr/bin:/bin");

    private ExitStatus run(SpawnRequest request) throws KernelException {
        try (Child child = kernel.spawn().spawn(request.withEnvironment(PATH))) {
            return child.pidfd().await(Deadline.afterMillis(10_000)).orElseThrow();
        }
    }

    private String output(String script, int number) throws KernelException {
        try (Pipes.Pipe pipe = kernel.pipes().pipe()) {
            run(SpawnRequest.of("/bin/sh", "-c", script).withDescriptor(number, pipe.writeEnd()));
            pipe.writeEnd().close();
            return new String(kernel.pipes().readAll(pipe.readEnd(), 100_000), StandardCharsets.UTF_8);
        }
    }

    @Test
    void exit_status_and_signal_are_told_apart() throws Exception {
        assertEquals(ExitStatus.exited(7), run(SpawnRequest.of("/bin/sh", "-c", "exit 7")));
        assertEquals(ExitStatus.killed(9), run(SpawnRequest.of("/bin/sh", "-c", "kill -9 $$")));
    }

    @Test
    void a_missing_program_is_ENOENT() {
        KernelException failure = assertThrows(KernelException.class, () -> run(SpawnRequest.of("/no/such/program")));
        assertEquals(Errno.ENOENT, failure.errno());
    }

    @Test
    void the_child_has_its_three_descriptors_and_those_asked_for_and_leads_its_session() throws Exception {
        // ls itself has 3 open for the directory, behind the pipe on 5.
        assertEquals("0\n1\n2\n5\n", output("ls /proc/self/fd | grep -v '^[34]$' >&5; exec 5>&-", 5).replace("6\n", ""));
        assertEquals("same\n", output("[ \"$(ps -o sid= -p $$)\" -eq $$ ] && echo same", 1));
        assertTrue(output("grep SigBlk /proc/self/status", 1).endsWith("0000000000000000\n"));
    }

    @Test
    void descriptors_may_be_permuted_without_losing_one() throws Exception {
        try (Fd a = kernel.pipes().memoryFile("a", "a".getBytes(StandardCharsets.US_ASCII), Pipes.Sealing.OPEN);
             Fd b = kernel.pipes().memoryFile("b", "b".getBytes(StandardCharsets.US_ASCII), Pipes.Sealing.OPEN);
             Pipes.Pipe pipe = kernel.pipes().pipe()) {
            // The shell's own limit is one digit, so by /proc.
            run(SpawnRequest.of("/bin/sh", "-c", "cat /proc/$$/fd/" + a.number() + " /proc/$$/fd/" + b.number())
                    .withDescriptor(a.number(), b).withDescriptor(b.number(), a).withDescriptor(1, pipe.writeEnd()));
            pipe.writeEnd().close();
            assertEquals("ba", new String(kernel.pipes().readAll(pipe.readEnd(), 10), StandardCharsets.US_ASCII));
        }
    }

    @Test
    void a_pidfd_signals_waits_and_knows_the_end() throws Exception {
        try (Child child = kernel.spawn().spawn(SpawnRequest.of("/bin/sleep", "100"))) {
            Pidfd pidfd = child.pidfd();
            long start = kernel.processes().startTime(child.pid());
            assertTrue(kernel.processes().isSame(child.pid(), start));
            assertFalse(pidfd.hasEnded());
            assertEquals(Optional.empty(), pidfd.await(Deadline.afterMillis(10)));
            pidfd.signal(Signal.TERM);
            assertEquals(Optional.of(ExitStatus.killed(15)), pidfd.await(Deadline.NEVER));
            assertEquals(Optional.of(ExitStatus.unknown()), pidfd.await(Deadline.NEVER));
            assertEquals(Errno.ESRCH, assertThrows(KernelException.class, () -> pidfd.signal(Signal.TERM)).errno());
            assertFalse(kernel.processes().isSame(child.pid(), start));
        }
    }

    @Test
    void the_group_of_a_child_can_be_ended_whole() throws Exception {
        try (Child child = kernel.spawn().spawn(SpawnRequest.of("/bin/sh", "-c", "sleep 100 & sleep 100").withEnvironment(PATH))) {
            kernel.processes().signalGroup(child, Signal.KILL);
            assertEquals(Optional.of(ExitStatus.killed(9)), child.pidfd().await(Deadline.NEVER));
        }
    }

    @Test
    void a_descriptor_of_another_process_can_be_copied() throws Exception {
        try (Fd file = kernel.pipes().memoryFile("x", "hello".getBytes(StandardCharsets.US_ASCII), Pipes.Sealing.SEALED);
             Child child = kernel.spawn().spawn(SpawnRequest.of("/bin/sleep", "100").withDescriptor(9, file));
             Fd copy = kernel.processes().copyDescriptor(child.pidfd(), 9)) {
            assertTrue(kernel.files().identity(copy).sameFile(kernel.files().identity(file)));
            child.pidfd().signal(Signal.KILL);
            child.pidfd().await(Deadline.NEVER);
        }
    }
}
