package overlayd.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * The partitions of a disk in a file: GPT (UEFI specification 2.10, chapter 5) or MBR with logical partitions. Nothing the table says is
 * believed before it is held against the file's size.
 *
 * @param partitions in the order of their numbers
 */
public record PartitionTable(List<Partition> partitions) {
    private static final int SECTOR = 512;
    private static final int[] SECTORS = {SECTOR, 4096};
    private static final int MBR_ENTRIES = 446;
    private static final int MBR_ENTRY = 16;
    private static final int PROTECTIVE = 0xEE;
    /** Logical partitions and GPT entries nobody has; what says more is damaged. */
    private static final int MOST = 1024;

    public PartitionTable {
        partitions = List.copyOf(partitions);
    }

    /**
     * A part of the disk.
     *
     * @param number as in the device's name on a kernel that reads tables: 1 and on, logical ones of an MBR 5 and on
     * @param offset bytes from the file's start
     * @param size bytes
     */
    public record Partition(int number, long offset, long size) {
    }

    /** Whether there is a table at all, good or bad. */
    static boolean isThere(Bytes disk) throws IOException {
        ByteBuffer mbr = disk.read(0, SECTOR);
        return hasSignature(mbr) && (hasEntry(mbr) || gptSector(disk) != 0);
    }

    /** Reads the table. @throws DamagedException there is none, or one that cannot be followed */
    public static PartitionTable of(Bytes disk) throws IOException, DamagedException {
        ByteBuffer mbr = disk.read(0, SECTOR);
        if (gptSector(disk) != 0 || hasSignature(mbr) && isProtective(mbr)) {
            return new PartitionTable(gpt(disk));
        }
        if (!hasSignature(mbr) || !hasEntry(mbr)) {
            throw new DamagedException("it has no partition table");
        }
        return new PartitionTable(mbr(disk, mbr));
    }

    private static boolean hasSignature(ByteBuffer mbr) {
        return mbr.getShort(510) == (short) 0xAA55;
    }

    private static boolean hasEntry(ByteBuffer mbr) {
        boolean any = false;
        for (int i = 0; i < 4; i++) {
            int entry = MBR_ENTRIES + i * MBR_ENTRY;
            int state = Byte.toUnsignedInt(mbr.get(entry));
            if (state != 0 && state != 0x80) {
                return false; // boot code of a FAT has the signature, too
            }
            any |= mbr.get(entry + 4) != 0 && mbr.getInt(entry + 12) != 0;
        }
        return any;
    }

    private static boolean isProtective(ByteBuffer mbr) {
        return Byte.toUnsignedInt(mbr.get(MBR_ENTRIES + 4)) == PROTECTIVE;
    }

    // -- GPT

    private static int gptSector(Bytes disk) throws IOException {
        for (int sector : SECTORS) {
            if (Recognition.has(disk.read(sector, 8), 0, "EFI PART")) {
                return sector;
            }
        }
        return 0;
    }

    /** By the header at the disk's start or, where that is damaged, by its copy in the last sector. */
    private static List<Partition> gpt(Bytes disk) throws IOException, DamagedException {
        String why = "neither GPT header nor its copy is there";
        for (int sector : SECTORS) {
            for (long at : new long[] {sector, disk.size() / sector * sector - sector}) {
                if (at >= sector && Recognition.has(disk.read(at, 8), 0, "EFI PART")) {
                    try {
                        return gpt(disk, at, sector);
                    } catch (DamagedException damaged) {
                        why = damaged.getMessage();
                    }
                }
            }
        }
        throw new DamagedException(why + " (gdisk can repair it)");
    }

    private static List<Partition> gpt(Bytes disk, long at, int sector) throws IOException, DamagedException {
        ByteBuffer header = disk.read(at, SECTOR);
        int length = header.getInt(12);
        if (length < 92 || length > SECTOR || crc(header, length, 16) != header.getInt(16)) {
            throw new DamagedException("the checksum of the GPT header is wrong");
        }
        long entries = header.getLong(72);
        long count = Integer.toUnsignedLong(header.getInt(80));
        long size = Integer.toUnsignedLong(header.getInt(84));
        if (count > MOST || size < 128 || size > 4096 || entries < 2 || entries > disk.size() / sector) {
            throw new DamagedException("the GPT header asks for " + count + " entries of " + size + " bytes at sector " + entries);
        }
        ByteBuffer table = disk.read(entries * sector, (int) (count * size));
        if (crc(table, table.capacity(), -1) != header.getInt(88)) {
            throw new DamagedException("the checksum of the GPT entries is wrong");
        }
        List<Partition> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int entry = (int) (i * size);
            if ((table.getLong(entry) | table.getLong(entry + 8)) != 0) {
                found.add(partition(disk, i + 1, table.getLong(entry + 32), table.getLong(entry + 40) - table.getLong(entry + 32) + 1, sector));
            }
        }
        return found;
    }

    /** Over the first {@code length} bytes, four of them at {@code zero} taken for 0 (none where negative). */
    private static int crc(ByteBuffer bytes, int length, int zero) {
        byte[] copy = java.util.Arrays.copyOf(bytes.array(), length);
        if (zero >= 0) {
            java.util.Arrays.fill(copy, zero, zero + 4, (byte) 0);
        }
        CRC32 crc = new CRC32();
        crc.update(copy);
        return (int) crc.getValue();
    }

    // -- MBR

    private static List<Partition> mbr(Bytes disk, ByteBuffer mbr) throws IOException, DamagedException {
        List<Partition> found = new ArrayList<>();
        List<Partition> logical = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int entry = MBR_ENTRIES + i * MBR_ENTRY;
            if (mbr.get(entry + 4) != 0 && mbr.getInt(entry + 12) != 0) {
                found.add(partition(disk, i + 1, start(mbr, entry), length(mbr, entry), SECTOR));
                if (isExtended(mbr, entry)) {
                    logical(disk, start(mbr, entry), logical);
                }
            }
        }
        found.addAll(logical);
        return found;
    }

    /** A chain of tables: each has one logical partition relative to itself, and the next table relative to the first. */
    private static void logical(Bytes disk, long first, List<Partition> found) throws IOException, DamagedException {
        long here = first;
        for (int round = 0; round < MOST; round++) {
            ByteBuffer table = disk.read(here * SECTOR, SECTOR);
            if (here * SECTOR >= disk.size() || !hasSignature(table)) {
                throw new DamagedException("the chain of logical partitions leads to sector " + here + ", where there is no table");
            }
            if (table.getInt(MBR_ENTRIES + 12) != 0) {
                found.add(partition(disk, 5 + found.size(), here + start(table, MBR_ENTRIES), length(table, MBR_ENTRIES), SECTOR));
            }
            int next = MBR_ENTRIES + MBR_ENTRY;
            if (!isExtended(table, next) || table.getInt(next + 12) == 0) {
                return;
            }
            here = first + start(table, next);
        }
        throw new DamagedException("the chain of logical partitions does not end");
    }

    private static boolean isExtended(ByteBuffer table, int entry) {
        int type = Byte.toUnsignedInt(table.get(entry + 4));
        return type == 0x05 || type == 0x0F || type == 0x85;
    }

    private static long start(ByteBuffer table, int entry) {
        return Integer.toUnsignedLong(table.getInt(entry + 8));
    }

    private static long length(ByteBuffer table, int entry) {
        return Integer.toUnsignedLong(table.getInt(entry + 12));
    }

    private static Partition partition(Bytes disk, int number, long start, long sectors, int sector) throws DamagedException {
        long most = disk.size() / sector;
        if (start <= 0 || sectors <= 0 || start >= most || sectors > most - start) {
            throw new DamagedException("partition " + number + " reaches from sector " + Long.toUnsignedString(start) + " over "
                    + Long.toUnsignedString(sectors) + ", the file has " + most);
        }
        return new Partition(number, start * sector, sectors * sector);
    }
}
