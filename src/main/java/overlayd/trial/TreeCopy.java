package overlayd.trial;

import java.util.ArrayList;
import java.util.List;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Tree;

/**
 * Copies files and trees between two roots, of which either may be a hostile subhost's: every directory is opened from the one above it and no
 * link below the beginning is followed, on neither side. Mode, owner and time of change come along; extended attributes do not. A file appears
 * under its name when it is whole. One copy by one thread.
 */
public final class TreeCopy {
    private static final int CHUNK = 1 << 20;
    private static final int SET_ID = 06000;
    private static final int PERMISSIONS = 0777;
    private static final int DEEPEST = 200;

    /** Hears how far it is; must not throw. */
    public interface Listener {
        /** Asked before each piece: whether to go on. */
        boolean goesOn();

        /** {@code bytes} more were copied; 0 with each thing that is done. */
        void copied(String path, long bytes);

        /** Something is left out. */
        void skipped(String path, String why);
    }

    /** Whether set-user-ID and set-group-ID bits of files come along: not out of a subhost, whose root decides over them. */
    public enum SetId { KEPT, DROPPED }

    private final Kernel kernel;
    private final SetId setId;
    private final Listener listener;
    private int depth;
    private long mount;
    private int number;

    public TreeCopy(Kernel kernel, SetId setId, Listener listener) {
        this.kernel = kernel;
        this.setId = setId;
        this.listener = listener;
    }

    /**
     * Copies {@code name} of {@code from} to {@code newName} of {@code to}, directories with all that is on their file system.
     * EEXIST: a directory and something else have one name; ENOSPC, EROFS and the like name the path.
     */
    public void copy(Fd from, String name, Fd to, String newName) throws KernelException {
        mount = kernel.files().tree(from).identity(name).mountId();
        copy(kernel.files().tree(from), name, kernel.files().tree(to), newName, name);
    }

    private void copy(Tree from, String name, Tree to, String newName, String shown) throws KernelException {
        mayGoOn(shown);
        FileIdentity found = from.identity(name);
        switch (found.kind()) {
            case DIRECTORY -> directory(from, name, to, newName, shown);
            case REGULAR -> file(from, name, to, newName, shown);
            case SYMLINK -> link(from, name, to, newName);
            default -> listener.skipped(shown, "it is no file, directory or link");
        }
        if (found.kind() == Kind.DIRECTORY || found.kind() == Kind.REGULAR || found.kind() == Kind.SYMLINK) {
            listener.copied(shown, 0);
        }
    }

    private void mayGoOn(String shown) throws KernelException {
        if (!listener.goesOn()) {
            throw new KernelException("copy", shown, Errno.ECANCELED, "it was broken off");
        }
    }

    private void directory(Tree from, String name, Tree to, String newName, String shown) throws KernelException {
        FileIdentity found = from.identity(name);
        if (found.mountId() != mount) {
            listener.skipped(shown, "another file system is mounted there");
            return;
        }
        if (depth == DEEPEST) {
            throw new KernelException("copy", shown, Errno.EFBIG, "directories are nested deeper than " + DEEPEST);
        }
        if (!to.exists(newName)) {
            to.makeDirectory(newName, 0700);
        } else if (to.identity(newName).kind() != Kind.DIRECTORY) {
            throw new KernelException("copy to", newName, Errno.EEXIST, "it is there and no directory");
        }
        try (Fd source = from.openPlace(name); Fd target = to.openPlace(newName)) {
            Tree sourceTree = kernel.files().tree(source);
            Tree targetTree = kernel.files().tree(target);
            depth++;
            for (String child : sourceTree.list("")) {
                copy(sourceTree, child, targetTree, child, shown + "/" + child);
            }
            depth--;
        }
        finish(from, name, to, newName, found.permissions());
    }

    private void file(Tree from, String name, Tree to, String newName, String shown) throws KernelException {
        notOnDirectory(to, newName);
        String draft = draft();
        try (Fd source = from.openForReading(name); Fd target = to.createFile(draft, 0600)) {
            // What is open counts: the name may be something else by now.
            FileIdentity opened = kernel.files().identity(source);
            if (opened.kind() != Kind.REGULAR || !opened.sameFile(from.identity(name))) {
                throw new KernelException("copy", shown, Errno.ESTALE, "it was changed meanwhile");
            }
            // No more than there was: whoever writes on while it is copied would fill the disk.
            long left = opened.size();
            for (long copied = 1; left > 0 && copied > 0; left -= copied) {
                mayGoOn(shown);
                copied = kernel.pipes().transfer(source, target, (int) Math.min(CHUNK, left));
                listener.copied(shown, copied);
            }
            finish(from, name, to, draft, setId == SetId.KEPT ? opened.permissions() : opened.permissions() & ~SET_ID);
            to.rename(draft, newName);
        } catch (KernelException refused) {
            discard(to, draft, refused);
            throw refused;
        }
    }

    private void link(Tree from, String name, Tree to, String newName) throws KernelException {
        notOnDirectory(to, newName);
        String draft = draft();
        to.makeSymlink(from.readLink(name), draft);
        try {
            FileIdentity found = from.identity(name);
            to.chown(draft, found.uid(), found.gid());
            to.setModified(draft, from.modified(name));
            to.rename(draft, newName);
        } catch (KernelException refused) {
            discard(to, draft, refused);
            throw refused;
        }
    }

    private static void notOnDirectory(Tree to, String name) throws KernelException {
        if (to.exists(name) && to.identity(name).kind() == Kind.DIRECTORY) {
            throw new KernelException("copy to", name, Errno.EEXIST, "it is there and a directory");
        }
    }

    private static void finish(Tree from, String name, Tree to, String newName, int mode) throws KernelException {
        FileIdentity found = from.identity(name);
        // chown takes set-id bits away, so the mode comes after it.
        to.chown(newName, found.uid(), found.gid());
        to.chmod(newName, mode & (SET_ID | PERMISSIONS | 01000));
        to.setModified(newName, from.modified(name));
    }

    private String draft() {
        return ".overlay-cp." + ProcessHandle.current().pid() + "." + System.identityHashCode(this) + "." + number++;
    }

    private static void discard(Tree to, String draft, KernelException refused) {
        try {
            if (to.exists(draft)) {
                to.removeFile(draft);
            }
        } catch (KernelException left) {
            refused.addSuppressed(left);
        }
    }

    /** Where a copy goes: the directory, and the name in it. */
    public record Place(Fd directory, String name) implements AutoCloseable {
        @Override
        public void close() {
            directory.close();
        }
    }

    /** The place of {@code path} below {@code root}; links are followed, and stay in the root, but for one at its end. EINVAL: the root itself. */
    public static Place place(Kernel kernel, Fd root, String path) throws KernelException {
        List<String> names = names(path);
        if (names.isEmpty() || names.get(names.size() - 1).equals("..")) {
            throw new KernelException("find", path, Errno.EINVAL, "name something below the root directory");
        }
        String above = String.join("/", names.subList(0, names.size() - 1));
        return new Place(kernel.files().tree(root).openPath(above.isEmpty() ? "." : above), names.get(names.size() - 1));
    }

    /** As cp(1) takes a target: into it where it is a directory, as {@code name}; else to that name. */
    public static Place target(Kernel kernel, Fd root, String path, String name) throws KernelException {
        try {
            Fd there = kernel.files().tree(root).openPath(path.replaceAll("^/+", "").isEmpty() ? "." : path);
            if (kernel.files().identity(there).kind() == Kind.DIRECTORY) {
                return new Place(there, name);
            }
            there.close();
        } catch (KernelException absent) {
            if (absent.errno() != Errno.ENOENT || path.endsWith("/")) {
                throw absent;
            }
        }
        return place(kernel, root, path);
    }

    private static List<String> names(String path) {
        List<String> names = new ArrayList<>();
        for (String part : path.split("/")) {
            if (!part.isEmpty() && !part.equals(".")) {
                names.add(part);
            }
        }
        return names;
    }
}
