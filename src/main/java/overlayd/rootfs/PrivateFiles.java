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
 * Files of the subhost that must not lie in UPPER: each lives in a small tmpfs and is bound over its place. A file can be bound
 * only from a mount that is attached (before 6.15), so the tmpfs lies on the root's /proc for a moment, which pid 1 covers later
 * anyway, and is then taken off; the binds keep it alive.
 */
final class PrivateFiles implements AutoCloseable {
    private static final int FILE_MODE = 0644;
    private static final int PROGRAM_MODE = 0555;
    /** The reaper is a static program of some 40 kB. */
    private static final int PROGRAM_LIMIT = 8 << 20;
    private static final String PROGRAM = ".reaper";

    private final Mounts mounts;
    private final Files files;
    private Fd tmpfs;

    PrivateFiles(Mounts mounts, Files files) {
        this.mounts = mounts;
        this.files = files;
    }

    /** Binds a file with {@code content} over {@code place}, the regular file {@code target} of the root. */
    void bind(Root root, String target, byte[] content, Fd place) throws KernelException {
        if (tmpfs == null) {
            tmpfs = attached(root, Set.of(MountFlag.NO_SUID, MountFlag.NO_DEVICES, MountFlag.NO_EXECUTION));
        }
        Tree tree = files.tree(tmpfs);
        // One flat directory: mountinfo then shows where the file belongs.
        String name = target.substring(target.startsWith("/") ? 1 : 0).replace('/', '-');
        tree.makeFile(name, FILE_MODE, content);
        try (Fd file = tree.openPath(name); Fd copy = mounts.copy(file, Extent.ONE)) {
            Root.attach(mounts, copy, place, target);
        }
    }

    /** Binds a copy of {@code program} on /.reaper, read-only: no process of the subhost executes, or can write, a file of the host. */
    void bindProgram(Root root, String program) throws KernelException {
        byte[] content = files.read(program, PROGRAM_LIMIT);
        try (Fd place = root.filePlace(PROGRAM);
             Fd own = attached(root, Set.of(MountFlag.NO_SUID, MountFlag.NO_DEVICES))) {
            try {
                files.tree(own).makeFile(PROGRAM, PROGRAM_MODE, content);
                try (Fd file = files.tree(own).openPath(PROGRAM); Fd copy = mounts.copy(file, Extent.ONE)) {
                    mounts.addFlags(copy, Extent.ONE, Set.of(MountFlag.READ_ONLY));
                    Root.attach(mounts, copy, place, "/" + PROGRAM);
                }
            } finally {
                mounts.detach(own);
            }
        }
    }

    private Fd attached(Root root, Set<MountFlag> flags) throws KernelException {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("mode", "755");
        options.put("size", "8m");
        Fd mount = mounts.make(new FileSystem("tmpfs", options, flags));
        try (Fd place = root.place("proc")) {
            Root.attach(mounts, mount, place, "/proc");
            return mount;
        } catch (KernelException e) {
            mount.close();
            throw e;
        }
    }

    /** Takes the tmpfs of {@link #bind} off /proc; the next bind makes a new one. */
    void settle() throws KernelException {
        if (tmpfs != null) {
            try (Fd mount = tmpfs) {
                tmpfs = null;
                mounts.detach(mount);
            }
        }
    }

    @Override
    public void close() {
        if (tmpfs != null) {
            tmpfs.close();
            tmpfs = null;
        }
    }
}
