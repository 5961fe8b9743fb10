package overlayd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
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
    void a_directory_that_a_group_may_pass_is_left_so_and_any_other_is_closed() throws IOException {
        Path runtime = at("state").runtime();
        for (String mode : new String[] {"rwx--x---", "rwxr-x---", "rwx-----x"}) {
            Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString(mode));
            at("state");
            assertEquals(mode.equals("rwx--x---") ? mode : "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(runtime)));
        }
    }

    @Test
    void two_threads_may_make_one_of_them() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        Callable<Void> maker = () -> {
            for (int i = 0; i < 2000; i++) {
                together.await();
                Instance.makePrivate(directory.resolve("q" + i));
            }
            return null;
        };
        FutureTask<Void> other = new FutureTask<>(() -> {
            try {
                return maker.call();
            } finally {
                together.reset();
            }
        });
        Thread second = new Thread(other);
        second.setDaemon(true);
        second.start();
        maker.call();
        other.get();
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
