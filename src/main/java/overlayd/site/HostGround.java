package overlayd.site;

import java.io.Closeable;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import overlayd.config.ByteText;
import overlayd.failure.RefusedException;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountInfo;
import overlayd.trial.Held;

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
        return Held.of(kernel, directories);
    }
}
