package overlayd.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Bytes that are read at any place: an image file, or one partition of it. */
public interface Bytes {
    /** How many there are. */
    long size();

    /** {@code length} of them from {@code at} on, little-endian; those beyond the end read as 0. */
    ByteBuffer read(long at, int length) throws IOException;

    /** Reads {@code file} and closes it. Any thread; the path is resolved in the calling thread's mount namespace. */
    static <T> T of(Path file, Reading<T> reading) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return reading.read(new Channel(channel, channel.size()));
        }
    }

    /** What is done with the bytes while their file is open. */
    interface Reading<T> {
        T read(Bytes bytes) throws IOException;
    }

    /** The part from {@code start} on, no longer than these bytes have. */
    default Bytes part(long start, long length) {
        Bytes whole = this;
        long bounded = Math.max(0, Math.min(length, size() - start));
        return new Bytes() {
            @Override
            public long size() {
                return bounded;
            }

            @Override
            public ByteBuffer read(long at, int count) throws IOException {
                int there = (int) Math.max(0, Math.min(count, bounded - at));
                ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
                if (there > 0) {
                    bytes.put(0, whole.read(start + at, there), 0, there);
                }
                return bytes;
            }
        };
    }

    /** A whole file. */
    record Channel(FileChannel file, long size) implements Bytes {
        @Override
        public ByteBuffer read(long at, int length) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
            while (bytes.hasRemaining() && at >= 0 && at < size && file.read(bytes, at + bytes.position()) > 0) {
                continue;
            }
            return bytes.clear();
        }
    }
}
