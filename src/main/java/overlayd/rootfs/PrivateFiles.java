package overlayd.rootfs;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import overlayd.kernel.Fd;
import overlayd.kernel.FileSystem;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountFlag;
import overlayd.kernel.Mounts;
import overlayd.kernel.Mounts.Extent;
import overlayd.kernel.Tree;

/**
 * Files of the subhost that must not lie in UPPER: they live in a small tmpfs and are bound over their places, each a mount of its own.
 *
 * <p>A file can be bound only from a mount that is attached (before 6.15), and taking one off again waits for RCU, up to a
 * millisecond. So the tmpfs is put on LIVE before the root is, and the root on top of it: from then on nobody can reach it by a
 * path, and it goes with the host's root when pid 1 has pivoted. The binds keep its files alive.
 */
final class PrivateFiles implements AutoCloseable {
    private static final int FILE_MODE = 0644;
    private static final int PROGRAM_MODE = 0555;
    /** The reaper is a static program of some 40 kB. */
    private static final int PROGRAM_LIMIT = 4 << 20;
    private static final String PROGRAM = ".reaper";

    private final Files files;
    private final Mounts mounts;
    private final Fd tmpfs;

    private PrivateFiles(Files files, Mounts mounts, Fd tmpfs) {
        this.files = files;
        this.mounts = mounts;
        this.tmpfs = tmpfs;
    }

    /** Puts the tmpfs on {@code live}; the root is to be mounted over it. */
    static PrivateFiles below(String live, Files files, Mounts mounts) throws KernelException {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("mode", "700");
        options.put("size", "8m");
        Fd mount = mounts.make(new FileSystem("tmpfs", options, Set.of(MountFlag.NO_SUID, MountFlag.NO_DEVICES)));
        try (Fd target = files.openPath(live)) {
            Root.attach(mounts, mount, target, live);
            return new PrivateFiles(files, mounts, mount);
        } catch (KernelException e) {
            mount.close();
            throw e;
        }
    }

    /** A new directory beside the files, for a layer. The caller closes it. */
    Fd directory(String name) throws KernelException {
        files.tree(tmpfs).makeDirectory(name, 0755);
        return files.tree(tmpfs).openPath(name);
    }

    /** Binds a file with {@code content} over {@code place}, the regular file {@code target} of the root. */
    void bind(String target, byte[] content, Fd place, Set<MountFlag> flags) throws KernelException {
        // One flat directory: mountinfo then shows where the file belongs.
        String name = target.substring(target.startsWith("/") ? 1 : 0).replace('/', '-');
        files.tree(tmpfs).makeFile(name, FILE_MODE, content);
        attach(name, flags, place, target);
    }

    /** Binds a copy of {@code program} on /.reaper, read-only: no process of the subhost executes, or can write, a file of the host. */
    void bindProgram(Root root, String program) throws KernelException {
        try (Fd content = files.openForReading(program); Fd place = root.filePlace(PROGRAM)) {
            files.tree(tmpfs).makeFile(PROGRAM, PROGRAM_MODE, content, PROGRAM_LIMIT);
            attach(PROGRAM, Set.of(MountFlag.READ_ONLY), place, "/" + PROGRAM);
        }
    }

    private void attach(String name, Set<MountFlag> flags, Fd place, String target) throws KernelException {
        Tree tree = files.tree(tmpfs);
        try (Fd file = tree.openPath(name); Fd copy = mounts.copy(file, Extent.ONE)) {
            mounts.addFlags(copy, Extent.ONE, flags);
            Root.attach(mounts, copy, place, target);
        }
    }

    @Override
    public void close() {
        tmpfs.close();
    }
}
