package overlayd.subhost;

import java.util.Set;
import overlayd.kernel.Fd;
import overlayd.kernel.FileSystem;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountFlag;
import overlayd.kernel.MountTier;
import overlayd.kernel.Mounts;
import overlayd.kernel.OverlayMount;

/** Mounts: a new one is a new empty directory, an overlay is its upperdir. */
final class ModelMounts implements Mounts {
    private final ModelKernel kernel;

    ModelMounts(ModelKernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public MountTier tier() {
        return MountTier.FD;
    }

    @Override
    public void makeAllPrivate() {
        // nothing travels in the model
    }

    @Override
    public Fd overlay(OverlayMount overlay, String live) throws KernelException {
        ModelFiles files = new ModelFiles(kernel);
        for (String lower : overlay.lowerdirs()) {
            files.find(lower);
        }
        ModelHost.Open mount = new ModelHost.Open(live, files.find(overlay.upperdir()));
        kernel.host.attach(kernel.mounts.get(), mount, files.find(live));
        return kernel.fd(mount);
    }

    @Override
    public Fd make(FileSystem fileSystem) {
        return kernel.fd(new ModelHost.Open(fileSystem.type(), ModelHost.Node.directory()));
    }

    @Override
    public Fd image(Fd file, String path, overlayd.kernel.ImageMount image) {
        return kernel.fd(new ModelHost.Loop(path));
    }

    @Override
    public Fd copy(Fd source, Extent extent) {
        ModelHost.Open of = kernel.thing(ModelHost.Open.class, source);
        return kernel.fd(new ModelHost.Open(of.path, of.node));
    }

    @Override
    public void addFlags(Fd mount, Extent extent, Set<MountFlag> flags) {
        kernel.thing(mount);
    }

    @Override
    public void mapIds(Fd mount, Extent extent, Fd userns) {
        kernel.thing(mount);
    }

    @Override
    public void attach(Fd mount, Fd target) {
        kernel.host.attach(kernel.mounts.get(), kernel.thing(ModelHost.Open.class, mount), kernel.thing(ModelHost.Open.class, target).node);
    }

    @Override
    public void detach(Fd mount) {
        kernel.thing(mount);
    }

    @Override
    public void makeOpaque(Fd directory) {
    }

    @Override
    public boolean opaque(Fd directory) {
        return false;
    }
}
