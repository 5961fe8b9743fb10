package overlayd.trial;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import overlayd.config.ByteText;
import overlayd.config.Security;
import overlayd.facts.Lowers;
import overlayd.kernel.Fd;
import overlayd.kernel.FileDetail;
import overlayd.kernel.FileSystem;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountFlag;
import overlayd.plan.PathFacts;
import overlayd.rootfs.PathReader;
import overlayd.rootfs.SecretsLayer;
import overlayd.upper.Diff;
import overlayd.upper.View;

/** The layers of one subhost, opened for reading: its upperdirs, and what lies below. Any host thread. */
final class Layers implements AutoCloseable {
    private final Kernel kernel;
    private final List<Fd> uppers = new ArrayList<>();
    private final List<Fd> lowers = new ArrayList<>();
    /** The layer that hides secrets, which is made for these layers only. */
    private Optional<Fd> secrets = Optional.empty();

    private Layers(Kernel kernel) {
        this.kernel = kernel;
    }

    /**
     * Opens them.
     *
     * @param uppers directories, top first
     * @param lowers directories and image files, top first
     */
    static Layers open(Kernel kernel, List<Path> uppers, List<Path> lowers) throws KernelException {
        return open(kernel, uppers, new Below(List.of(), lowers, Security.Secrets.SHOWN));
    }

    /**
     * What upperdirs lie on, top first.
     *
     * @param own former upperdirs
     * @param lowers directories and image files of LOWER
     * @param secrets whether those are seen through the layer that hides their secrets
     */
    record Below(List<Path> own, List<Path> lowers, Security.Secrets secrets) {
        Below {
            own = List.copyOf(own);
            lowers = List.copyOf(lowers);
        }
    }

    /** As the subhost sees them. */
    static Layers open(Kernel kernel, List<Path> uppers, Below below) throws KernelException {
        Layers layers = new Layers(kernel);
        try {
            for (Path upper : uppers) {
                layers.uppers.add(kernel.files().openPath(ByteText.of(upper)));
            }
            PathReader reader = new PathReader(kernel.files());
            for (Path lower : Stream.concat(below.own().stream(), below.lowers().stream()).toList()) {
                PathFacts facts = Lowers.facts(lower, reader.facts(lower));
                layers.lowers.add(new Lowers(kernel).open(lower, facts));
            }
            if (below.secrets() == Security.Secrets.HIDDEN) {
                layers.hide(below.own().size());
            }
            return layers;
        } catch (KernelException | RuntimeException failed) {
            layers.close();
            throw failed;
        }
    }

    private void hide(int at) throws KernelException {
        List<Fd> hidden = List.copyOf(lowers.subList(at, lowers.size()));
        Fd layer = kernel.mounts().make(new FileSystem("tmpfs", Map.of("mode", "755"), Set.of(MountFlag.NO_SUID, MountFlag.NO_DEVICES)));
        lowers.add(at, layer);
        secrets = Optional.of(layer);
        SecretsLayer.fill(kernel, hidden, layer);
    }

    /**
     * When what is below the upperdirs was changed. What only the layer of secrets has is as old as that, which every boot makes anew: there
     * counts what it was made of, and what it hides is nobody's change.
     */
    long changed(String path, FileDetail there) throws KernelException {
        if (secrets.isEmpty()) {
            return there.changed();
        }
        Optional<View.Found> top = new View(kernel.files(), kernel.copies(), lowers).find(path).map(View.Node::top);
        if (top.filter(found -> found.root() == secrets.get()).isEmpty()) {
            return there.changed();
        }
        List<Fd> below = lowers.subList(lowers.indexOf(secrets.get()) + 1, lowers.size());
        return top.get().directory() ? 0 : new View(kernel.files(), kernel.copies(), below).find(path).map(node -> node.top().detail().changed()).orElse(0L);
    }

    Diff.Layers of() {
        return new Diff.Layers(uppers, lowers);
    }

    @Override
    public void close() {
        uppers.forEach(Fd::close);
        lowers.forEach(Fd::close);
    }
}
