package overlayd.upper;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import overlayd.kernel.Copies;
import overlayd.kernel.Fd;
import overlayd.kernel.FileDetail;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;

/**
 * Layers as the one tree that an overlay of them shows: whiteouts, opaque directories and renamed ones of every layer are understood, as
 * fs/overlayfs/namei.c does (ovl_lookup), without mounting anything. The layers stay the caller's. One thread.
 */
public final class View {
    private final Files files;
    private final Copies copies;
    private final List<Fd> layers;
    private final List<Marks> marks;

    /** @param layers top first, at least one */
    public View(Files files, Copies copies, List<Fd> layers) {
        this.files = files;
        this.copies = copies;
        this.layers = List.copyOf(layers);
        this.marks = this.layers.stream().map(layer -> new Marks(copies, layer)).toList();
    }

    /** A file of one layer, the topmost that has it. */
    public record Found(int layer, Fd root, String path, FileDetail detail) {
        public boolean directory() {
            return detail.identity().kind() == Kind.DIRECTORY;
        }
    }

    /**
     * What is seen at a path.
     *
     * @param top what tells of kind, owner, mode and content
     * @param at of a directory: where each layer has its part, by number of the layer; null where it has none that is seen
     * @param on of a directory: where what lies below all the layers would be looked for; empty: nowhere
     */
    public record Node(Found top, List<String> at, Optional<String> on) {
        public boolean directory() {
            return top.directory();
        }

        /** The parts from layer {@code first} on. */
        List<String> from(int first) {
            return at.subList(first, at.size());
        }

        /** Where the first layer from {@code first} on has it. */
        Optional<String> source(int first) {
            return from(first).stream().filter(Objects::nonNull).findFirst();
        }
    }

    /** What is seen at the root. */
    public Node root() throws KernelException {
        String[] everywhere = new String[layers.size()];
        Arrays.fill(everywhere, "");
        return new Node(new Found(0, layers.get(0), "", copies.detail(layers.get(0), "")), List.of(everywhere), Optional.of(""));
    }

    /** What is seen at {@code path}. */
    public Optional<Node> find(String path) throws KernelException {
        Optional<Node> at = Optional.of(root());
        for (String name : path.isEmpty() ? new String[0] : path.split("/")) {
            at = at.isPresent() && at.get().directory() ? child(at.get(), name) : Optional.empty();
        }
        return at;
    }

    /** What is seen under a name in a directory. */
    public Optional<Node> child(Node directory, String name) throws KernelException {
        return new Lookup(directory, name).node();
    }

    /** The names that layers from {@code first} to before {@code last} have there, hidden ones and whiteouts among them. */
    public Collection<String> listed(Node directory, int first, int last) throws KernelException {
        if (last - first == 1) {
            return directory.at().get(first) == null ? List.of() : files.tree(layers.get(first)).list(directory.at().get(first));
        }
        TreeSet<String> names = new TreeSet<>();
        for (int layer = first; layer < last; layer++) {
            if (directory.at().get(layer) != null) {
                names.addAll(files.tree(layers.get(layer)).list(directory.at().get(layer)));
            }
        }
        return names;
    }

    /** How many layers there are. */
    public int size() {
        return layers.size();
    }

    static String child(String directory, String name) {
        return directory.isEmpty() ? name : directory + "/" + name;
    }

    /** One name looked for through the layers. */
    private final class Lookup {
        private final View.Node directory;
        private final List<String> parents;
        private final String[] at = new String[layers.size()];
        private String name;
        /** Path from the layers' root, once a directory has said that what it is on is elsewhere. */
        private String absolute;
        private boolean stop;
        private Found top;

        Lookup(View.Node directory, String name) {
            this.directory = directory;
            this.parents = directory.at();
            this.name = name;
        }

        Optional<Node> node() throws KernelException {
            for (int layer = 0; layer < layers.size() && !stop; layer++) {
                if (absolute != null) {
                    part(layer, "", absolute.split("/"));
                } else if (parents.get(layer) != null) {
                    part(layer, parents.get(layer), new String[] {name});
                }
            }
            return top == null ? Optional.empty() : Optional.of(new Node(top, new ArrayList<>(Arrays.asList(at)), on()));
        }

        private Optional<String> on() {
            if (stop) {
                return Optional.empty();
            }
            return absolute != null ? Optional.of(absolute) : directory.on().map(around -> View.child(around, name));
        }

        /** Goes down in one layer; what directories on the way say is for the layers below it. */
        private void part(int layer, String base, String[] names) throws KernelException {
            String path = base;
            String further = absolute;
            for (int i = 0; i < names.length; i++) {
                path = View.child(path, names[i]);
                Optional<FileDetail> found = copies.find(layers.get(layer), path);
                boolean last = i == names.length - 1;
                if (found.isEmpty()) {
                    path = null;
                    break;
                }
                if (found.get().identity().kind() != Kind.DIRECTORY) {
                    stop = true;
                    if (last && top == null && !marks.get(layer).whiteout(path, found.get())) {
                        top = new Found(layer, layers.get(layer), path, found.get());
                    }
                    return;
                }
                stop |= marks.get(layer).opaque(path);
                further = redirected(layer, path, names, i).orElse(further);
                if (last && top == null) {
                    top = new Found(layer, layers.get(layer), path, found.get());
                }
            }
            at[layer] = path;
            absolute = further;
        }

        private Optional<String> redirected(int layer, String path, String[] names, int i) throws KernelException {
            Optional<String> to = marks.get(layer).redirect(path);
            if (to.isEmpty()) {
                return to;
            }
            String rest = String.join("/", Arrays.copyOfRange(names, i + 1, names.length));
            String source;
            if (to.get().startsWith("/")) {
                source = to.get().substring(1);
            } else if (absolute == null) {
                name = to.get(); // beside the place, wherever each layer has the directory around it
                return Optional.empty();
            } else {
                source = View.child(String.join("/", Arrays.copyOf(names, i)), to.get());
            }
            return Optional.of(rest.isEmpty() ? source : source + "/" + rest);
        }
    }
}
