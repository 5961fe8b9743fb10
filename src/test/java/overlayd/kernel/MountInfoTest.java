package overlayd.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MountInfoTest {
    private static final String TEXT = """
            22 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/root rw,errors=remount-ro
            30 22 0:25 / /mnt/a\\040b\\134c ro,nosuid - tmpfs tmp\\011fs rw,size=1k
            31 22 0:26 /sub /var rw - overlay overlay rw,lowerdir=/a\\:b:/c,upperdir=/u\\,v,workdir=/w
            32 22 0:27 / /none rw - proc proc
            nonsense
            33 22 0:28 / rw
            """;

    private final List<MountInfo> mounts = MountInfo.parseAll(TEXT.getBytes(StandardCharsets.UTF_8));

    @Test
    void every_readable_line_is_a_mount() {
        assertEquals(List.of(22L, 30L, 31L, 32L), mounts.stream().map(MountInfo::id).toList());
    }

    @Test
    void optional_fields_are_passed_over() {
        MountInfo root = mounts.get(0);
        assertEquals("ext4", root.fileSystem());
        assertEquals("/dev/root", root.source());
        assertEquals("254:0", root.device());
        assertEquals(1, root.parent());
        assertEquals(List.of("rw", "errors=remount-ro"), root.superOptions());
    }

    @Test
    void blanks_tabs_and_backslashes_come_back() {
        assertEquals("/mnt/a b\\c", mounts.get(1).mountPoint());
        assertEquals("tmp\tfs", mounts.get(1).source());
    }

    @Test
    void a_comma_escaped_by_overlayfs_stays_in_its_option() {
        assertEquals(Optional.of("/u,v"), mounts.get(2).superOption("upperdir"));
        assertEquals(Optional.of("/w"), mounts.get(2).superOption("workdir"));
        assertEquals(Optional.empty(), mounts.get(2).superOption("nothing"));
        assertEquals("/sub", mounts.get(2).root());
    }

    @Test
    void a_mount_is_writable_when_neither_it_nor_its_file_system_is_read_only() {
        assertTrue(mounts.get(0).writable());
        assertFalse(mounts.get(1).writable());
    }

    @Test
    void below_means_deeper_not_on_and_not_beside() {
        assertTrue(mounts.get(2).below("/"));
        assertFalse(mounts.get(2).below("/var"));
        assertFalse(mounts.get(2).below("/va"));
        assertFalse(mounts.get(0).below("/"));
        assertTrue(mounts.get(1).below("/mnt"));
    }

    @Test
    void bytes_that_are_not_utf8_survive() {
        byte[] line = "30 22 0:25 / /mnt/X rw - tmpfs tmpfs rw\n".getBytes(StandardCharsets.ISO_8859_1);
        line[new String(line, StandardCharsets.ISO_8859_1).indexOf("X")] = (byte) 0xFF;
        assertEquals(RawText.decode(new byte[] {'/', 'm', 'n', 't', '/', (byte) 0xFF}), MountInfo.parseAll(line).get(0).mountPoint());
    }
}
