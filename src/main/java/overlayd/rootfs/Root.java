package overlayd.rootfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Mounts;
import overlayd.kernel.Tree;
import overlayd.upper.BootMark;

/** The mounted root of a subhost, and what had to be made in it to mount things on. */
final class Root {
    private static final int MODE = 0755;
    private static final int FILE_MODE = 0644;
    private static final byte[] NOTHING = {};

    private final Fd live;
    private final Tree tree;
    private final RootBuilder.Making making;
    private final BootMark mark;
    private final List<String> made = new ArrayList<>();

    Root(Fd live, Kernel kernel, RootBuilder.Making making) {
        this.live = live;
        this.tree = kernel.files().tree(live);
        this.mark = new BootMark(kernel.files(), kernel.copies());
        this.making = making;
    }

    Fd live() {
        return live;
    }

    Tree tree() {
        return tree;
    }

    List<String> made() {
        return List.copyOf(made);
    }

    /**
     * A directory of the root to mount on, made when missing. ELOOP when it is a symbolic link: following it, even inside the root,
     * would let the root's owner choose what overlayd mounts over (CVE-2026-41579 and its kin).
     */
    Fd place(String name) throws KernelException {
        return openPlace(name, () -> {
            tree.makeDirectory(name, MODE);
            madeDirectories(List.of(name));
        });
    }

    /** A file of the root to mount on, made empty when missing; never a link. */
    Fd filePlace(String name) throws KernelException {
        return openPlace(name, () -> {
            tree.makeFile(name, MODE, NOTHING);
            madeFile(name, MODE);
        });
    }

    private interface Missing {
        void make() throws KernelException;
    }

    private Fd openPlace(String name, Missing missing) throws KernelException {
        try {
            return openPlace(name);
        } catch (KernelException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
            making.before(name);
            missing.make();
            return openPlace(name);
        }
    }

    private Fd openPlace(String name) throws KernelException {
        try {
            return tree.openPlace(name);
        } catch (KernelException e) {
            throw e.errno() != Errno.ELOOP ? e : new KernelException("open", "/" + name, Errno.ELOOP,
                    "it is a symbolic link in the subhost's root; overlayd mounts only on the real thing");
        }
    }

    /** What {@code path} leads to inside the root; empty when there is nothing. */
    Optional<Fd> find(String path) throws KernelException {
        try {
            return Optional.of(tree.openPath(path));
        } catch (KernelException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Where a SHARE goes: links inside the root are followed; a missing directory (or file, with its directories) is made. */
    Fd shareTarget(String path, boolean directory) throws KernelException {
        Optional<Fd> found = find(path);
        if (found.isPresent()) {
            return found.get();
        }
        announce(path);
        if (directory) {
            madeDirectories(tree.makeDirectories(path, MODE));
        } else {
            int slash = path.lastIndexOf('/');
            madeDirectories(tree.makeDirectories(slash < 0 ? "" : path.substring(0, slash), MODE));
            tree.makeFile(path, FILE_MODE, NOTHING);
            madeFile(path, FILE_MODE);
        }
        return tree.openPath(path);
    }

    private void madeDirectories(List<String> paths) {
        made.addAll(paths);
        paths.forEach(path -> mark.directory(live, path, MODE));
    }

    private void madeFile(String path, int mode) {
        made.add(path);
        mark.file(live, path, mode, NOTHING);
    }

    /** Every part of the path that is not there yet. */
    private void announce(String path) throws KernelException {
        for (int end = path.indexOf('/', 1); ; end = path.indexOf('/', end + 1)) {
            String part = end < 0 ? path : path.substring(0, end);
            if (!tree.exists(part)) {
                making.before(part);
            }
            if (end < 0) {
                return;
            }
        }
    }

    /** Attaches a mount, naming the place in a refusal. */
    static void attach(Mounts mounts, Fd mount, Fd place, String path) throws KernelException {
        try {
            mounts.attach(mount, place);
        } catch (KernelException e) {
            throw new KernelException("attach mount on", path, e.errno(), e.kernelText());
        }
    }
}
