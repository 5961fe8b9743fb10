package overlayd.upper;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import overlayd.kernel.Copies;
import overlayd.kernel.Fd;
import overlayd.kernel.FileDetail;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;

/**
 * What an upperdir changes of what lies below it: whiteouts in both forms, opaque directories, renamed directories and files of which
 * only metadata was copied are understood; files that were copied up and are as they were are left out. Reads only.
 */
public final class Diff {
    /** Mount points a boot makes in an upperdir: an empty file. */
    private static final String REAPER = ".reaper";

    private final Files files;
    private final Copies copies;
    private final Fd upper;
    private final Below below;
    private final Marks marks;
    private final Comparison comparison;
    private final List<Change> changes = new ArrayList<>();

    private Diff(Files files, Copies copies, Fd upper, Below below) {
        this.files = files;
        this.copies = copies;
        this.upper = upper;
        this.below = below;
        this.marks = new Marks(copies, upper);
        this.comparison = new Comparison(copies);
    }

    /** Every change, a directory before what is in it. */
    public static List<Change> of(Files files, Copies copies, Fd upper, Below below) throws KernelException {
        Diff diff = new Diff(files, copies, upper, below);
        diff.root();
        diff.walk("", Optional.of(""), Seen.THROUGH);
        return List.copyOf(diff.changes);
    }

    /** Whether what lies below a directory is seen through it. */
    private enum Seen { THROUGH, NOT }

    static String child(String directory, String name) {
        return directory.isEmpty() ? name : directory + "/" + name;
    }

    /** The mode of / is the one of the upperdir itself. */
    private void root() throws KernelException {
        Optional<Below.Found> old = below.find("");
        if (old.isPresent()) {
            metadata("", old.get(), copies.detail(upper, ""));
        }
    }

    /** {@code old}: the path of the directory below that this one is seen with; empty when there is none. */
    private void walk(String directory, Optional<String> old, Seen seen) throws KernelException {
        List<String> names = files.tree(upper).list(directory);
        for (String name : names) {
            Optional<String> oldPath = old.map(path -> child(path, name));
            look(child(directory, name), oldPath, oldPath.isPresent() ? below.find(oldPath.get()) : Optional.empty(), seen);
        }
        if (seen == Seen.NOT && old.isPresent()) {
            for (String name : below.list(old.get())) {
                if (!Set.copyOf(names).contains(name)) {
                    deleted(child(directory, name), below.find(child(old.get(), name)));
                }
            }
        }
    }

    private void look(String path, Optional<String> oldPath, Optional<Below.Found> old, Seen seen) throws KernelException {
        FileDetail now = copies.detail(upper, path);
        if (marks.whiteout(path, now)) {
            deleted(path, old);
        } else if (now.identity().kind() == Kind.DIRECTORY) {
            directory(path, now, new Was(oldPath, old), seen);
        } else if (old.isEmpty()) {
            if (!path.equals(REAPER) || now.identity().size() > 0) {
                add(Change.Kind.ADDED, path, now, List.of());
            }
        } else {
            List<String> details = differences(path, now, old.get());
            if (!details.isEmpty()) {
                add(Change.Kind.CHANGED, path, now, details);
            }
        }
    }

    private List<String> differences(String path, FileDetail now, Below.Found old) throws KernelException {
        Comparison.File before = new Comparison.File(old.layer(), old.path(), old.detail().identity());
        Comparison.File after = new Comparison.File(upper, path, now.identity());
        return marks.metadataOnly(path) ? comparison.metadata(before, after) : comparison.differences(before, after);
    }

    /** What a directory is seen with: the path below, and what is there. */
    private record Was(Optional<String> path, Optional<Below.Found> found) {
        /** Where a name beside it is. */
        String beside(String name) {
            String known = path.orElse("");
            return name.startsWith("/") ? name.substring(1) : child(known.contains("/") ? known.substring(0, known.lastIndexOf('/')) : "", name);
        }
    }

    private void directory(String path, FileDetail now, Was was, Seen seen) throws KernelException {
        Optional<String> from = marks.redirect(path);
        Optional<Below.Found> old = was.found();
        if (from.isPresent()) {
            String source = was.beside(from.get());
            add(Change.Kind.ADDED, path, now, List.of("moved from /" + source));
            walk(path, Optional.of(source), Seen.THROUGH);
            return;
        }
        if (old.isEmpty()) {
            add(Change.Kind.ADDED, path, now, List.of());
            walk(path, Optional.empty(), Seen.NOT);
        } else if (!old.get().directory()) {
            add(Change.Kind.CHANGED, path, now, differences(path, now, old.get()));
            walk(path, Optional.empty(), Seen.NOT);
        } else {
            metadata(path, old.get(), now);
            walk(path, Optional.of(old.get().path()), seen == Seen.NOT || marks.opaque(path) ? Seen.NOT : Seen.THROUGH);
        }
    }

    private void metadata(String path, Below.Found old, FileDetail now) throws KernelException {
        List<String> details = differences(path, now, old);
        if (!details.isEmpty()) {
            add(Change.Kind.CHANGED, path, now, details);
        }
    }

    private void deleted(String path, Optional<Below.Found> old) {
        old.ifPresent(found -> changes.add(new Change(Change.Kind.DELETED, path, found.directory(), List.of())));
    }

    private void add(Change.Kind kind, String path, FileDetail now, List<String> details) {
        changes.add(new Change(kind, path, now.identity().kind() == Kind.DIRECTORY, details));
    }
}
