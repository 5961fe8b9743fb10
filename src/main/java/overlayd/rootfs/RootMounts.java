package overlayd.rootfs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import overlayd.config.ByteText;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileSystem;
import overlayd.kernel.ImageMount;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountFlag;
import overlayd.kernel.Mounts;
import overlayd.kernel.Mounts.Extent;
import overlayd.kernel.OverlayMount;
import overlayd.kernel.RawText;
import overlayd.kernel.Tree;
import overlayd.plan.RootStep;

/** Mounts the layers of a root, each at its place in the private tmpfs, and over that the root itself, which it keeps open. */
final class RootMounts implements RootStep.Cases<Void, KernelException>, AutoCloseable {
    private final Kernel kernel;
    private final Mounts mounts;
    private final RootBuilder.Making making;
    private final Optional<IdMapping> ids;
    private PrivateFiles privateFiles;
    private Root root;

    /** As of {@link RootBuilder#RootBuilder(Kernel, Mounts, RootBuilder.Making, Optional)}. */
    RootMounts(Kernel kernel, Mounts mounts, RootBuilder.Making making, Optional<IdMapping> ids) {
        this.kernel = kernel;
        this.mounts = mounts;
        this.making = making;
        this.ids = ids;
    }

    /** The root. @throws IllegalStateException none is mounted yet */
    Root root() {
        if (root == null) {
            throw new IllegalStateException("no root is mounted yet");
        }
        return root;
    }

    /** As {@link RootBuilder#made}. */
    List<String> made() {
        return root == null ? List.of() : root.made();
    }

    /** As {@link RootBuilder#takeLive}. */
    Fd takeLive() {
        Fd live = root().live();
        root = null;
        return live;
    }

    /** The files that are bound into the root; they are there when the root is. */
    PrivateFiles privateFiles() {
        return privateFiles;
    }

    @Override
    public void close() {
        if (privateFiles != null) {
            privateFiles.close();
        }
        if (root != null) {
            root.live().close();
            root = null;
        }
    }

    @Override
    public Void image(RootStep.MountImage step) throws KernelException {
        String file = ByteText.of(step.file());
        try (Fd opened = kernel.files().openForReading(file); Fd place = privatePlace(step.live(), step.place());
                Fd mount = mounts.image(opened, file, new ImageMount(step.type(), 0, 0, ImageMount.Access.READ_ONLY))) {
            attach(mount, place, ByteText.of(step.place()));
        }
        return null;
    }

    @Override
    public Void throwAway(RootStep.MountThrowAway step) throws KernelException {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("mode", "700");
        options.put("size", step.size());
        try (Fd place = privatePlace(step.live(), step.place());
                Fd tmpfs = mounts.make(new FileSystem("tmpfs", options, Set.of(MountFlag.NO_DEVICES)))) {
            Tree tree = kernel.files().tree(tmpfs);
            tree.makeDirectory("upper", 0755); // the mode of the subhost's /
            tree.makeDirectory("work", 0700);
            if (!step.interfaces().isEmpty()) {
                tree.makeDirectories("upper/etc/network", 0755);
                tree.makeFile("upper/etc/network/interfaces", 0644, RawText.encode(step.interfaces()));
            }
            attach(tmpfs, place, ByteText.of(step.place()));
        }
        return null;
    }

    @Override
    public Void mapped(RootStep.MapLayers step) throws KernelException {
        try (Fd place = privateFiles(step.live()).directory(RootStep.MapLayers.PLACE)) {
            new MappedLayers(kernel, ids.orElseThrow(), kernel.files().tree(place)).make(step);
        }
        return null;
    }

    @Override
    public Void covered(RootStep.CoverLower step) throws KernelException {
        privatePlace(step.live(), step.place()).close();
        CoveredLower.mount(kernel, ByteText.of(step.lower()), ByteText.of(step.place()));
        return null;
    }

    @Override
    public Void secrets(RootStep.HideSecrets step) throws KernelException {
        privateFiles(step.live());
        List<Fd> lowers = new ArrayList<>();
        try {
            for (Path lower : step.lowerdirs()) {
                lowers.add(kernel.files().openPath(ByteText.of(lower)));
            }
            try (Fd layer = privateFiles.directory(ByteText.of(step.layer().getFileName()))) {
                SecretsLayer.fill(kernel, lowers, layer);
            }
        } finally {
            lowers.forEach(Fd::close);
        }
        return null;
    }

    @Override
    public Void overlay(RootStep.MountOverlay step) throws KernelException {
        OverlayMount overlay = new OverlayMount(step.lowerdirs().stream().map(ByteText::of).toList(), ByteText.of(step.upperdir()),
                ByteText.of(step.workdir()), step.options());
        String live = ByteText.of(step.live());
        privateFiles(step.live());
        begin(mounts.overlay(overlay, live));
        // Overlayfs falls back to read-only in silence when it cannot use the workdir.
        if (kernel.files().fileSystem(root.live()).readOnly()) {
            throw new KernelException("mount overlay", live, Errno.EROFS, "the overlay came up read-only: the workdir cannot be used");
        }
        root.place("proc").close(); // a place that stays open keeps the overlay mounted for ever
        return null;
    }

    @Override
    public Void bindRoot(RootStep.BindRoot step) throws KernelException {
        // A pre-mounted root keeps what is mounted below it (its own /run); of another directory only itself is bound, as
        // mount --bind does: with "/" everything of the host would come along.
        Extent extent = step.source().equals(step.live()) ? Extent.WITH_SUBMOUNTS : Extent.ONE;
        String live = ByteText.of(step.live());
        try (Fd source = kernel.files().openPath(ByteText.of(step.source()))) {
            begin(ids.isEmpty() ? mounts.copy(source, extent) : ids.get().copy(kernel, source, extent, ByteText.of(step.source())));
        }
        mounts.addFlags(root.live(), extent, Set.of(MountFlag.NO_DEVICES));
        privateFiles = PrivateFiles.below(live, kernel.files(), mounts);
        try (Fd target = kernel.files().openPath(live)) {
            attach(root.live(), target, live);
        }
        root.place("proc").close(); // a place that stays open keeps the overlay mounted for ever
        return null;
    }

    private Fd privatePlace(Path live, Path place) throws KernelException {
        return privateFiles(live).directory(ByteText.of(place.getFileName()));
    }

    private PrivateFiles privateFiles(Path live) throws KernelException {
        if (privateFiles == null) {
            privateFiles = PrivateFiles.below(ByteText.of(live), kernel.files(), mounts);
        }
        return privateFiles;
    }
    private void begin(Fd live) {
        root = new Root(live, kernel, making);
    }

    private void attach(Fd mount, Fd place, String path) throws KernelException {
        Root.attach(mounts, mount, place, path);
    }
}
