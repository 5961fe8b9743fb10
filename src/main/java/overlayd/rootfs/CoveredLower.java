package overlayd.rootfs;

import java.util.List;
import java.util.Map;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.OverlayMount;
import overlayd.kernel.Tree;

/**
 * A lowerdir that other lowerdirs lie inside of, which the kernel refuses in one overlay (ovl_check_layer: ELOOP): seen through an overlay of
 * its own, it is another file system's. In the calling thread's mounts.
 */
public final class CoveredLower {
    private CoveredLower() {
    }

    /**
     * Mounts that overlay. Nobody ever writes to it.
     *
     * @param place an empty directory of a tmpfs that nobody else sees
     * @return where it is mounted
     */
    public static String mount(Kernel kernel, String lower, String place) throws KernelException {
        try (Fd directory = kernel.files().openPath(place)) {
            Tree tree = kernel.files().tree(directory);
            for (String name : List.of("upper", "work", "root")) {
                tree.makeDirectory(name, 0755);
            }
        }
        String root = place + "/root";
        kernel.mounts().overlay(new OverlayMount(List.of(lower), place + "/upper", place + "/work", Map.of("redirect_dir", "nofollow")), root).close();
        return root;
    }
}
