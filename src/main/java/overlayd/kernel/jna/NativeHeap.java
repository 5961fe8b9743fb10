package overlayd.kernel.jna;

import com.sun.jna.Native;

/** malloc_trim(3), which is glibc's own. Any thread; others that allocate meanwhile wait for it. */
final class NativeHeap {
    private static final boolean HAS_TRIM = register();

    private NativeHeap() {
    }

    private static boolean register() {
        try {
            Native.register(NativeHeap.class, Libc.FILE);
            return true;
        } catch (UnsatisfiedLinkError otherLibrary) {
            return false;
        }
    }

    static void trim() {
        if (HAS_TRIM) {
            malloc_trim(0);
        }
    }

    private static native int malloc_trim(long pad);
}
