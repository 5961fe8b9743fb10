package overlayd.upper;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import overlayd.kernel.Copies;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;

/**
 * What upperdirs change of what lies below them: whiteouts in both forms, opaque directories, renamed directories and files of which
 * only metadata was copied are understood; files that were copied up and are as they were are left out, and so is what a boot itself has made
 * ({@link BootMark}). Reads only, and remembers nothing but the names in the directories it is in: each change is told at once.
 */
public final class Diff {
    /** Mount points a boot makes in an upperdir: an empty file. */
    private static final String REAPER = ".reaper";
    private static final int DEEPEST = 200;

    private final View now;
    private final View old;
    private final int uppers;
    private final Copies copies;
    private final Comparison comparison;
    private final BootMark marks;
    private final Moves moves;
    private final Found found;
    private int depth;

    /** Is told of a change, a directory before what is in it. */
    public interface Found {
        void change(Change change) throws KernelException;
    }

    /** How a renamed directory is told: as one change, or with everything in it as added. */
    public enum Moves { TOLD, UNFOLDED }

    /**
     * The layers, top first; they stay the caller's.
     *
     * @param uppers whose changes are asked for
     * @param lowers what they lie on
     */
    public record Layers(List<Fd> uppers, List<Fd> lowers) {
        public Layers {
            uppers = List.copyOf(uppers);
            lowers = List.copyOf(lowers);
        }

        /** All of them, top first. */
        public List<Fd> all() {
            List<Fd> all = new ArrayList<>(uppers);
            all.addAll(lowers);
            return all;
        }
    }

    private Diff(Files files, Copies copies, Layers layers, Moves moves, Found found) {
        this.now = new View(files, copies, layers.all());
        this.old = new View(files, copies, layers.lowers());
        this.uppers = layers.uppers().size();
        this.copies = copies;
        this.comparison = new Comparison(copies);
        this.marks = new BootMark(files, copies);
        this.moves = moves;
        this.found = found;
    }

    /** Tells every change, in order. */
    public static void tell(Files files, Copies copies, Layers layers, Moves moves, Found found) throws KernelException {
        Diff diff = new Diff(files, copies, layers, moves, found);
        View.Node root = diff.now.root();
        View.Node before = diff.old.root();
        diff.metadata("", root, before); // the mode of / is the one of the upperdir itself
        diff.walk("", root, Optional.of(before));
    }

    /** {@code before}: the directory below that this one is seen with; empty when there is none. */
    private void walk(String path, View.Node directory, Optional<View.Node> before) throws KernelException {
        if (depth == DEEPEST) {
            throw new KernelException("compare", path, Errno.EFBIG, "directories are nested deeper than " + DEEPEST);
        }
        depth++;
        for (String name : names(directory, before)) {
            look(View.child(path, name), now.child(directory, name), before.isPresent() ? old.child(before.get(), name) : Optional.empty());
        }
        depth--;
    }

    /** The names that can be other than before. */
    private Collection<String> names(View.Node directory, Optional<View.Node> before) throws KernelException {
        Collection<String> changed = now.listed(directory, 0, uppers);
        if (before.map(View.Node::at).orElseGet(() -> nowhere(old.size())).equals(directory.from(uppers))) {
            return changed; // what is below is seen through it
        }
        TreeSet<String> names = new TreeSet<>(changed);
        if (before.isPresent()) {
            names.addAll(old.listed(before.get(), 0, old.size()));
        }
        if (moves == Moves.UNFOLDED) {
            names.addAll(now.listed(directory, uppers, now.size()));
        }
        return names;
    }

    private static List<String> nowhere(int size) {
        return new ArrayList<>(java.util.Collections.nCopies(size, null));
    }

    private void look(String path, Optional<View.Node> after, Optional<View.Node> before) throws KernelException {
        if (after.isEmpty()) {
            if (before.isPresent()) {
                found.change(new Change(Change.Kind.DELETED, path, before.get().directory(), List.of()));
            }
        } else if (after.get().directory()) {
            directory(path, after.get(), before);
        } else if (before.isEmpty()) {
            if (!path.equals(REAPER) || after.get().top().detail().identity().size() > 0) {
                add(Change.Kind.ADDED, path, after.get(), List.of());
            }
        } else {
            metadata(path, after.get(), before.get());
        }
    }

    private void directory(String path, View.Node after, Optional<View.Node> before) throws KernelException {
        Optional<View.Node> below = before.filter(View.Node::directory);
        Optional<String> source = after.source(uppers).filter(from -> below.isEmpty() || !below.get().at().equals(after.from(uppers)));
        if (source.isPresent() && moves == Moves.TOLD) {
            // Also where a boot has made it: it was made elsewhere.
            Change.Kind kind = before.isPresent() ? Change.Kind.CHANGED : Change.Kind.ADDED;
            found.change(new Change(kind, path, after.directory(), List.of("moved from /" + source.get())));
            if (below.isPresent()) {
                lost(path, after, below.get());
            }
            walk(path, after, old.find(source.get()).filter(View.Node::directory));
        } else if (before.isEmpty()) {
            add(Change.Kind.ADDED, path, after, List.of());
            walk(path, after, Optional.empty());
        } else {
            metadata(path, after, before.get());
            walk(path, after, below);
        }
    }

    /** What was in a directory whose place another has taken. */
    private void lost(String path, View.Node after, View.Node before) throws KernelException {
        for (String name : old.listed(before, 0, old.size())) {
            if (now.child(after, name).isEmpty()) {
                look(View.child(path, name), Optional.empty(), old.child(before, name));
            }
        }
    }

    private void metadata(String path, View.Node after, View.Node before) throws KernelException {
        List<String> details = differences(after.top(), before.top());
        if (!details.isEmpty()) {
            add(Change.Kind.CHANGED, path, after, details);
        }
    }

    private List<String> differences(View.Found after, View.Found before) throws KernelException {
        if (after.layer() >= uppers && after.root().equals(before.root()) && Objects.equals(after.path(), before.path())) {
            return List.of();
        }
        Comparison.File had = new Comparison.File(before.root(), before.path(), before.detail().identity());
        Comparison.File has = new Comparison.File(after.root(), after.path(), after.detail().identity());
        boolean onlyMetadata = after.layer() < uppers && after.detail().identity().kind() == Kind.REGULAR
                && new Marks(copies, after.root()).metadataOnly(after.path());
        return onlyMetadata ? comparison.metadata(had, has) : comparison.differences(had, has);
    }

    private void add(Change.Kind kind, String path, View.Node after, List<String> details) throws KernelException {
        View.Found top = after.top();
        if (!path.isEmpty() && marks.isAsMade(top.root(), top.path())) {
            return;
        }
        found.change(new Change(kind, path, after.directory(), details));
    }
}
