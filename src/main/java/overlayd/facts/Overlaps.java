package overlayd.facts;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import overlayd.config.ByteText;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;

/** Which lowerdirs have a generation inside them, on the same file system: with LOWER=/ most do. */
public final class Overlaps {
    private Overlaps() {
    }

    public static Set<Path> of(Kernel kernel, List<Path> lowers, List<Path> generations) throws KernelException {
        Set<Path> around = new HashSet<>();
        for (Path lower : lowers) {
            for (Path generation : generations) {
                if (inside(kernel, lower, generation)) {
                    around.add(lower);
                }
            }
        }
        return around;
    }

    private static boolean inside(Kernel kernel, Path lower, Path generation) throws KernelException {
        try {
            return generation.toRealPath().startsWith(lower.toRealPath())
                    && kernel.files().target(ByteText.of(lower)).device() == kernel.files().target(ByteText.of(generation)).device();
        } catch (IOException gone) {
            return false;
        }
    }
}
