package overlayd.varlink;

import java.nio.file.Path;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/** open(2) for tests: the JDK does not give away the numbers of its descriptors. */
final class LibCOpen {
    private static final int O_RDWR_CLOEXEC = 02000002;
    private static final POSIX POSIX_CALLS = POSIXFactory.getNativePOSIX();

    private LibCOpen() {
    }

    static int open(Path path) {
        int number = POSIX_CALLS.open(path.toString(), O_RDWR_CLOEXEC, 0);
        if (number < 0) {
            throw new IllegalStateException("open " + path + ": errno " + POSIX_CALLS.errno());
        }
        return number;
    }
}
