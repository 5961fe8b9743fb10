package overlayd.upper;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import overlayd.kernel.Copies;
import overlayd.kernel.Fd;
import overlayd.kernel.FileDetail;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;

/** Lowerdirs as one tree, as an overlay would show them. The roots stay the caller's. */
public final class Below {
    private final Files files;
    private final Copies copies;
    private final List<Fd> layers;

    /** @param layers top first */
    public Below(Files files, Copies copies, List<Fd> layers) {
        this.files = files;
        this.copies = copies;
        this.layers = List.copyOf(layers);
    }

    /** A file of one layer. */
    record Found(Fd layer, String path, FileDetail detail) {
        boolean directory() {
            return detail.identity().kind() == Kind.DIRECTORY;
        }
    }

    /** The topmost that is seen at {@code path}. */
    Optional<Found> find(String path) throws KernelException {
        for (Fd layer : layers) {
            Optional<FileDetail> found = copies.find(layer, path);
            if (found.isPresent()) {
                return new Marks(copies, layer).whiteout(path, found.get()) ? Optional.empty() : Optional.of(new Found(layer, path, found.get()));
            }
            if (layers.size() > 1 && hidesBelow(layer, path)) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** Whether a directory on the way is opaque, whited out or no directory in this layer. */
    private boolean hidesBelow(Fd layer, String path) throws KernelException {
        Marks marks = new Marks(copies, layer);
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
            String above = path.substring(0, slash);
            Optional<FileDetail> found = copies.find(layer, above);
            if (found.isEmpty()) {
                return false;
            }
            if (found.get().identity().kind() != Kind.DIRECTORY || marks.opaque(above)) {
                return true;
            }
        }
        return false;
    }

    /** Names seen in a directory. */
    Iterable<String> list(String path) throws KernelException {
        TreeSet<String> names = new TreeSet<>();
        for (Fd layer : layers) {
            Optional<FileDetail> found = copies.find(layer, path);
            if (found.filter(detail -> detail.identity().kind() == Kind.DIRECTORY).isPresent()) {
                names.addAll(files.tree(layer).list(path));
            }
        }
        TreeSet<String> seen = new TreeSet<>();
        for (String name : names) {
            if (find(Diff.child(path, name)).isPresent()) {
                seen.add(name);
            }
        }
        return seen;
    }
}
