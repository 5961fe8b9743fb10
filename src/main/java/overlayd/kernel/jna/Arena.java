package overlayd.kernel.jna;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;
import overlayd.kernel.RawText;

/**
 * Native memory for the arguments of a few calls, freed together. Plain malloc: JNA's own {@code Memory} registers with a cleaner thread, and
 * starting a thread is forbidden on a thread that has unshared. One thread at a time.
 */
final class Arena implements AutoCloseable {
    private static final long BLOCK = 1024;

    private final List<Long> blocks = new ArrayList<>(2);
    private long next;
    private long left;

    /** {@code size} bytes of zeros, aligned to 8. */
    Pointer zeroed(long size) {
        long rounded = Math.max(8, size + 7 & ~7L);
        if (rounded > left) {
            add(Math.max(rounded, BLOCK));
        }
        Pointer pointer = new Pointer(next);
        next += rounded;
        left -= rounded;
        return pointer;
    }

    /**
     * {@code size} bytes of anything, for the kernel to write into: to clear a buffer of 64 kB for an answer of 100 bytes would drive what the
     * thread works with out of the processor's cache.
     */
    Pointer room(long size) {
        return new Pointer(allocated(size));
    }

    private long allocated(long size) {
        long address = Native.malloc(size);
        if (address == 0) {
            throw new OutOfMemoryError("malloc of " + size);
        }
        blocks.add(address);
        return address;
    }

    private void add(long size) {
        long address = allocated(size);
        new Pointer(address).setMemory(0, size, (byte) 0); // all at once: nothing is handed out twice
        next = address;
        left = size;
    }

    /** A copy of {@code bytes}. */
    Pointer bytes(byte[] bytes) {
        Pointer pointer = bytes.length > BLOCK ? room(bytes.length) : zeroed(bytes.length);
        pointer.write(0, bytes, 0, bytes.length);
        return pointer;
    }

    /** The address of a NUL-terminated copy of {@code text}. A NUL inside is a bug of the caller: the kernel would see less. */
    long text(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("NUL in a string for the kernel");
        }
        byte[] bytes = RawText.encode(text);
        Pointer pointer = zeroed(bytes.length + 1L);
        pointer.write(0, bytes, 0, bytes.length);
        return Pointer.nativeValue(pointer);
    }

    /** The address of a NULL-terminated vector of strings, as argv and envp are. */
    long texts(List<String> texts) {
        Pointer vector = zeroed(8L * (texts.size() + 1));
        for (int i = 0; i < texts.size(); i++) {
            vector.setLong(8L * i, text(texts.get(i)));
        }
        return Pointer.nativeValue(vector);
    }

    @Override
    public void close() {
        blocks.forEach(Native::free);
        blocks.clear();
        left = 0;
    }
}
