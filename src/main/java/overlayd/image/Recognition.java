package overlayd.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Tells by its magic number what a file holds, and by its superblock whether the file is whole: the kernel would refuse with a bare errno
 * what is said here in words. Offsets: fs/ext4/ext4.h, fs/squashfs/squashfs_fs.h, fs/erofs/erofs_fs.h, fs/xfs/libxfs/xfs_format.h,
 * include/uapi/linux/btrfs_tree.h.
 */
public final class Recognition {
    private static final int EXT4_64BIT = 0x80;
    private static final int EXT4_RECOVER = 0x4;
    private static final int EXT4_JOURNAL_DEVICE = 0x8;
    private static final int EXT4_METADATA_CHECKSUM = 0x400;
    private static final int EROFS_48BIT = 0x80;
    /** The largest superblock read here. */
    private static final int BLOCK = 1024;

    private final Bytes bytes;

    private Recognition(Bytes bytes) {
        this.bytes = bytes;
    }

    /** What lies in {@code bytes}. */
    public static Content of(Bytes bytes) throws IOException {
        Recognition recognition = new Recognition(bytes);
        if (bytes.size() == 0) {
            return new Content.Unusable("is empty", "make a file system in it, or name another file");
        }
        Optional<Content> known = recognition.fileSystem();
        if (known.isEmpty()) {
            known = recognition.foreign();
        }
        if (known.isEmpty() && PartitionTable.isThere(bytes)) {
            known = Optional.of(new Content.Unusable("is a disk with partitions", "LOWER=!overlay-diskfile mnt/ FILE INDEX mounts one of them"));
        }
        return known.orElseGet(() -> new Content.Unusable("holds no file system known here",
                "known are squashfs, erofs, ext4 (ext2, ext3), xfs, btrfs and iso9660; is it the right file, and whole?"));
    }

    private Optional<Content> fileSystem() throws IOException {
        ByteBuffer start = bytes.read(0, BLOCK);
        ByteBuffer second = bytes.read(BLOCK, BLOCK);
        if (has(start, 0, "hsqs")) {
            return Optional.of(squashfs(start));
        }
        if (second.getInt(0) == 0xE0F5E1E2) {
            return Optional.of(erofs(second));
        }
        if (second.getShort(56) == (short) 0xEF53) {
            return Optional.of(ext(second));
        }
        if (has(start, 0, "XFSB")) {
            long blocks = Long.reverseBytes(start.getLong(8));
            return Optional.of(sized("xfs", blocks, Integer.toUnsignedLong(Integer.reverseBytes(start.getInt(4)))));
        }
        ByteBuffer btrfs = bytes.read(0x10000, BLOCK);
        if (has(btrfs, 0x40, "_BHRfS_M")) {
            return Optional.of(btrfs.getLong(0x88) > 1 ? new Content.Unusable("is one of several devices of a btrfs", "mount it by hand")
                    : sized("btrfs", btrfs.getLong(0x70), 1));
        }
        return has(bytes.read(0x8001, 8), 0, "CD001") ? Optional.of(new Content.FileSystem("iso9660")) : Optional.empty();
    }

    private Content squashfs(ByteBuffer block) {
        int size = block.getInt(12);
        int shift = Short.toUnsignedInt(block.getShort(22));
        if (block.getShort(28) != 4) {
            return new Content.Unusable("is a squashfs of version " + block.getShort(28) + ", the kernel knows 4", "make it anew by mksquashfs");
        }
        if (shift < 12 || shift > 20 || size != 1 << shift) {
            return damaged("squashfs", "its block size is " + Integer.toUnsignedString(size));
        }
        return sized("squashfs", block.getLong(40), 1);
    }

    private Content erofs(ByteBuffer block) {
        int shift = Byte.toUnsignedInt(block.get(12));
        if (shift < 9 || shift > 16) {
            return damaged("erofs", "its block size is 2^" + shift);
        }
        boolean large = (block.getInt(80) & EROFS_48BIT) != 0;
        return large ? new Content.FileSystem("erofs") : sized("erofs", Integer.toUnsignedLong(block.getInt(36)), 1L << shift);
    }

    private Content ext(ByteBuffer block) {
        int shift = block.getInt(24);
        int incompatible = block.getInt(96);
        if (shift < 0 || shift > 6) {
            return damaged("ext4", "its block size is 2^" + (10L + shift));
        }
        if ((block.getInt(100) & EXT4_METADATA_CHECKSUM) != 0 && !ext4Checksum(block)) {
            return damaged("ext4", "the checksum of its superblock is wrong");
        }
        if ((incompatible & EXT4_JOURNAL_DEVICE) != 0) {
            return new Content.Unusable("is the journal of another ext4", "name the file system's own image");
        }
        long blocks = Integer.toUnsignedLong(block.getInt(4)) | ((incompatible & EXT4_64BIT) != 0 ? (long) block.getInt(0x150) << 32 : 0);
        Content content = sized("ext4", blocks, 1024L << shift);
        return (incompatible & EXT4_RECOVER) != 0 && content instanceof Content.FileSystem whole ? new Content.Unclean(whole,
                new Content.Unusable("is an ext4 that was not unmounted, and cannot be repaired where it is mounted read-only",
                        "e2fsck -p FILE, when nobody has it mounted")) : content;
    }

    private static boolean ext4Checksum(ByteBuffer block) {
        CRC32C sum = new CRC32C();
        sum.update(block.array(), 0, 0x3FC);
        return block.getInt(0x3FC) == ~(int) sum.getValue(); // ext4 leaves out the last inversion
    }

    private Content sized(String type, long count, long unit) {
        if (count <= 0 || count > Long.MAX_VALUE / unit) {
            return damaged(type, "its size is " + Long.toUnsignedString(count) + " blocks");
        }
        return count * unit > bytes.size() ? new Content.Unusable("is a " + type + " of " + count * unit + " bytes, cut off after " + bytes.size(),
                "copy it again") : new Content.FileSystem(type);
    }

    private static Content damaged(String type, String why) {
        return new Content.Unusable("is a damaged " + type + ": " + why, type.equals("ext4") ? "e2fsck FILE, or take a good copy" : "take a good copy");
    }

    /** What is often taken for an image of a file system. */
    private record Foreign(long at, String magic, String what, String remedy) {
    }

    private static final String RAW = "qemu-img convert -O raw FILE FILE.raw, and name that";
    private static final List<Foreign> FOREIGN = List.of(
            new Foreign(0, "LUKS\u00ba\u00be", "is encrypted (LUKS)", "cryptsetup open FILE NAME, mount /dev/mapper/NAME, and name the directory"),
            new Foreign(0, "-FVE-FS-", "is encrypted (BitLocker)", "open it by cryptsetup, mount that, and name the directory"),
            new Foreign(0, "QFI\u00fb", "is a qcow2 disk", RAW),
            new Foreign(0, "KDMV", "is a VMDK disk", RAW),
            new Foreign(0, "vhdxfile", "is a VHDX disk", RAW),
            new Foreign(0x40, "\u007f\u0010\u00da\u00be", "is a VDI disk", RAW),
            new Foreign(0, "\u001f\u008b", "is compressed (gzip)", "gunzip it"),
            new Foreign(0, "\u00fd7zXZ", "is compressed (xz)", "unxz it"),
            new Foreign(0, "(\u00b5/\u00fd", "is compressed (zstd)", "unzstd it"),
            new Foreign(0, "BZh", "is compressed (bzip2)", "bunzip2 it"),
            new Foreign(0x101, "ustar", "is a tar archive", "unpack it and name the directory"),
            new Foreign(0, "sqsh", "is a squashfs of the other byte order", "make it anew by mksquashfs"),
            new Foreign(0x218, "LVM2 001", "is a volume of LVM", "activate it, mount the logical volume, and name the directory"),
            new Foreign(0x36, "FAT1", "is a FAT file system, which has no owners", "unpack a system into a directory or another file system"),
            new Foreign(0x52, "FAT32", "is a FAT file system, which has no owners", "unpack a system into a directory or another file system"),
            new Foreign(0xFF6, "SWAPSPACE2", "is swap space", "name another file"));

    private Optional<Content> foreign() throws IOException {
        for (Foreign foreign : FOREIGN) {
            if (has(bytes.read(foreign.at(), foreign.magic().length()), 0, foreign.magic())) {
                return Optional.of(new Content.Unusable(foreign.what(), foreign.remedy()));
            }
        }
        return Optional.empty();
    }

    static boolean has(ByteBuffer block, int at, String magic) {
        byte[] wanted = magic.getBytes(StandardCharsets.ISO_8859_1);
        byte[] found = new byte[wanted.length];
        block.get(at, found);
        return java.util.Arrays.equals(wanted, found);
    }
}
