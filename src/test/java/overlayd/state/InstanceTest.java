package overlayd.state;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceTest {
    @TempDir
    Path directory;

    private Instance at(String state) throws IOException {
        return Instance.at(directory.resolve("run/a"), directory.resolve(state), Path.of("/opt/overlayd"));
    }

    @Test
    void its_directories_are_made_and_nobody_elses() throws IOException {
        Instance instance = at("state");
        for (Path made : new Path[] {instance.runtime(), instance.state(), instance.subhosts()}) {
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(made)));
        }
    }

    @Test
    void several_threads_may_make_one_of_them() {
        List<Path> wanted = IntStream.range(0, 4000).mapToObj(i -> directory.resolve("q" + i % 2000)).toList();
        wanted.parallelStream().forEach(path -> assertDoesNotThrow(() -> Instance.makePrivate(path)));
    }

    @Test
    void the_id_is_the_state_directorys_device_and_inode() throws IOException {
        Instance instance = at("state");
        String inode = Long.toHexString(((Number) Files.getAttribute(instance.state(), "unix:ino")).longValue());
        assertTrue(instance.id().matches("[0-9a-f]+-" + inode), instance.id());
        assertEquals(instance.id(), at("state").id());
        assertNotEquals(instance.id(), at("other").id());
    }

    @Test
    void what_it_owns_bears_its_id() throws IOException {
        Instance instance = at("state");
        assertEquals("overlayd-" + instance.id() + "/web", instance.cgroup("web"));
        assertEquals(instance.runtime().resolve("subhosts/web"), instance.rundir("web").directory());
        assertEquals(Path.of("/opt/overlayd/libexec/reaper"), instance.reaper());
    }
}
