package overlayd.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Control sockets, events, pipes, files, locks. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class TalkRootTest extends RootTest {
    @Test
    void packets_carry_descriptors_both_ways_and_the_end_is_seen() throws Exception {
        Sockets.Pair pair = kernel.sockets().pair();
        try (ControlSocket ours = pair.ours(); ControlSocket other = kernel.sockets().control(pair.theirs())) {
            try (Fd memory = kernel.pipes().memoryFile("m", new byte[] {1, 2}, Pipes.Sealing.OPEN)) {
                Packet plan = Packet.of("PLAN").with("name", "tiny").withAll("arg", List.of("/bin/sh", "ñ\uDCFF")).withFds(List.of("m")).build();
                ours.send(plan, List.of(memory));
                try (ControlSocket.Received received = other.receive(Deadline.afterMillis(1000)).orElseThrow()) {
                    assertEquals(plan, received.packet());
                    assertEquals(1, received.count());
                    try (Fd taken = received.take(0)) {
                        assertTrue(kernel.files().identity(taken).sameFile(kernel.files().identity(memory)));
                    }
                }
                assertEquals(Errno.ETIMEDOUT,
                        assertThrows(KernelException.class, () -> ours.receive(Deadline.afterMillis(10))).errno());
                pair.theirs().close();
                assertEquals(Optional.empty(), ours.receive(Deadline.afterMillis(1000)));
                assertEquals(Errno.EPIPE, assertThrows(KernelException.class, () -> ours.send(plan, List.of())).errno());
            }
        }
    }

    @Test
    void events_report_ends_of_processes_pipes_and_timers() throws Exception {
        LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (Pipes.Pipe pipe = kernel.pipes().pipe();
             Child child = kernel.spawn().spawn(SpawnRequest.of("/bin/sleep", "100"))) {
            kernel.events().watch(child.pidfd().fd(), Set.of(Events.Interest.READABLE), Events.Repeat.ONCE, event -> seen.add("ended"));
            kernel.events().watch(pipe.readEnd(), Set.of(Events.Interest.READABLE), Events.Repeat.ONCE,
                    event -> seen.add(event.readable() + " " + event.hangup()));
            kernel.events().timer(Duration.ofMillis(1), () -> seen.add("timer"));
            assertEquals("timer", seen.poll(5, TimeUnit.SECONDS));
            child.pidfd().signal(Signal.KILL);
            assertEquals("ended", seen.poll(5, TimeUnit.SECONDS));
            pipe.writeEnd().close();
            assertEquals("false true", seen.poll(5, TimeUnit.SECONDS));
            child.pidfd().await(Deadline.NEVER);
        }
    }

    @Test
    void a_cancelled_registration_and_a_cancelled_timer_are_silent() throws Exception {
        LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (Pipes.Pipe pipe = kernel.pipes().pipe()) {
            Events.Registration watch = kernel.events().watch(pipe.readEnd(), Set.of(Events.Interest.READABLE), Events.Repeat.ALWAYS,
                    event -> seen.add("event"));
            Events.Registration timer = kernel.events().timer(Duration.ofMillis(30), () -> seen.add("cancelled timer"));
            watch.cancel();
            timer.cancel();
            kernel.pipes().writeAll(pipe.writeEnd(), new byte[1]);
            CountDownLatch later = new CountDownLatch(1);
            kernel.events().timer(Duration.ofMillis(50), later::countDown);
            assertTrue(later.await(5, TimeUnit.SECONDS));
            assertTrue(seen.isEmpty());
        }
    }

    @Test
    void a_sealed_memory_file_cannot_be_written() throws Exception {
        try (Fd sealed = kernel.pipes().memoryFile("s", "abc".getBytes(StandardCharsets.US_ASCII), Pipes.Sealing.SEALED)) {
            assertEquals("abc", new String(kernel.pipes().readAll(sealed, 10), StandardCharsets.US_ASCII));
            assertEquals(Errno.EPERM, assertThrows(KernelException.class, () -> kernel.pipes().writeAll(sealed, new byte[1])).errno());
        }
    }

    @Test
    void appending_refuses_links_fifos_and_files_with_two_names() throws Exception {
        String log = directory.resolve("log").toString();
        try (Fd first = kernel.files().openForAppend(log, 0640)) {
            kernel.pipes().writeAll(first, new byte[3]);
            assertEquals(0640, kernel.files().identity(first).permissions());
        }
        java.nio.file.Files.createSymbolicLink(directory.resolve("link"), directory.resolve("log"));
        assertEquals(Errno.ELOOP,
                assertThrows(KernelException.class, () -> kernel.files().openForAppend(directory + "/link", 0640)).errno());
        java.nio.file.Files.createLink(directory.resolve("second"), directory.resolve("log"));
        assertEquals("it has other hard links",
                assertThrows(KernelException.class, () -> kernel.files().openForAppend(log, 0640)).kernelText());
        assertEquals(0, new ProcessBuilder("mkfifo", directory + "/fifo").start().waitFor());
        assertEquals(Errno.ENXIO,
                assertThrows(KernelException.class, () -> kernel.files().openForAppend(directory + "/fifo", 0640)).errno());
    }

    @Test
    void locks_exclude_other_open_files_and_name_other_processes() throws Exception {
        String file = directory.resolve("lock").toString();
        try (Fd first = kernel.files().openForAppend(file, 0600); Fd second = kernel.files().openForAppend(file, 0600)) {
            assertTrue(kernel.locks().tryLock(first));
            assertFalse(kernel.locks().tryLock(second));
            kernel.locks().unlock(first);
            assertTrue(kernel.locks().tryLock(second));
            assertTrue(kernel.locks().writeLockOwner(first).isEmpty());
            assertTrue(kernel.locks().tryWriteLock(first));
        }
    }

    @Test
    void a_tree_keeps_links_inside_and_gives_exact_modes() throws Exception {
        try (Fd root = kernel.files().openPath(directory.toString())) {
            Tree tree = kernel.files().tree(root);
            assertEquals(List.of("a", "a/b"), tree.makeDirectories("a/b", 0777));
            assertEquals(0777, tree.identity("a/b").permissions());
            tree.makeSymlink("/../../../../etc", "out");
            assertEquals("/../../../../etc", tree.readLink("out"));
            assertEquals(Errno.ENOENT, assertThrows(KernelException.class, () -> tree.read("out/hostname", 100)).errno());
            assertEquals(Errno.ELOOP, assertThrows(KernelException.class, () -> tree.openPlace("out")).errno());
            tree.makeFile("a/file", 0666, "text".getBytes(StandardCharsets.US_ASCII));
            assertEquals(0666, tree.identity("/a/file").permissions());
            assertEquals("text", new String(tree.read("a/b/../file", 10), StandardCharsets.US_ASCII));
            tree.makeCharacterDevice("a/null", 0666, 1, 3);
            assertEquals("1:3", FileIdentity.majorMinor(tree.identity("a/null").rawDevice()));
            assertEquals(Errno.EPERM, assertThrows(KernelException.class, () -> tree.openForReading("a/null")).errno());
            assertEquals(List.of("b", "file", "null"), tree.list("a"));
            tree.chown("a/file", 33, 33);
            assertEquals(33, tree.identity("a/file").uid());
            tree.removeFile("a/null");
            tree.removeDirectory("a/b");
            assertFalse(tree.exists("a/b"));
        }
    }
}
