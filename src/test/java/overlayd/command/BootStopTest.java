package overlayd.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.failure.RefusedException;
import overlayd.subject.FakeDoor;

class BootStopTest {
    @TempDir
    Path temp;
    private Bench bench;
    private Path file;

    @BeforeEach
    void configuration() throws IOException {
        Path here = temp.toRealPath();
        bench = new Bench(here.resolve("none"));
        bench.directory = here.toString();
        file = Files.writeString(here.resolve("web.conf"), "BASE=base\n");
    }

    private void refuse(RefusedException.Kind kind, String message) {
        bench.door.refusal = Optional.of(new RefusedException(kind, message));
    }

    @Test
    void a_boot_is_silent_when_nobody_looks_on() {
        assertEquals(0, bench.run("overlay-boot", "web"));
        assertEquals(List.of("boot " + file), bench.door.asked);
        assertEquals("", bench.out() + bench.err());
        bench.columns = 80;
        assertEquals(0, bench.run("overlay-boot", "--strict", "web"));
        assertTrue(bench.err().startsWith("web: running, init 4711, after "), bench.err());
        assertTrue(bench.door.asked.contains("boot " + file + " strictly"));
    }

    @Test
    void every_refusal_of_a_boot_is_told_with_its_code() {
        refuse(RefusedException.Kind.EXISTS, "web is running already");
        assertEquals(73, bench.run("overlay-boot", "web"));
        assertEquals("overlay-boot: web is running already\n", bench.err());
        refuse(RefusedException.Kind.BUSY, "busy");
        assertEquals(75, bench.run("overlay-boot", "web"));
    }

    @Test
    void a_degraded_subhost_exits_with_76_and_says_why() {
        bench.door.with(FakeDoor.record("web", "RUNNING", "nginx failed with status 1"));
        assertEquals(76, bench.run("overlay-boot", "web"));
        assertTrue(bench.err().startsWith("overlay-boot: web: running, but degraded: nginx failed with status 1"), bench.err());
    }

    @Test
    void of_several_the_first_failure_counts_and_the_others_are_tried() throws IOException {
        Files.writeString(file.resolveSibling("deg.conf"), "BASE=base\n");
        bench.door.with(FakeDoor.record("deg", "RUNNING", "x failed"));
        assertEquals(78, bench.run("overlay-boot", "deg", "nosuch", "web"));
        assertEquals(2, bench.door.asked.size());
        assertEquals(76, bench.run("overlay-boot", "deg", "web"));
    }

    @Test
    void a_link_to_a_file_is_that_file_and_no_second_subhost_of_its_name() throws IOException {
        Files.writeString(file, "NAME=web\nBASE=base\n");
        Files.createSymbolicLink(file.resolveSibling("link.conf"), file);
        assertEquals(0, bench.run("overlay-boot", "web", "link"));
        assertEquals(List.of("boot " + file), bench.door.asked);
        Files.writeString(file.resolveSibling("twin.conf"), "NAME=web\nBASE=base\n");
        assertEquals(78, bench.run("overlay-boot", "web", "twin"));
        assertTrue(bench.err().contains("NAME web is also the name of " + file), bench.err());
    }

    @Test
    void who_was_stopped_for_nothing_is_named() {
        bench.door.with(FakeDoor.requiring("db")).with(FakeDoor.requiring("web", "db")).with(FakeDoor.requiring("front", "web"));
        bench.door.bootable = true;
        bench.door.unstoppable = "web";
        assertEquals(75, bench.run("overlay", "restart", "db"));
        assertEquals("overlay restart: web: is stopped before and booted after it: it requires db\n"
                + "overlay restart: front: is stopped before and booted after it: it requires web\n"
                + "overlay restart: web cannot be stopped\n"
                + "overlay restart: front: is stopped and stays so, for web could not be stopped; boot it again: overlay-boot front\n", bench.err());
        assertEquals(List.of("stop front", "stop web"), bench.door.asked.subList(1, 3));
        assertEquals(3, bench.door.asked.size());
    }

    @Test
    void an_interrupted_boot_is_cancelled_and_no_further_one_begins() {
        bench.door.duringBoot = () -> bench.interrupt.accept(2);
        refuse(RefusedException.Kind.CANCELLED, "boot of web interrupted; everything was undone");
        assertEquals(130, bench.run("overlay-boot", "web", "web"));
        assertEquals(List.of("boot " + file, "cancel web"), bench.door.asked);
        assertEquals("overlay-boot: boot of web interrupted; everything was undone\n", bench.err());
    }

    @Test
    void a_signal_that_comes_first_lets_nothing_begin() {
        bench.signals.add(2);
        assertEquals(130, bench.run("overlay-boot", "web", "web"));
        assertEquals(List.of(), bench.door.asked);
    }

    @Test
    void a_signal_that_came_too_late_to_cancel_stops_what_was_booted() {
        bench.door.duringBoot = () -> bench.interrupt.accept(15);
        assertEquals(143, bench.run("overlay-boot", "web"));
        assertEquals(List.of("boot " + file, "cancel web", "stop web by force"), bench.door.asked);
    }

    @Test
    void a_hangup_does_not_cancel_a_boot() {
        bench.signals.add(1);
        assertEquals(0, bench.run("overlay-boot", "web"));
        assertEquals(List.of("boot " + file), bench.door.asked);
    }

    @Test
    void create_makes_the_directories_and_a_refused_boot_takes_them_back() throws IOException {
        Path base = file.resolveSibling("base");
        assertEquals(0, bench.run("overlay-boot", "--create", "web"));
        for (String directory : List.of("live", "root", "work")) {
            assertEquals(directory.equals("work") ? "rwx------" : "rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(base.resolve(directory))));
            Files.delete(base.resolve(directory));
        }
        refuse(RefusedException.Kind.EXISTS, "x");
        assertEquals(73, bench.run("overlay-boot", "--create", "web"));
        assertTrue(Files.isDirectory(base), "it was there before");
        assertFalse(Files.exists(base.resolve("root")));
    }

    @Test
    void a_known_stopped_subhost_is_stopped_already_and_an_unknown_one_is_an_error() {
        bench.door.with(FakeDoor.record("old", "STOPPED", ""));
        assertEquals(0, bench.run("overlay-stop", "old"));
        assertEquals("overlay-stop: old: is not running\n", bench.err());
        assertEquals(0, bench.run("overlay-stop", "web"), "a configuration that was never booted");
        assertEquals(1, bench.run("overlay-stop", "nosuch"));
        assertEquals("overlay-stop: nosuch: no subhost of this name is known\n", bench.err());
    }

    @Test
    void stop_passes_on_force_and_timeout() {
        bench.door.with(FakeDoor.record("web", "RUNNING", "")).with(FakeDoor.record("db", "RUNNING", ""));
        assertEquals(0, bench.run("overlay-stop", "-f", "-t", "3", "web", "db.conf"));
        assertEquals(List.of("stop db by force in 3", "stop web by force in 3"), bench.door.asked.stream().sorted().toList());
        assertEquals("", bench.err());
    }

    @Test
    void a_log_that_is_not_there_is_told() {
        bench.door.with(FakeDoor.record("web", "STOPPED", ""));
        assertEquals(1, bench.run("overlay", "log", "web"));
        assertTrue(bench.err().contains("there is no log yet"), bench.err());
        assertEquals(1, bench.run("overlay", "log", "nosuch"));
    }
}
