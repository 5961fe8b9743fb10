package overlayd.upper;

import java.util.List;
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
 * them back. What a change replaces is copied first; each file comes to its place whole, by rename(2). One thread.
 */
public final class Carrying {
    private static final String TEMPORARY = ".overlay-try-";

    private final Files files;
    private final Copies copies;
    private final Places places;
    private final FirstNames linked = new FirstNames();

    /**
     * The trees; all stay the caller's.
     *
     * @param seen the layers with the changes, and what they lie on
     * @param target the tree that was below
     * @param kept where what is replaced is kept, by number
     * @param changed when something of the target was changed
     */
    public record Places(View seen, Fd target, Fd kept, Changed changed) {
    }

    /** Tells when something was changed (st_ctime, nanoseconds), where that is not the time of what is there now. */
    public interface Changed {
        long at(String path, FileDetail there) throws KernelException;
    }

    /** Is told, before a change is done, under which number what it replaces is kept: must be on the disk when it returns. */
    public interface Journal {
        void before(int number, Change change) throws KernelException;
    }

    public Carrying(Files files, Copies copies, Places places) {
        this.files = files;
        this.copies = copies;
        this.places = places;
    }

    /**
     * What of the target was changed by others since {@code since} (st_ctime, nanoseconds) and would be lost, or cannot be reached.
     *
     * @return a line for each; empty: nothing is in the way
     */
    public List<String> conflicts(Changes changes, long since) throws KernelException {
        FirstLines conflicts = new FirstLines();
        long mount = copies.detail(places.target(), "").identity().mountId();
        changes.forward((number, change) -> conflict(change, mount, since).ifPresent(why -> conflicts.add(change.shown() + " " + why)));
        return conflicts.lines();
    }

    private Optional<String> conflict(Change change, long mount, long since) throws KernelException {
        Optional<FileDetail> there = copies.find(places.target(), change.path());
        if (there.isPresent() && there.get().identity().mountId() != mount) {
            return Optional.of("lies on another file system, which the command has not seen");
        }
        if (there.isPresent() && goes(change, there.get()) && isMountedIn(change.path(), mount)) {
            return Optional.of("has another file system mounted in it, which the command has not seen");
        }
        if (there.isEmpty() && !change.directory() && copiedUp(change) && around(change.path()).changed() >= since) {
            return Optional.of("was deleted meanwhile");
        }
        return there.isPresent() && changedSince(change, there.get(), since) ? Optional.of("was changed meanwhile") : Optional.empty();
    }

    /** Whether what was below was there when it was changed. */
    private boolean copiedUp(Change change) throws KernelException {
        Optional<View.Node> now = places.seen().find(change.path());
        return now.isPresent() && now.get().top().layer() == 0 && new Marks(copies, now.get().top().root()).copiedUp(now.get().top().path());
    }

    /** The nearest directory around it that the target has: a file that was renamed by the command was not there either. */
    private FileDetail around(String path) throws KernelException {
        String above = path;
        Optional<FileDetail> there = Optional.empty();
        while (there.isEmpty()) {
            above = above.contains("/") ? above.substring(0, above.lastIndexOf('/')) : "";
            there = copies.find(places.target(), above);
        }
        return there.get();
    }

    /** Whether a directory that is there goes with all that is in it. */
    private static boolean goes(Change change, FileDetail there) {
        return there.identity().kind() == Kind.DIRECTORY && !onlyMetadata(change);
    }

    private boolean isMountedIn(String directory, long mount) throws KernelException {
        for (String name : files.tree(places.target()).list(directory)) {
            String path = View.child(directory, name);
            FileDetail there = copies.detail(places.target(), path);
            if (there.identity().mountId() != mount || there.identity().kind() == Kind.DIRECTORY && isMountedIn(path, mount)) {
                return true;
            }
        }
        return false;
    }

    private boolean changedSince(Change change, FileDetail there, long since) throws KernelException {
        boolean directory = there.identity().kind() == Kind.DIRECTORY;
        if (directory && !goes(change, there)) {
            return false; // its time tells of what is in it, which is looked at by itself
        }
        if (places.changed().at(change.path(), there) >= since) {
            return true;
        }
        if (directory) {
            for (String name : files.tree(places.target()).list(change.path())) {
                String path = View.child(change.path(), name);
                if (changedSince(new Change(Change.Kind.DELETED, path, false, List.of()), copies.detail(places.target(), path), since)) {
                    return true;
                }
            }
        }
        return false;
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
                removeTree(places.target(), change.path());
            } else {
                carry(change, there, staging.of(change, number));
            }
        });
        copies.sync(places.target());
    }

    private void keep(Change change, String number) throws KernelException {
        if (onlyMetadata(change)) {
            copies.copy(places.target(), change.path(), places.kept(), number);
        } else {
            copyTree(places.target(), change.path(), places.kept(), number);
        }
        copies.sync(places.kept());
    }

    private static boolean onlyMetadata(Change change) {
        return change.kind() == Change.Kind.CHANGED && change.directory() && change.details().stream().noneMatch(detail -> detail.startsWith("was a"));
    }

    private void carry(Change change, Optional<FileDetail> there, Staging.Source source) throws KernelException {
        String path = change.path();
        if (onlyMetadata(change)) {
            copies.copyMetadata(source.root(), source.path(), places.target(), path);
        } else if (change.directory()) {
            removeTree(places.target(), path);
            copies.copy(source.root(), source.path(), places.target(), path);
        } else {
            if (there.filter(detail -> detail.identity().kind() == Kind.DIRECTORY).isPresent()) {
                removeTree(places.target(), path);
            }
            place(path, source);
        }
    }

    private void place(String path, Staging.Source source) throws KernelException {
        String temporary = temporary(path);
        removeTree(places.target(), temporary);
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

    /** What of {@code done} somebody else has changed since {@code since}. */
    public List<String> changedAfter(Changes done, long since) throws KernelException {
        FirstLines changed = new FirstLines();
        done.forward((number, change) -> {
            Optional<FileDetail> there = copies.find(places.target(), change.path());
            if (there.isPresent() && isOthers(change, there.get(), since)) {
                changed.add(change.shown() + " was changed after it was applied");
            }
        });
        return changed.lines();
    }

    /** Whether undoing the change would take something along that somebody else has made since. */
    private boolean isOthers(Change change, FileDetail there, long since) throws KernelException {
        if (change.kind() == Change.Kind.DELETED) {
            return true; // it was gone
        }
        if (there.identity().kind() != Kind.DIRECTORY) {
            return places.changed().at(change.path(), there) > since;
        }
        // A directory that was added goes only while it is empty; one that was there before stays.
        return change.kind() == Change.Kind.CHANGED && goes(change, there)
                && changedSince(new Change(Change.Kind.DELETED, change.path(), true, List.of()), there, since + 1);
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
        } else if (onlyMetadata(change)) {
            copies.copyMetadata(places.kept(), kept, places.target(), change.path());
        } else {
            String temporary = temporary(change.path());
            removeTree(places.target(), temporary);
            copyTree(places.kept(), kept, places.target(), temporary);
            removeTree(places.target(), change.path());
            copies.rename(places.target(), temporary, change.path());
        }
    }

    /** What was added; a directory only while nobody else has put anything into it. */
    private void remove(Change change) throws KernelException {
        removeTree(places.target(), temporary(change.path()));
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

    private void copyTree(Fd from, String path, Fd to, String target) throws KernelException {
        copies.copy(from, path, to, target);
        FileDetail detail = copies.detail(from, path);
        if (detail.identity().kind() == Kind.DIRECTORY) {
            for (String name : files.tree(from).list(path)) {
                copyTree(from, View.child(path, name), to, View.child(target, name));
            }
            copies.copyMetadata(from, path, to, target); // once more, for its time
        }
    }

    /** Removes whatever is there, with all that is in it. */
    private void removeTree(Fd root, String path) throws KernelException {
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
            removeTree(root, View.child(path, name));
        }
        tree.removeDirectory(path);
    }
}
