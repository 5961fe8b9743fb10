package overlayd.site;

import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import overlayd.config.ByteText;
import overlayd.failure.Diagnosis;
import overlayd.failure.RefusedException;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountInfo;
import overlayd.state.DirectoryLocks;

/** The host below what is taken away. */
public record HostGround(Kernel kernel) implements SiteRemoval.Ground {
    private static final int MOST_MOUNTINFO = 16 << 20;

    @Override
    public List<String> mountsBelow(Path directory) {
        try {
            return MountInfo.parseAll(kernel.files().read("/proc/self/mountinfo", MOST_MOUNTINFO)).stream()
                    .filter(mount -> mount.below(ByteText.of(directory))).map(MountInfo::mountPoint).toList();
        } catch (KernelException noProc) {
            return List.of("something that /proc cannot tell");
        }
    }

    @Override
    public Closeable hold(Collection<Path> directories) throws RefusedException {
        List<Fd> locks = new ArrayList<>();
        try {
            for (Path directory : directories) {
                locks.add(lock(directory));
            }
            return () -> locks.forEach(Fd::close);
        } catch (RefusedException | RuntimeException refused) {
            locks.forEach(Fd::close);
            throw refused;
        }
    }

    private Fd lock(Path directory) throws RefusedException {
        String path = ByteText.of(directory);
        try {
            return DirectoryLocks.tryLock(kernel, directory).orElseThrow(() -> new RefusedException(RefusedException.Kind.EXISTS, path + " is in use"));
        } catch (KernelException failed) {
            throw RefusedException.step(Diagnosis.of("lock directory", path, failed.errno(), failed.getMessage()));
        }
    }
}
