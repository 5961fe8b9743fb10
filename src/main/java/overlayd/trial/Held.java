package overlayd.trial;

import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import overlayd.config.ByteText;
import overlayd.failure.RefusedException;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;

/** Directories that no subhost is booted on meanwhile: they bear the lock that a boot takes before it uses them. Any host thread. */
public final class Held implements Closeable {
    private final List<Fd> locks = new ArrayList<>();

    private Held() {
    }

    /** @throws RefusedException EXISTS: a subhost uses one of them, or one inside it, or another command does; STEP: it cannot be opened */
    public static Held of(Kernel kernel, Collection<Path> directories) throws RefusedException {
        Held held = new Held();
        try {
            for (Path directory : directories) {
                held.lock(kernel, directory);
            }
            return held;
        } catch (RefusedException | RuntimeException refused) {
            held.close();
            throw refused;
        }
    }

    private void lock(Kernel kernel, Path directory) throws RefusedException {
        try {
            Fd lock = kernel.files().openDirectory(ByteText.of(directory));
            locks.add(lock);
            // Before it was locked another command may have exchanged it.
            if (!kernel.locks().tryLock(lock) || !kernel.files().target(ByteText.of(directory)).sameFile(kernel.files().identity(lock))) {
                throw new RefusedException(RefusedException.Kind.EXISTS, ByteText.of(directory) + " is in use");
            }
        } catch (KernelException failed) {
            throw Uppers.step("lock directory", ByteText.of(directory), failed);
        }
    }

    @Override
    public void close() {
        locks.forEach(Fd::close);
    }
}
