package overlayd.upper;

import java.util.Optional;
import overlayd.kernel.Copies;
import overlayd.kernel.Fd;
import overlayd.kernel.FileDetail;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;
import overlayd.kernel.Tree;

/** Copies and removes whole trees below open directories, without following a link. Any thread. */
final class Trees {
    private final Files files;
    private final Copies copies;

    Trees(Files files, Copies copies) {
        this.files = files;
        this.copies = copies;
    }

    /** Copies {@code path} of {@code from}, with all that is in it, to {@code target} of {@code to}, where nothing is. */
    void copy(Fd from, String path, Fd to, String target) throws KernelException {
        copies.copy(from, path, to, target);
        FileDetail detail = copies.detail(from, path);
        if (detail.identity().kind() == Kind.DIRECTORY) {
            for (String name : files.tree(from).list(path)) {
                copy(from, View.child(path, name), to, View.child(target, name));
            }
            copies.copyMetadata(from, path, to, target); // once more, for its time
        }
    }

    /** Removes whatever is there, with all that is in it. */
    void remove(Fd root, String path) throws KernelException {
        Optional<FileDetail> there = copies.find(root, path);
        if (there.isEmpty()) {
            return;
        }
        Tree tree = files.tree(root);
        if (there.get().identity().kind() != Kind.DIRECTORY) {
            tree.removeFile(path);
            return;
        }
        for (String name : tree.list(path)) {
            remove(root, View.child(path, name));
        }
        tree.removeDirectory(path);
    }
}
