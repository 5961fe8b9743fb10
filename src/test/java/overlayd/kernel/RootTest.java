package overlayd.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import overlayd.kernel.jna.LinuxKernel;

/** A kernel of its own for each test, and the host compared before and after. */
@Tag("root")
abstract class RootTest {
    Kernel kernel;
    Path directory;
    private HostState before;

    @BeforeEach
    void open() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "not testable here: needs root");
        LinuxKernel.open().close();
        // Once for nothing: NIO makes a socket pair for ever when it reads its first file.
        HostState.now();
        directory = java.nio.file.Files.createTempDirectory("overlayd-kernel");
        before = HostState.now();
        kernel = LinuxKernel.open();
    }

    @AfterEach
    void host_is_as_before() throws Exception {
        if (kernel == null) {
            return;
        }
        kernel.close();
        try {
            // The pipes of a process that has ended are closed by a thread of Java's, a moment later.
            long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            HostState now = HostState.now();
            while (!before.equals(now) && System.nanoTime() < patience) {
                Thread.onSpinWait();
                now = HostState.now();
            }
            assertEquals(before, now);
        } finally {
            removeDirectory();
        }
    }

    private void removeDirectory() throws IOException {
        try (Stream<Path> all = java.nio.file.Files.walk(directory)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                java.nio.file.Files.delete(path);
            }
        }
    }
}
