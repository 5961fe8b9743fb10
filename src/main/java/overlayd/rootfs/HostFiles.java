package overlayd.rootfs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import overlayd.config.ByteText;
import overlayd.kernel.Copies;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;
import overlayd.kernel.Mounts;
import overlayd.kernel.RawText;
import overlayd.kernel.Tree;
import overlayd.plan.HostStep;
import overlayd.plan.Undo;
import overlayd.upper.BootMark;

/**
 * Writes and removes the few files and mount points that a boot puts into UPPER (or a bound root) itself, on the host. Every path
 * is resolved inside that root. Any host thread.
 */
public final class HostFiles {
    private static final int FILE_MODE = 0644;
    private static final int DIRECTORY_MODE = 0755;
    /** What may be found when something of ours is to go: it is gone already, or is in use or filled and so no longer ours. */
    private static final Set<Errno> NOT_OURS = Set.of(Errno.ENOENT, Errno.ENOTDIR, Errno.ENOTEMPTY, Errno.EBUSY, Errno.EISDIR);

    private final Files files;
    private final Mounts mounts;
    private final BootMark mark;

    public HostFiles(Files files, Mounts mounts, Copies copies) {
        this.files = files;
        this.mounts = mounts;
        this.mark = new BootMark(files, copies);
    }

    /**
     * Writes the file, with missing directories, where there is none.
     *
     * @return false: something is there already and was left alone, so that this step's undo must be forgotten
     */
    public boolean write(HostStep.WriteFile step) throws KernelException {
        try (Fd root = files.openPath(ByteText.of(step.root()))) {
            Tree tree = files.tree(root);
            if (tree.exists(step.file())) {
                return false;
            }
            List<String> made = new ArrayList<>(tree.makeDirectories(above(step.file()), DIRECTORY_MODE));
            try {
                byte[] content = RawText.encode(step.content());
                tree.makeFile(step.file(), FILE_MODE, content);
                made.forEach(directory -> mark.directory(root, directory, DIRECTORY_MODE));
                mark.file(root, step.file(), FILE_MODE, content);
                return true;
            } catch (KernelException e) {
                takeBack(tree, step.file(), made, e);
                throw e;
            }
        } catch (KernelException e) {
            if (e.errno() == Errno.EEXIST) {
                return false;
            }
            throw e;
        }
    }

    /** A refused step leaves nothing: not the directories, and not an empty or half file where the file system is full. */
    private static void takeBack(Tree tree, String file, List<String> made, KernelException refused) {
        if (refused.errno() != Errno.EEXIST) {
            made.add(file);
        }
        Collections.reverse(made);
        for (String path : made) {
            try {
                removeOne(tree, path);
            } catch (KernelException left) {
                refused.addSuppressed(left);
            }
        }
    }

    /** Removes a file {@link #write} wrote, and the directories above it that it leaves empty and that hold nothing else of value. */
    public void remove(Undo.RemoveFile undo) throws KernelException {
        removeMade(undo.root(), List.of(undo.file()));
        try (Fd root = files.openPath(ByteText.of(undo.root()))) {
            Tree tree = files.tree(root);
            for (String directory = above(undo.file()); !directory.isEmpty(); directory = above(directory)) {
                if (!tree.exists(directory)) {
                    continue; // removed by a daemon that died before it came to the next
                }
                if (!plain(tree, directory)) {
                    return;
                }
                tree.removeDirectory(directory);
            }
        } catch (KernelException e) {
            requireNotOurs(e);
        }
    }

    /** A directory as {@link #write} makes them: what an admin arranged (owner, mode, opaque to the lowerdirs) is not for us to remove. */
    private boolean plain(Tree tree, String directory) throws KernelException {
        FileIdentity found = tree.identity(directory);
        if (found.kind() != Kind.DIRECTORY || found.uid() != 0 || found.gid() != 0 || found.permissions() != DIRECTORY_MODE) {
            return false;
        }
        try (Fd fd = tree.openPlace(directory)) {
            return !mounts.opaque(fd);
        }
    }

    /**
     * Removes mount points ({@link RootBuilder#made}) that a failed boot made: empty files and empty directories only.
     *
     * @param made relative to {@code root}, outermost first
     */
    public void removeMade(Path root, List<String> made) throws KernelException {
        List<String> innermostFirst = new ArrayList<>(made);
        Collections.reverse(innermostFirst);
        try (Fd fd = files.openPath(ByteText.of(root))) {
            Tree tree = files.tree(fd);
            for (String path : innermostFirst) {
                removeOne(tree, path);
            }
        } catch (KernelException e) {
            requireNotOurs(e); // the whole root is gone
        }
    }

    private static void removeOne(Tree tree, String path) throws KernelException {
        try {
            Kind kind = tree.identity(path).kind();
            if (kind == Kind.DIRECTORY) {
                tree.removeDirectory(path);
            } else if (kind == Kind.REGULAR) {
                tree.removeFile(path);
            }
        } catch (KernelException e) {
            requireNotOurs(e);
        }
    }

    private static void requireNotOurs(KernelException e) throws KernelException {
        if (!NOT_OURS.contains(e.errno())) {
            throw e;
        }
    }

    private static String above(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }
}
