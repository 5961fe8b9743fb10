package overlayd.rootfs;

import java.io.IOException;
import java.nio.file.Path;
import overlayd.config.ByteText;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Mounts;
import overlayd.kernel.Tree;
import overlayd.plan.RootStep;

/**
 * Makes copies of an overlay's layers that show ids as the subhost's user namespace has them. They are attached in the private tmpfs below the
 * root, since an overlay takes detached ones only from Linux 6.15 on, and go with it when pid 1 leaves the host's root.
 */
final class MappedLayers {
    private static final String AROUND = "around";

    private final Kernel kernel;
    private final IdMapping mapping;
    private final Tree place;
    private Path around;

    /** @param place directory to make everything in */
    MappedLayers(Kernel kernel, IdMapping mapping, Tree place) {
        this.kernel = kernel;
        this.mapping = mapping;
        this.place = place;
    }

    void make(RootStep.MapLayers step) throws KernelException {
        for (int i = 0; i < step.lowerdirs().size(); i++) {
            copy(step.lowerdirs().get(i), step.lowers().get(i).getFileName().toString());
        }
        if (step.upperdir().isPresent() && step.workdir().isPresent()) {
            Path upper = real(step.upperdir().get());
            Path work = real(step.workdir().get());
            copyAround(upper, work);
            link(upper, step.upper().orElseThrow());
            link(work, step.work().orElseThrow());
        }
    }

    private void copy(Path directory, String name) throws KernelException {
        place.makeDirectory(name, 0755);
        String path = ByteText.of(directory);
        try (Fd source = kernel.files().openPath(path); Fd copy = mapping.copy(kernel, source, Mounts.Extent.ONE, path);
             Fd target = place.openPlace(name)) {
            kernel.mounts().attach(copy, target);
        }
    }

    /** Upperdir and workdir must lie on one mount, so what is copied is the directory around both. */
    private void copyAround(Path upper, Path work) throws KernelException {
        around = upper.getParent();
        while (!work.startsWith(around)) {
            around = around.getParent();
        }
        copy(around, AROUND);
    }

    private void link(Path directory, Path to) throws KernelException {
        String name = to.getFileName().toString();
        place.makeSymlink(AROUND + "/" + ByteText.of(around.relativize(directory)), name);
        try (Fd found = place.openPath(name); Fd meant = kernel.files().openPath(ByteText.of(directory))) {
            if (!kernel.files().identity(found).sameFile(kernel.files().identity(meant))) {
                throw new KernelException("map ids of", directory, Errno.EXDEV, "UPPER and WORK must be in one mount");
            }
        }
    }

    private static Path real(Path path) throws KernelException {
        try {
            return path.toRealPath();
        } catch (IOException vanished) {
            throw new KernelException("open", path, Errno.ENOENT);
        }
    }
}
