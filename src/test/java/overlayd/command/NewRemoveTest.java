package overlayd.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.failure.RefusedException;
import overlayd.subject.FakeDoor;
import overlayd.subject.Locator;

class NewRemoveTest {
    @TempDir
    Path temp;
    private Path here;
    private Bench bench;
    private Path base;
    private Path file;

    @BeforeEach
    void places() throws IOException {
        here = temp.toRealPath();
        bench = new Bench(here.resolve("conf.d"));
        bench.directory = here.toString();
        base = here.resolve("bases/web");
        file = here.resolve("conf.d/web.conf");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private List<Path> everything() throws IOException {
        try (Stream<Path> all = Files.walk(here)) {
            return all.sorted().toList();
        }
    }

    @Test
    void a_new_subhost_has_its_directories_and_a_file_that_reads_as_asked() throws IOException {
        Path lower = Files.createDirectory(here.resolve("lower"));
        assertEquals(0, bench.run("overlay", "new", "web", "--lower", "lower", "--bridge", "br0"));
        assertEquals(file + "\n", bench.out());
        assertEquals("rwx------", mode(base));
        assertEquals("rwxr-xr-x", mode(base.resolve("root")), "the mode of the subhost's own /");
        assertEquals("rwx------", mode(base.resolve("work")));
        assertEquals("rw-r--r--", mode(file));
        var config = Locator.read(file).orElseThrow();
        assertEquals(List.of(lower), config.root().lowers());
        assertEquals(base, config.base());
        assertEquals(overlayd.config.Security.Secrets.HIDDEN, config.security().secrets());
        assertEquals(1, config.cables().size());
    }

    @Test
    void what_the_file_proposes_can_be_taken_as_it_stands() throws IOException {
        assertEquals(0, bench.run("overlay", "new", "web", "--bridge", "br0"));
        Path taken = here.resolve("taken.conf");
        Files.writeString(taken, Files.readString(file).replaceAll("(?m)^#(?=[A-Z]+=)", ""));
        var config = Locator.read(taken).orElseThrow();
        assertEquals(overlayd.config.Addressing.Source.AUTO, config.addressing().addresses().get(0).source());
        assertTrue(Files.readString(taken).contains("\nAUTOSTART=yes\n"));
    }

    @Test
    void what_exists_is_not_touched() throws IOException {
        assertEquals(0, bench.run("overlay", "new", "web"));
        Files.writeString(base.resolve("root/file"), "mine");
        List<Path> before = everything();
        assertEquals(73, bench.run("overlay", "new", "web"));
        assertEquals(before, everything());
        Files.delete(file);
        assertEquals(73, bench.run("overlay", "new", "web"));
        assertFalse(Files.exists(file));
        Files.writeString(here.resolve("conf.d/db.conf"), "BASE=db\n");
        assertEquals(73, bench.run("overlay", "new", "db"));
        assertFalse(Files.exists(here.resolve("bases/db")), "what was made before the refusal is taken back");
    }

    @Test
    void what_does_not_fit_into_a_configuration_is_refused() {
        assertEquals(64, bench.run("overlay", "new", "a-name-that-is-too-long"));
        assertEquals(64, bench.run("overlay", "new", "../etc"));
        assertEquals(64, bench.run("overlay", "new", "web", "--bridge", "br0 br1"));
        assertEquals(64, bench.run("overlay", "new", "web", "--base", "/srv/a\nUPPER=/etc"));
        assertEquals(71, bench.run("overlay", "new", "web", "--lower", "nowhere"));
        assertFalse(Files.exists(file));
    }

    @Test
    void remove_shows_first_and_removes_on_yes() throws IOException {
        bench.run("overlay", "new", "web");
        Files.writeString(base.resolve("root/file"), "mine");
        Files.createSymbolicLink(base.resolve("root/link"), Files.createDirectory(here.resolve("elsewhere")));
        Files.writeString(here.resolve("elsewhere/kept"), "");
        List<Path> before = everything();
        assertEquals(0, bench.run("overlay", "remove", "web"));
        assertTrue(bench.out().contains(base.resolve("root") + "  2 files, "), bench.out());
        assertTrue(bench.err().contains("nothing was removed"), bench.err());
        assertEquals(before, everything());
        assertEquals(0, bench.run("overlay", "remove", "--yes", "web"));
        assertFalse(Files.exists(base));
        assertFalse(Files.exists(file));
        assertTrue(Files.exists(here.resolve("elsewhere/kept")), "no link is followed");
    }

    @Test
    void what_is_not_its_own_stays() throws IOException {
        bench.run("overlay", "new", "web");
        Files.writeString(base.resolve("notes"), "mine");
        Path upper = Files.createDirectories(here.resolve("data/upper"));
        Files.writeString(file, Files.readString(file) + "UPPER=" + upper + "\n");
        assertEquals(0, bench.run("overlay", "remove", "--yes", "web"));
        assertTrue(Files.exists(upper), "an UPPER outside BASE");
        assertTrue(Files.exists(base.resolve("notes")));
        assertFalse(Files.exists(base.resolve("work")));
    }

    @Test
    void one_that_is_used_stays() throws IOException {
        bench.run("overlay", "new", "web");
        List<Path> before = everything();
        bench.door.with(FakeDoor.record("web", "RUNNING", ""));
        assertEquals(73, bench.run("overlay", "remove", "--yes", "web"));
        bench.door.subhosts.clear();
        bench.mounts = List.of(base.resolve("live").toString());
        assertEquals(73, bench.run("overlay", "remove", "--yes", "web"));
        bench.mounts = List.of();
        assertEquals(before, everything());
        Files.writeString(here.resolve("conf.d/twin.conf"), "BASE=" + here.resolve("bases/twin") + "\nLOWER=" + base.resolve("root") + "\n");
        assertEquals(73, bench.run("overlay", "remove", "--yes", "web"));
        assertTrue(bench.err().contains("twin.conf uses its directories"), bench.err());
        assertEquals(1, bench.run("overlay", "remove", "--yes", "nobody"));
    }

    @Test
    void nobody_boots_it_while_it_goes() throws Exception {
        bench.run("overlay", "new", "web");
        List<Path> before = everything();
        bench.holding = directories -> {
            throw new RefusedException(RefusedException.Kind.EXISTS, "its UPPER is in use");
        };
        assertEquals(73, bench.run("overlay", "remove", "--yes", "web"));
        assertEquals("overlay remove: web: its UPPER is in use\n", bench.err());
        bench.holding = directories -> {
            bench.door.with(FakeDoor.record("web", "STARTING", "")); // it was quicker
            return () -> { };
        };
        assertEquals(73, bench.run("overlay", "remove", "--yes", "web"));
        assertEquals(before, everything());
        bench.door.subhosts.clear();
        List<Boolean> there = new ArrayList<>();
        bench.holding = directories -> {
            assertEquals(Set.of(base.resolve("root"), base.resolve("work")), Set.copyOf(directories));
            return () -> there.add(Files.exists(file));
        };
        assertEquals(0, bench.run("overlay", "remove", "--yes", "web"));
        assertEquals(List.of(false), there, "held until all is gone");
    }
}
