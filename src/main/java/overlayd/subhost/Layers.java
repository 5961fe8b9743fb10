package overlayd.subhost;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import overlayd.config.ByteText;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.plan.PathFacts;
import overlayd.rootfs.PathReader;
import overlayd.upper.Below;

/** The layers of one subhost, opened for reading: its upperdir, and what lies below. Any host thread. */
final class Layers implements AutoCloseable {
    private final Fd upper;
    private final List<Fd> lowers;
    private final Below below;

    private Layers(Kernel kernel, Fd upper, List<Fd> lowers) {
        this.upper = upper;
        this.lowers = lowers;
        this.below = new Below(kernel.files(), kernel.copies(), lowers);
    }

    /** @param lowers directories and image files, top first */
    static Layers open(Kernel kernel, Path upper, List<Path> lowers) throws KernelException {
        List<Fd> opened = new ArrayList<>();
        try {
            PathReader reader = new PathReader(kernel.files());
            for (Path lower : lowers) {
                PathFacts facts = Lowers.facts(lower, reader.facts(lower));
                opened.add(new Lowers(kernel).open(lower, facts));
            }
            return new Layers(kernel, kernel.files().openPath(ByteText.of(upper)), opened);
        } catch (KernelException | RuntimeException failed) {
            opened.forEach(Fd::close);
            throw failed;
        }
    }

    Fd upper() {
        return upper;
    }

    Below below() {
        return below;
    }

    @Override
    public void close() {
        upper.close();
        lowers.forEach(Fd::close);
    }
}
