package overlayd.facts;

import java.io.IOException;
import java.nio.file.Path;
import overlayd.config.ByteText;
import overlayd.image.Bytes;
import overlayd.image.Content;
import overlayd.image.Recognition;
import overlayd.kernel.Fd;
import overlayd.kernel.ImageMount;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.plan.PathFacts;

/** Looks at what LOWER names before anything of the subhost exists: directories, and image files. In the calling thread's mount namespace. */
public final class Lowers {
    private final Kernel kernel;

    public Lowers(Kernel kernel) {
        this.kernel = kernel;
    }

    /** The facts of {@code path}, with what lies in it where it is a file. */
    public static PathFacts facts(Path path, PathFacts found) {
        if (found.kind() != PathFacts.Kind.FILE && found.kind() != PathFacts.Kind.EXECUTABLE) {
            return found;
        }
        try {
            return found.with(Bytes.of(path, Recognition::of).forReading());
        } catch (IOException unreadable) {
            return found.with(new Content.Unusable("cannot be read: " + unreadable.getMessage(), "name another file"));
        }
    }

    /** The root of a layer; of an image file by a mount that nobody else sees and that ends with the descriptor. */
    public Fd open(Path lower, PathFacts facts) throws KernelException {
        String path = ByteText.of(lower);
        if (facts.image().orElse(null) instanceof Content.FileSystem image) {
            try (Fd file = kernel.files().openForReading(path)) {
                return kernel.mounts().image(file, path, new ImageMount(image.type(), 0, 0, ImageMount.Access.READ_ONLY));
            }
        }
        return kernel.files().openPath(path);
    }
}
