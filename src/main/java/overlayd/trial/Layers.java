package overlayd.trial;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import overlayd.config.ByteText;
import overlayd.facts.Lowers;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.plan.PathFacts;
import overlayd.rootfs.PathReader;
import overlayd.upper.Diff;

/** The layers of one subhost, opened for reading: its upperdirs, and what lies below. Any host thread. */
final class Layers implements AutoCloseable {
    private final List<Fd> uppers;
    private final List<Fd> lowers;

    private Layers(List<Fd> uppers, List<Fd> lowers) {
        this.uppers = uppers;
        this.lowers = lowers;
    }

    /**
     * Opens them.
     *
     * @param uppers directories, top first
     * @param lowers directories and image files, top first
     */
    static Layers open(Kernel kernel, List<Path> uppers, List<Path> lowers) throws KernelException {
        List<Fd> changes = new ArrayList<>();
        List<Fd> opened = new ArrayList<>();
        Layers layers = new Layers(changes, opened);
        try {
            for (Path upper : uppers) {
                changes.add(kernel.files().openPath(ByteText.of(upper)));
            }
            PathReader reader = new PathReader(kernel.files());
            for (Path lower : lowers) {
                PathFacts facts = Lowers.facts(lower, reader.facts(lower));
                opened.add(new Lowers(kernel).open(lower, facts));
            }
            return layers;
        } catch (KernelException | RuntimeException failed) {
            layers.close();
            throw failed;
        }
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
