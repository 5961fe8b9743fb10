package overlayd.upper;

import java.util.Optional;
import overlayd.kernel.Copies;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileDetail;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;
import overlayd.kernel.Tree;

/**
 * Carries the changes of upperdirs over to the tree that was below them, with owners, modes, attributes, hard links and devices, and takes
 * them back. What a change replaces is copied first; each file comes to its place whole, by rename(2). Whether somebody else has changed
 * the tree meanwhile, {@link Conflicts} says. One thread.
 */
public final class Carrying {
    private static final String TEMPORARY = ".overlay-try-";

    private final Files files;
    private final Copies copies;
    private final Places places;
    private final Trees trees;
    private final FirstNames linked = new FirstNames();

    /**
     * The trees; all stay the caller's.
     *
     * @param seen the layers with the changes, and what they lie on
     * @param target the tree that was below
     * @param kept where what is replaced is kept, by number
     */
    public record Places(View seen, Fd target, Fd kept) {
    }

    /** Is told, before a change is done, under which number what it replaces is kept: must be on the disk when it returns. */
    public interface Journal {
        void before(int number, Change change) throws KernelException;
    }

    public Carrying(Files files, Copies copies, Places places) {
        this.files = files;
        this.copies = copies;
        this.places = places;
        this.trees = new Trees(files, copies);
    }

    /** Does every change, in order. On a failure those before it are done, and can be taken back by {@link #undo}. */
    public void apply(Changes changes, Journal journal) throws KernelException {
        Staging staging = new Staging(copies, places.seen(), places.kept());
        changes.forward((number, change) -> staging.stage(change, number));
        changes.forward((number, change) -> {
            Optional<FileDetail> there = copies.find(places.target(), change.path());
            if (there.isPresent()) {
                keep(change, Integer.toString(number));
            }
            journal.before(number, change);
            if (change.kind() == Change.Kind.DELETED) {
                trees.remove(places.target(), change.path());
            } else {
                carry(change, there, staging.of(change, number));
            }
        });
        copies.sync(places.target());
    }

    private void keep(Change change, String number) throws KernelException {
        if (change.onlyMetadata()) {
            copies.copy(places.target(), change.path(), places.kept(), number);
        } else {
            trees.copy(places.target(), change.path(), places.kept(), number);
        }
        copies.sync(places.kept());
    }

    private void carry(Change change, Optional<FileDetail> there, Staging.Source source) throws KernelException {
        String path = change.path();
        if (change.onlyMetadata()) {
            copies.copyMetadata(source.root(), source.path(), places.target(), path);
        } else if (change.directory()) {
            trees.remove(places.target(), path);
            copies.copy(source.root(), source.path(), places.target(), path);
        } else {
            if (there.filter(detail -> detail.identity().kind() == Kind.DIRECTORY).isPresent()) {
                trees.remove(places.target(), path);
            }
            place(path, source);
        }
    }

    private void place(String path, Staging.Source source) throws KernelException {
        String temporary = temporary(path);
        trees.remove(places.target(), temporary);
        Optional<String> first = linked.of(source.detail());
        if (first.isPresent()) {
            copies.link(places.target(), first.get(), temporary);
        } else {
            copies.copy(source.root(), source.path(), places.target(), temporary);
            linked.put(source.detail(), path);
        }
        copies.rename(places.target(), temporary, path);
    }

    private static String temporary(String path) {
        int slash = path.lastIndexOf('/');
        return path.substring(0, slash + 1) + TEMPORARY + Integer.toHexString(path.hashCode());
    }

    /** Takes changes back, the last first; one that was not begun does no harm. */
    public void undo(Changes done) throws KernelException {
        done.backward(this::undo);
        copies.sync(places.target());
    }

    private void undo(int number, Change change) throws KernelException {
        String kept = Integer.toString(number);
        if (copies.find(places.kept(), kept).isEmpty()) {
            remove(change);
        } else if (change.onlyMetadata()) {
            copies.copyMetadata(places.kept(), kept, places.target(), change.path());
        } else {
            String temporary = temporary(change.path());
            trees.remove(places.target(), temporary);
            trees.copy(places.kept(), kept, places.target(), temporary);
            trees.remove(places.target(), change.path());
            copies.rename(places.target(), temporary, change.path());
        }
    }

    /** What was added; a directory only while nobody else has put anything into it. */
    private void remove(Change change) throws KernelException {
        trees.remove(places.target(), temporary(change.path()));
        Tree tree = files.tree(places.target());
        try {
            if (copies.find(places.target(), change.path()).isEmpty()) {
                return;
            }
            if (change.directory()) {
                tree.removeDirectory(change.path());
            } else {
                tree.removeFile(change.path());
            }
        } catch (KernelException kept) {
            if (kept.errno() != Errno.ENOTEMPTY) {
                throw kept;
            }
        }
    }
}
