package overlayd.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class RecognitionTest {
    private static final int SIZE = 1 << 18;

    private static String of(Image image) throws IOException {
        Content content = Recognition.of(image);
        if (content instanceof Content.Unclean unclean) {
            assertEquals("ext4", unclean.fileSystem().type());
        }
        content = content.forReading();
        return content instanceof Content.FileSystem found ? found.type() : ((Content.Unusable) content).what();
    }

    @Test
    void file_systems_are_known_by_their_superblocks() throws IOException {
        assertEquals("squashfs", of(new Image(SIZE).squashfs(SIZE)));
        assertEquals("ext4", of(new Image(SIZE).ext4(SIZE / 1024)));
        assertEquals("erofs", of(new Image(SIZE).u32(1024, 0xE0F5E1E2L).u8(1036, 12).u32(1060, SIZE >> 12)));
        assertEquals("xfs", of(new Image(SIZE).text(0, "XFSB").u32(4, Integer.reverseBytes(4096)).u64(8, Long.reverseBytes(SIZE >> 12))));
        assertEquals("btrfs", of(new Image(SIZE).text(0x10040, "_BHRfS_M").u64(0x10070, SIZE).u64(0x10088, 1)));
        assertEquals("iso9660", of(new Image(SIZE).text(0x8001, "CD001")));
    }

    @Test
    void an_image_that_was_cut_off_says_so() throws IOException {
        assertEquals("is a squashfs of 262145 bytes, cut off after 262144", of(new Image(SIZE).squashfs(SIZE + 1)));
        assertEquals("is a ext4 of 263168 bytes, cut off after 262144", of(new Image(SIZE).ext4(SIZE / 1024 + 1)));
        assertTrue(of(new Image(SIZE).u32(1024, 0xE0F5E1E2L).u8(1036, 12).u32(1060, 0xFFFFFFFFL)).contains("cut off"));
    }

    @Test
    void sizes_that_cannot_be_are_damage() throws IOException {
        assertTrue(of(new Image(SIZE).squashfs(-1)).startsWith("is a damaged squashfs"));
        assertTrue(of(new Image(SIZE).squashfs(100).u32(12, 7)).startsWith("is a damaged squashfs: its block size"));
        assertTrue(of(new Image(SIZE).ext4(0)).startsWith("is a damaged ext4"));
        assertTrue(of(new Image(SIZE).ext4(4).u32(1024 + 24, 77)).startsWith("is a damaged ext4: its block size"));
        assertTrue(of(new Image(SIZE).ext4(4).u32(1024 + 100, 0x400)).contains("checksum of its superblock"));
        assertTrue(of(new Image(SIZE).text(0, "XFSB").u64(8, -1)).startsWith("is a damaged xfs"));
    }

    @Test
    void what_needs_something_else_first_says_what() throws IOException {
        assertEquals("is encrypted (LUKS)", of(new Image(SIZE).text(0, "LUKS\u00ba\u00be")));
        assertEquals("is a qcow2 disk", of(new Image(SIZE).text(0, "QFI\u00fb")));
        assertEquals("is compressed (zstd)", of(new Image(SIZE).text(0, "(\u00b5/\u00fd")));
        assertEquals("is a disk with partitions", of(new Image(SIZE).mbr(0, 0x83, 8, 16)));
        assertTrue(of(new Image(SIZE).ext4(8).u32(1024 + 96, 4)).contains("not unmounted"));
        assertTrue(of(new Image(SIZE)).contains("no file system known"));
        assertEquals("is empty", of(new Image(0)));
        assertTrue(of(new Image(3).text(0, "hsq")).contains("no file system known"));
    }
}
