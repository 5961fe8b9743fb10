package overlayd.kernel.jna;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.kernel.Fd;

/** Locks of a range belong to the open file: two descriptors of one process exclude each other, and one closed lets go. */
class RangeLockTest {
    @Test
    void ranges_exclude_each_other_where_they_overlap(@TempDir Path directory) throws Exception {
        LinuxLocks locks = new LinuxLocks();
        String file = Files.createFile(directory.resolve("locks")).toString();
        LinuxFiles files = new LinuxFiles(new LinuxPipes());
        try (Fd one = files.openReadWrite(file); Fd two = files.openReadWrite(file)) {
            assertTrue(locks.tryLockRange(one, 2_000_000_000L, 65_536));
            assertTrue(locks.tryLockRange(two, 2_000_065_536L, 65_536));
            assertFalse(locks.tryLockRange(two, 2_000_065_535L, 1));
            assertFalse(locks.isRangeFree(two, 0, 4_000_000_000L));
            assertTrue(locks.isRangeFree(two, 0, 2_000_000_000L));
            assertTrue(locks.isRangeFree(one, 2_000_000_000L, 65_536)); // its own is not in its way
        }
        try (Fd three = files.openReadWrite(file)) {
            assertTrue(locks.isRangeFree(three, 0, 4_000_000_000L));
        }
    }
}
