package overlayd.upper;

import java.util.List;
import java.util.Optional;
import overlayd.kernel.Copies;
import overlayd.kernel.Fd;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;
import overlayd.kernel.RawText;

/**
 * Makes one layer of several that lie on one another: on whatever lies below them it shows the same. Files are further names of those of the
 * layers, so it takes no room, and neither it nor they may be written any more. One thread.
 */
public final class Merging {
    private final Files files;
    private final Copies copies;
    private final Fd place;
    private final List<String> names;
    private final View view;

    /**
     * A merging of layers of one directory.
     *
     * @param place directory that has them
     * @param names their names in it, top first
     * @param layers the same, opened; all stay the caller's
     */
    public Merging(Files files, Copies copies, Fd place, List<String> names, List<Fd> layers) {
        this.files = files;
        this.copies = copies;
        this.place = place;
        this.names = List.copyOf(names);
        this.view = new View(files, copies, layers);
    }

    /** Makes it under a name that there is not yet. */
    public void into(String name) throws KernelException {
        View.Node root = view.root();
        copies.copy(place, names.get(0), place, name);
        fill(name, root);
        copies.copyMetadata(place, names.get(0), place, name); // once more, for its time
    }

    private void fill(String made, View.Node directory) throws KernelException {
        for (String name : view.listed(directory, 0, view.size())) {
            String path = made + "/" + name;
            Optional<View.Node> child = view.child(directory, name);
            if (child.isEmpty()) {
                if (directory.on().isPresent()) {
                    files.tree(place).makeCharacterDevice(path, 0, 0, 0); // hides what may lie below
                }
            } else if (child.get().directory()) {
                directory(path, child.get(), directory.on().map(around -> View.child(around, name)));
            } else {
                copies.link(place, source(child.get().top()), path);
            }
        }
    }

    /** {@code usual}: where what is below would be looked for if the directory said nothing. */
    private void directory(String made, View.Node directory, Optional<String> usual) throws KernelException {
        String source = source(directory.top());
        copies.copy(place, source, place, made);
        new BootMark(files, copies).copy(place, source, made);
        if (directory.on().isEmpty()) {
            copies.setAttribute(place, made, Marks.OPAQUE, new byte[] {'y'});
        } else if (!directory.on().equals(usual)) {
            copies.setAttribute(place, made, Marks.REDIRECT, RawText.encode("/" + directory.on().get()));
        }
        fill(made, directory);
        copies.copyMetadata(place, source, place, made);
    }

    private String source(View.Found found) {
        return found.path().isEmpty() ? names.get(found.layer()) : names.get(found.layer()) + "/" + found.path();
    }
}
