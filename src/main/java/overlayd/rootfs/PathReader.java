package overlayd.rootfs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountInfo;
import overlayd.plan.PathFacts;

/**
 * What planning needs to know of paths of the host: a snapshot of the mounts, and looks at single paths through it. Changes
 * nothing. In the calling thread's mount namespace.
 */
public final class PathReader {
    private static final int MOUNTINFO_LIMIT = 64 << 20;
    /** Deeper than the kernel allows (FILESYSTEM_MAX_STACK_DEPTH is 2) need not be known. */
    private static final int DEEP = 3;
    /** /proc/PID/mountinfo shows the root of a network namespace file like any mount; those are no holes in a tree. */
    private static final String NSFS = "nsfs";

    private final Files files;
    private final Map<Long, MountInfo> mounts = new LinkedHashMap<>();

    /** Reads the mounts there are now. */
    public PathReader(Files files) throws KernelException {
        this.files = files;
        for (MountInfo mount : MountInfo.parseAll(files.read("/proc/thread-self/mountinfo", MOUNTINFO_LIMIT))) {
            mounts.put(mount.id(), mount);
        }
    }

    /** Facts of what {@code path} leads to, links followed; {@link PathFacts#ABSENT} when it leads nowhere. */
    public PathFacts facts(Path path) {
        FileIdentity found;
        try {
            found = files.target(ByteText.of(path));
        } catch (KernelException absent) {
            return PathFacts.ABSENT;
        }
        MountInfo mount = mounts.get(found.mountId());
        return new PathFacts(kind(found), found.device(), found.inode(), found.uid(), found.permissions(), found.mountId(),
                mount == null ? "" : mount.fileSystem(), mount != null && mount.writable(), mount == null ? 0 : depth(mount, DEEP));
    }

    /** Whether {@code relative} is in {@code root}; links are followed inside it only, as whoever owns the root may have made them. */
    public boolean isIn(Path root, String relative) {
        try (Fd fd = files.openPath(ByteText.of(root))) {
            return files.tree(fd).exists(relative);
        } catch (KernelException unreachable) {
            return unreachable.errno() == Errno.ELOOP; // something is there, though it leads nowhere
        }
    }

    private static PathFacts.Kind kind(FileIdentity found) {
        return switch (found.kind()) {
            case DIRECTORY -> PathFacts.Kind.DIRECTORY;
            case REGULAR -> (found.permissions() & 0111) != 0 ? PathFacts.Kind.EXECUTABLE : PathFacts.Kind.FILE;
            case SYMLINK, CHARACTER_DEVICE, BLOCK_DEVICE, FIFO, SOCKET, OTHER -> PathFacts.Kind.OTHER;
        };
    }

    /**
     * A file or directory within its file system: the same by whichever mount it is reached.
     *
     * @param device as {@link MountInfo#device}
     * @param path from the file system's own root
     */
    public record Place(String device, Path path) {
        /** What a mount shows at its mount point. */
        public static Place rootOf(MountInfo mount) {
            return new Place(mount.device(), ByteText.path(mount.root()));
        }

        /** Whether {@code other} is it, or lies below it. */
        public boolean holds(Place other) {
            return device.equals(other.device) && other.path.startsWith(path);
        }
    }

    /** Where {@code real}, a path without links, lies; empty when nothing is there. */
    public Optional<Place> place(Path real) {
        try {
            MountInfo mount = mounts.get(files.target(ByteText.of(real)).mountId());
            if (mount == null) {
                return Optional.empty();
            }
            Path below = ByteText.path(mount.mountPoint()).relativize(real);
            return Optional.of(new Place(mount.device(), Place.rootOf(mount).path().resolve(below).normalize()));
        } catch (KernelException | IllegalArgumentException absent) {
            return Optional.empty();
        }
    }

    /** Whether setuid programs have no effect there. */
    public boolean noSetuid(Path path) {
        try {
            MountInfo mount = mounts.get(files.target(ByteText.of(path)).mountId());
            return mount != null && mount.options().contains("nosuid");
        } catch (KernelException absent) {
            return false;
        }
    }

    /** How many overlays lie on one another in a mount: 0 for none. */
    private int depth(MountInfo mount, int limit) {
        if (!mount.fileSystem().equals("overlay") || limit == 0) {
            return 0;
        }
        int deepest = 0;
        for (String layer : layers(mount)) {
            try {
                MountInfo below = mounts.get(files.target(layer).mountId());
                if (below != null && below.id() != mount.id()) {
                    deepest = Math.max(deepest, depth(below, limit - 1));
                }
            } catch (KernelException gone) {
                // A layer that cannot be reached by its path any more (or was given by descriptor): unknown, counted as plain.
            }
        }
        return deepest + 1;
    }

    /** {@code lowerdir=a:b} with \ before a colon of a name, or {@code lowerdir+=a} once for each, and upperdir. */
    static List<String> layers(MountInfo overlay) {
        List<String> layers = new ArrayList<>();
        for (String option : overlay.superOptions()) {
            if (option.startsWith("lowerdir+=") || option.startsWith("upperdir=")) {
                layers.add(option.substring(option.indexOf('=') + 1));
            } else if (option.startsWith("lowerdir=")) {
                for (String layer : option.substring("lowerdir=".length()).split("(?<!\\\\):")) {
                    layers.add(layer.replace("\\:", ":"));
                }
            }
        }
        return layers;
    }

    /** Mount points below a directory (links in it followed), outermost first: an overlay of it shows empty directories there. */
    public List<Path> mountsBelow(Path directory) {
        String real;
        try {
            real = ByteText.of(directory.toRealPath());
        } catch (java.io.IOException absent) {
            return List.of();
        }
        LinkedHashSet<Path> below = new LinkedHashSet<>();
        for (MountInfo mount : mounts.values()) {
            if (mount.below(real) && !mount.fileSystem().equals(NSFS)) {
                try {
                    below.add(ByteText.path(mount.mountPoint()));
                } catch (IllegalArgumentException notText) {
                    // A name Java cannot hold as a path: nobody can have named it in a configuration either.
                }
            }
        }
        return below.stream().sorted().toList();
    }

    /** Every mount of the snapshot. */
    public List<MountInfo> mounts() {
        return List.copyOf(mounts.values());
    }
}
