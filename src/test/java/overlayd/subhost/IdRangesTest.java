package overlayd.subhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.config.ConfigFile;
import overlayd.config.ConfigReader;
import overlayd.config.HostDefaults;
import overlayd.config.IdRange;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Locks;

/** Which ids are given to whom, on a host made of files; locked ranges belong to whoever opened the file, as with the kernel's. */
class IdRangesTest {
    private static final IdRange RANGE = new IdRange(100_000, 65_536);

    @TempDir
    private Path host;
    private final List<IdRange> locked = new ArrayList<>();

    @BeforeEach
    void hostFiles() throws IOException {
        Files.createDirectories(host.resolve("etc"));
        Files.createDirectories(host.resolve("proc/self"));
        Files.createDirectories(host.resolve("state"));
        Files.writeString(host.resolve("locks"), "");
        write("proc/self/uid_map", "         0          0 4294967295\n");
        write("proc/self/gid_map", "         0          0 4294967295\n");
        write("etc/passwd", "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/usr/sbin/nologin\n");
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(host.resolve(file).getParent());
        Files.writeString(host.resolve(file), text);
    }

    private IdRanges ranges() {
        overlayd.kernel.Files files = proxy(overlayd.kernel.Files.class, (name, arguments) -> new Fd(7, number -> { }));
        Locks locks = proxy(Locks.class, (name, arguments) -> {
            IdRange range = new IdRange((long) arguments[1], (long) arguments[2]);
            boolean free = locked.stream().noneMatch(range::overlaps);
            if (free && name.equals("tryLockRange")) {
                locked.add(range);
            }
            return free;
        });
        Kernel kernel = proxy(Kernel.class, (name, arguments) -> name.equals("files") ? files : locks);
        return new IdRanges(kernel, host.resolve("state"), new IdRanges.Places(host.resolve("locks"), host.resolve("etc"), host.resolve("proc")));
    }

    private interface Answer {
        Object to(String name, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) ->
                answer.to(method.getName(), arguments)));
    }

    private static SubhostConfig config(String name, String userns) {
        return ConfigReader.showing(Strictness.BOOT, HostDefaults.NONE)
                .read(ConfigFile.trusted(Path.of("/" + name + ".conf"), "BASE=/b\nUSERNS=" + userns + "\n")).config().orElseThrow();
    }

    private IdRange auto(IdRanges ranges, String name) throws KernelException {
        return ranges.facts(config(name, "auto"), Optional.empty()).range().orElseThrow();
    }

    private List<String> users(String userns) throws KernelException {
        return ranges().facts(config("web", userns), Optional.empty()).users();
    }

    @Test
    void auto_gives_each_name_its_own_and_the_same_again_by_the_next_daemon() throws Exception {
        IdRanges first = ranges();
        IdRange web = auto(first, "web");
        IdRange db = auto(first, "db");
        assertNotEquals(web, db);
        assertTrue(web.start() >= 0x7000_0000L && web.end() <= 0x7ffe_0000L && web.start() % 65_536 == 0 && web.count() == 65_536);
        first.take("web", web);
        first.take("db", db);
        locked.clear();
        assertEquals(List.of(web, db), List.of(auto(ranges(), "web"), auto(ranges(), "db")));
    }

    @Test
    void what_runs_is_never_given_to_another_not_even_by_another_instance() throws Exception {
        IdRange web = auto(ranges(), "web");
        locked.add(web);
        // An instance that knows nothing of the first, and whose own choice would be the same.
        IdRange other = auto(ranges(), "web");
        assertTrue(!other.overlaps(web), other.toString());
        assertEquals(Errno.EAGAIN, assertThrows(KernelException.class, () -> ranges().take("x", web)).errno());
    }

    @Test
    void auto_keeps_away_from_whoever_has_ids() throws Exception {
        IdRange first = auto(ranges(), "web");
        for (String line : List.of("etc/subuid joe:" + first.start() + ":1", "etc/subgid root:" + (first.end() - 1) + ":9",
                "etc/passwd joe:x:" + (first.start() + 5) + ":0::/:/bin/sh", "etc/group joe:x:" + first.start() + ":",
                "proc/77/uid_map          0 " + first.start() + "      65536", "proc/77/gid_map          7 " + (first.end() - 1) + " 1")) {
            hostFiles();
            String file = line.substring(0, line.indexOf(' '));
            write(file, line.substring(line.indexOf(' ') + 1) + "\n");
            assertTrue(!auto(ranges(), "web").overlaps(first), line);
            Files.delete(host.resolve(file));
        }
        hostFiles();
        assertEquals(first, auto(ranges(), "web"));
        write("proc/78/uid_map", "         0 " + first.start() + "      65536\n");
        write("proc/78/stat", "78 (a) Z) Z 1 2 3\n"); // ended, and not reaped
        assertEquals(first, auto(ranges(), "web"));
        write("proc/78/stat", "78 (a) Z) S 1 2 3\n");
        assertNotEquals(first, auto(ranges(), "web"));
    }

    @Test
    void ids_that_are_somebodys_are_told_with_their_owner() throws Exception {
        assertEquals(List.of(), users("100000:65536"));
        write("etc/subuid", "joe:100000:65536\nroot:200000:65536\n");
        write("etc/passwd", "ann:x:300001:300001::/home/ann:/bin/sh\n");
        write("proc/9/uid_map", "         0     400000      65536\n");
        assertTrue(users("165535:65536").get(0).matches("/.*/etc/subuid gives joe the ids 100000:65536"));
        assertEquals(List.of(), users("165536:65536").stream().filter(who -> who.contains("joe")).toList());
        assertEquals(List.of(), users("200000:65536")); // the host's root may give away what is its own
        assertEquals(List.of("they include user ann of the host"), users("300000:65536"));
        assertEquals(List.of("processes in another user namespace have 400000:65536"), users("400000:65536"));
        locked.add(RANGE);
        write("etc/subuid", "");
        assertEquals(List.of("another subhost has some of them"), users("165535:65536"));
    }

    @Test
    void a_subhost_that_runs_is_not_in_its_own_way() throws Exception {
        locked.add(RANGE);
        assertEquals(RANGE, ranges().facts(config("web", "100000:65536"), Optional.of(RANGE)).range().orElseThrow());
        assertEquals(List.of(), ranges().facts(config("web", "100000:65536"), Optional.of(RANGE)).users());
        assertEquals(RANGE, ranges().facts(config("web", "auto"), Optional.of(RANGE)).range().orElseThrow());
        assertEquals(1, ranges().facts(config("web", "110000:65536"), Optional.of(RANGE)).users().size());
    }

    @Test
    void without_USERNS_nothing_is_asked() throws Exception {
        assertEquals(Optional.empty(), ranges().facts(config("web", "none"), Optional.empty()).range());
    }

    @Test
    void what_is_kept_is_readable_and_a_damaged_line_is_passed_over() throws Exception {
        write("state/userns", "web 1900019712:65536\nrubbish\ndb x:y\n");
        assertEquals(new IdRange(1_900_019_712L, 65_536), auto(ranges(), "web"));
        ranges().take("app", RANGE);
        assertEquals("app 100000:65536\nweb 1900019712:65536\n", Files.readString(host.resolve("state/userns")));
    }
}
