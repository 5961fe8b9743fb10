package overlayd.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** Images made byte by byte, for tests. */
final class Image implements Bytes {
    final ByteBuffer content;

    Image(int size) {
        content = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    Image text(int at, String text) {
        content.put(at, text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    Image u16(int at, int value) {
        content.putShort(at, (short) value);
        return this;
    }

    Image u32(int at, long value) {
        content.putInt(at, (int) value);
        return this;
    }

    Image u64(int at, long value) {
        content.putLong(at, value);
        return this;
    }

    Image u8(int at, int value) {
        content.put(at, (byte) value);
        return this;
    }

    @Override
    public long size() {
        return content.capacity();
    }

    @Override
    public ByteBuffer read(long at, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < length && at + i < content.capacity(); i++) {
            bytes.put(i, content.get((int) at + i));
        }
        return bytes;
    }

    Image squashfs(long used) {
        return text(0, "hsqs").u32(12, 131072).u16(22, 17).u16(28, 4).u64(40, used);
    }

    Image ext4(long blocks) {
        return u16(1024 + 56, 0xEF53).u32(1024 + 4, blocks).u32(1024 + 24, 0);
    }

    /** A table with entry {@code number} (from 0) from sector {@code start} to {@code end}. */
    Image mbr(int number, int type, long start, long sectors) {
        return mbrAt(0, number, type, start, sectors);
    }

    Image mbrAt(int at, int number, int type, long start, long sectors) {
        int entry = at + 446 + number * 16;
        return u16(at + 510, 0xAA55).u8(entry + 4, type).u32(entry + 8, start).u32(entry + 12, sectors);
    }

    /** A GPT header at sector {@code lba} for entries at sector {@code table}, with right checksums; entries must be there. */
    Image gpt(int lba, int table) {
        int at = lba * 512;
        text(at, "EFI PART").u32(at + 8, 0x10000).u32(at + 12, 92).u64(at + 72, table).u32(at + 80, 4).u32(at + 84, 128);
        u32(at + 88, crc(table * 512, 512)).u32(at + 16, 0);
        return u32(at + 16, crc(at, 92));
    }

    Image gptEntry(int table, int number, long start, long end) {
        int at = table * 512 + number * 128;
        return u64(at, 0x1234).u64(at + 32, start).u64(at + 40, end);
    }

    private long crc(int at, int length) {
        CRC32 crc = new CRC32();
        crc.update(content.array(), at, length);
        return crc.getValue();
    }
}
