package overlayd.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import overlayd.image.PartitionTable.Partition;

class PartitionTableTest {
    private static final int SIZE = 1 << 20;

    private static String damage(Image disk) {
        return assertThrows(DamagedException.class, () -> PartitionTable.of(disk)).getMessage();
    }

    @Test
    void an_mbr_has_primary_and_logical_partitions() throws IOException, DamagedException {
        Image disk = new Image(SIZE).mbr(0, 0x83, 8, 16).mbr(1, 0x05, 100, 500).mbrAt(100 * 512, 0, 0x83, 2, 10)
                .mbrAt(100 * 512, 1, 0x05, 50, 100).mbrAt(150 * 512, 0, 0x83, 1, 20);
        assertEquals(List.of(new Partition(1, 8 * 512, 16 * 512), new Partition(2, 100 * 512, 500 * 512),
                new Partition(5, 102 * 512, 10 * 512), new Partition(6, 151 * 512, 20 * 512)), PartitionTable.of(disk).partitions());
    }

    @Test
    void a_gpt_is_read_also_from_its_copy() throws IOException, DamagedException {
        Image disk = new Image(SIZE).mbr(0, 0xEE, 1, 2047).gptEntry(2, 0, 40, 99).gptEntry(2, 2, 100, 199).gpt(1, 2)
                .gptEntry(2040, 0, 40, 99).gptEntry(2040, 2, 100, 199).gpt(2047, 2040);
        List<Partition> partitions = List.of(new Partition(1, 40 * 512, 60 * 512), new Partition(3, 100 * 512, 100 * 512));
        assertEquals(partitions, PartitionTable.of(disk).partitions());
        assertEquals(partitions, PartitionTable.of(disk.u8(512 + 72, 99)).partitions());
        assertEquals(partitions, PartitionTable.of(disk.u64(512, 0)).partitions());
        assertTrue(damage(disk.u8(2047 * 512 + 72, 99)).contains("checksum of the GPT header"));
    }

    @Test
    void nothing_a_table_says_is_believed() {
        assertTrue(damage(new Image(SIZE).mbr(0, 0x83, 8, 4000)).contains("partition 1 reaches from sector 8 over 4000, the file has 2048"));
        assertTrue(damage(new Image(SIZE).mbr(0, 0x83, 0, 7)).contains("partition 1"));
        assertTrue(damage(new Image(SIZE).mbr(0, 0x05, 10, 100)).contains("where there is no table"));
        assertTrue(damage(new Image(SIZE).mbr(0, 0x05, 10, 100).mbrAt(5120, 1, 0x05, 0, 9)).contains("does not end"));
        assertTrue(damage(new Image(SIZE)).contains("no partition table"));
        Image gpt = new Image(SIZE).mbr(0, 0xEE, 1, 2047).gptEntry(2, 0, 40, Long.MAX_VALUE).gpt(1, 2);
        assertTrue(damage(gpt).contains("partition 1 reaches"), damage(gpt));
        assertTrue(damage(new Image(SIZE).mbr(0, 0xEE, 1, 2047)).contains("neither GPT header"));
    }
}
