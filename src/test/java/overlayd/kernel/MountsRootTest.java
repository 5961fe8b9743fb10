package overlayd.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Mounts without the rootfs room; what comes before and after is compared by the fixture. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class MountsRootTest extends RootTest {
    private static final FileSystem TMPFS = new FileSystem("tmpfs", Map.of("mode", "711", "size", "64k"), Set.of(MountFlag.NO_SUID));

    /** A job in a mount namespace of its own, with {@link #directory} as a tree. */
    private interface InTree {
        void run(Tree tree) throws Exception;
    }

    private void inTree(InTree work) throws Exception {
        kernel.namespaces().<Void, Exception>run(at -> {
            at.unshareMounts();
            try (Fd root = kernel.files().openPath(directory.toString())) {
                work.run(kernel.files().tree(root));
            }
            return null;
        });
    }

    @Test
    void probing_the_tier_leaves_nothing() throws Exception {
        HostState before = HostState.now();
        assertNotNull(kernel.mounts().tier());
        assertEquals(before, HostState.now());
    }

    @Test
    void a_file_system_is_filled_detached_and_then_attached() throws Exception {
        java.nio.file.Files.createDirectory(directory.resolve("place"));
        inTree(tree -> {
            try (Fd mount = kernel.mounts().make(TMPFS); Fd place = tree.openPlace("place")) {
                kernel.files().tree(mount).makeFile("file", 0644, "in".getBytes(StandardCharsets.US_ASCII));
                assertEquals(List.of(), tree.list("place"));
                kernel.mounts().attach(mount, place);
                assertEquals("in", new String(tree.read("place/file", 10), StandardCharsets.US_ASCII));
                assertTrue(tree.identity("place").mountRoot());
                assertEquals(0711, tree.identity("place").permissions());
                kernel.mounts().detach(mount);
                assertEquals(List.of(), tree.list("place"));
            }
        });
    }

    @Test
    void a_copy_can_be_read_only_where_the_original_is_not() throws Exception {
        java.nio.file.Files.createDirectory(directory.resolve("source"));
        java.nio.file.Files.createDirectory(directory.resolve("place"));
        inTree(tree -> {
            try (Fd source = tree.openPath("source"); Fd copy = kernel.mounts().copy(source, Mounts.Extent.ONE);
                 Fd place = tree.openPlace("place")) {
                kernel.mounts().addFlags(copy, Mounts.Extent.ONE, Set.of(MountFlag.READ_ONLY, MountFlag.NO_DEVICES));
                kernel.mounts().attach(copy, place);
                tree.makeFile("source/file", 0644, new byte[0]);
                assertTrue(tree.exists("place/file"));
                KernelException refused = assertThrows(KernelException.class, () -> tree.makeFile("place/other", 0644, new byte[0]));
                assertEquals(Errno.EROFS, refused.errno());
            }
        });
    }

    @Test
    void a_link_planted_as_mount_target_is_refused() throws Exception {
        java.nio.file.Files.createSymbolicLink(directory.resolve("dev"), java.nio.file.Path.of("/dev"));
        inTree(tree -> assertEquals(Errno.ELOOP, assertThrows(KernelException.class, () -> tree.openPlace("dev")).errno()));
    }

    @Test
    void what_a_file_system_does_not_take_is_said_in_the_kernels_words() {
        KernelException refused = assertThrows(KernelException.class,
                () -> kernel.mounts().make(new FileSystem("tmpfs", Map.of("nonsense", "1"), Set.of())));
        assertEquals(Errno.EINVAL, refused.errno());
        assertTrue(refused.kernelText().contains("nonsense"), refused.getMessage());
        assertEquals(Errno.ENODEV,
                assertThrows(KernelException.class, () -> kernel.mounts().make(new FileSystem("nofs", Map.of(), Set.of()))).errno());
    }
}
