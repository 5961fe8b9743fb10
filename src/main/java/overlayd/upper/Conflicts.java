package overlayd.upper;

import java.util.List;
import java.util.Optional;
import overlayd.kernel.Copies;
import overlayd.kernel.FileDetail;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;

/**
 * What others have done meanwhile to a tree that changes are to be carried over to, or taken back from, and what would be lost. Looks only.
 * One thread.
 */
public final class Conflicts {
    private final Files files;
    private final Copies copies;
    private final Carrying.Places places;
    private final Changed times;

    /** Tells when something was changed (st_ctime, nanoseconds), where that is not the time of what is there now. */
    public interface Changed {
        long at(String path, FileDetail there) throws KernelException;
    }

    /** @param times of the target's files */
    public Conflicts(Files files, Copies copies, Carrying.Places places, Changed times) {
        this.files = files;
        this.copies = copies;
        this.places = places;
        this.times = times;
    }

    /**
     * What of the target was changed by others since {@code since} (st_ctime, nanoseconds) and would be lost, or cannot be reached.
     *
     * @return a line for each; empty: nothing is in the way
     */
    public List<String> before(Changes changes, long since) throws KernelException {
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
        return there.identity().kind() == Kind.DIRECTORY && !change.onlyMetadata();
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
        if (times.at(change.path(), there) >= since) {
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

    /** What of {@code done} somebody else has changed since {@code since}. */
    public List<String> after(Changes done, long since) throws KernelException {
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
            return times.at(change.path(), there) > since;
        }
        // A directory that was added goes only while it is empty; one that was there before stays.
        return change.kind() == Change.Kind.CHANGED && goes(change, there)
                && changedSince(new Change(Change.Kind.DELETED, change.path(), true, List.of()), there, since + 1);
    }
}
