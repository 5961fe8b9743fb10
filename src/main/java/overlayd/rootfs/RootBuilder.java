package overlayd.rootfs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import overlayd.config.ByteText;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.FileSystem;
import overlayd.kernel.FileSystemInfo;
import overlayd.kernel.ImageMount;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountFlag;
import overlayd.kernel.Mounts;
import overlayd.kernel.Mounts.Extent;
import overlayd.kernel.OverlayMount;
import overlayd.kernel.RawText;
import overlayd.kernel.Terminals;
import overlayd.kernel.Tree;
import overlayd.plan.CoverLower;
import overlayd.plan.MountStep;

/**
 * Carries out the steps of one boot that lie in the subhost's mount namespace, in order, on a namespace worker after
 * unshareMounts(). Keeps the root open between steps, so that every later step starts from the descriptor and not from a path.
 * If a job ends between two steps (to wait for a hook), a later job may go on with the same builder after enterMounts().
 *
 * <p>Not thread-safe. Close it on the thread of the last job, before the job ends.
 */
public final class RootBuilder implements AutoCloseable {
    private static final int LOCK_MODE = 01777;

    private final Kernel kernel;
    private final Mounts mounts;
    private final Making making;
    private final Optional<IdMapping> ids;
    private final Cases cases = new Cases();
    private PrivateFiles privateFiles;
    private Root root;
    private Fd console;
    /** Mount id of the subhost's /run, 0 while there is none of its own. */
    private long runMount;

    public RootBuilder(Kernel kernel, Mounts mounts) {
        this(kernel, mounts, path -> { }, Optional.empty());
    }

    /**
     * @param making told of every mount point before it is made in the root: it outlives the namespace, and even the daemon
     * @param ids of the subhost's user namespace; then its jobs act as its root (Workplace.actAs)
     */
    public RootBuilder(Kernel kernel, Mounts mounts, Making making, Optional<IdMapping> ids) {
        this.kernel = kernel;
        this.mounts = mounts;
        this.making = making;
        this.ids = ids;
    }

    /** Hears of what is about to be made in the root. */
    public interface Making {
        /** @param path relative to the root. @throws KernelException it must not be made */
        void before(String path) throws KernelException;
    }

    /**
     * Does one step; {@link MountStep.RunHook} is not for here but for {@link Hooks}.
     *
     * @throws KernelException the host refused; the namespace is to be given up
     */
    public void carryOut(MountStep step) throws KernelException {
        step.match(cases);
    }

    /** The root of the subhost, O_PATH; stays the builder's. */
    public Fd live() {
        return root().live();
    }

    /** The master of the terminal on /dev/console, now the caller's to close; empty where the plan makes none. */
    public Optional<Fd> takeConsole() {
        Optional<Fd> taken = Optional.ofNullable(console);
        console = null;
        return taken;
    }

    /** As {@link #live}, now the caller's to close: the builder takes no further step. */
    public Fd takeLive() {
        Fd live = root().live();
        root = null;
        return live;
    }

    /**
     * Mount points that were missing and were made in the root so far, relative to it, outermost first. They lie in UPPER (or the
     * bound root) and outlive the namespace: a failed boot takes them back by {@link HostFiles#removeMade}. See also {@link Making}.
     */
    public List<String> made() {
        return root == null ? List.of() : root.made();
    }

    private Root root() {
        if (root == null) {
            throw new IllegalStateException("no root is mounted yet");
        }
        return root;
    }

    /** Closes what is open; what was mounted stays until the namespace goes. */
    @Override
    public void close() {
        if (privateFiles != null) {
            privateFiles.close();
        }
        if (root != null) {
            root.live().close();
            root = null;
        }
        takeConsole().ifPresent(Fd::close);
    }

    private final class Cases implements MountStep.Cases<Void, KernelException> {
        @Override
        public Void image(MountStep.MountImage step) throws KernelException {
            String file = ByteText.of(step.file());
            try (Fd opened = kernel.files().openForReading(file); Fd place = privatePlace(step.live(), step.place());
                    Fd mount = mounts.image(opened, file, new ImageMount(step.type(), 0, 0, ImageMount.Access.READ_ONLY))) {
                attach(mount, place, ByteText.of(step.place()));
            }
            return null;
        }

        @Override
        public Void throwAway(MountStep.MountThrowAway step) throws KernelException {
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

        private Fd privatePlace(java.nio.file.Path live, java.nio.file.Path place) throws KernelException {
            return privateFiles(live).directory(ByteText.of(place.getFileName()));
        }

        private PrivateFiles privateFiles(java.nio.file.Path live) throws KernelException {
            if (privateFiles == null) {
                privateFiles = PrivateFiles.below(ByteText.of(live), kernel.files(), mounts);
            }
            return privateFiles;
        }

        @Override
        public Void overlay(MountStep.MountOverlay step) throws KernelException {
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
        public Void mapped(MountStep.MapLayers step) throws KernelException {
            try (Fd place = privateFiles(step.live()).directory(MountStep.MapLayers.PLACE)) {
                new MappedLayers(kernel, ids.orElseThrow(), kernel.files().tree(place)).make(step);
            }
            return null;
        }

        @Override
        public Void secrets(MountStep.HideSecrets step) throws KernelException {
            privateFiles(step.live());
            List<Fd> lowers = new ArrayList<>();
            try {
                for (java.nio.file.Path lower : step.lowerdirs()) {
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
        public Void covered(CoverLower step) throws KernelException {
            privatePlace(step.live(), step.place()).close();
            CoveredLower.mount(kernel, ByteText.of(step.lower()), ByteText.of(step.place()));
            return null;
        }

        @Override
        public Void bindRoot(MountStep.BindRoot step) throws KernelException {
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

        @Override
        public Void dev(MountStep.MountDev step) throws KernelException {
            new DeviceDirectory(mounts, kernel.files(), shift()).mountOn(root());
            return null;
        }

        @Override
        public Void console(MountStep.MakeConsole step) throws KernelException {
            try (Fd devpts = root().place("dev/pts"); Fd place = root().place("dev/console");
                    Terminals.Pair terminal = kernel.terminals().open(devpts); Fd slave = mounts.copy(terminal.slave(), Extent.ONE)) {
                attach(slave, place, "/dev/console");
                console = kernel.pipes().duplicate(terminal.master());
            }
            return null;
        }

        @Override
        public Void devices(MountStep.MakeDevices step) throws KernelException {
            try (Fd dev = root().place("dev")) {
                for (java.nio.file.Path device : step.devices()) {
                    new DeviceDirectory(mounts, kernel.files(), shift()).add(kernel.files().tree(dev), device);
                }
            }
            return null;
        }

        @Override
        public Void sys(MountStep.MountSys step) throws KernelException {
            mount("sysfs", Map.of(), Set.of(MountFlag.NO_SUID, MountFlag.NO_DEVICES, MountFlag.NO_EXECUTION), "sys");
            return null;
        }

        @Override
        public Void run(MountStep.MountRun step) throws KernelException {
            try (Fd place = root().place("run")) {
                FileIdentity there = kernel.files().identity(place);
                if (there.mountRoot() && kernel.files().fileSystem(place).magic() == FileSystemInfo.TMPFS) {
                    runMount = there.mountId();
                    makeLock(place);
                    return null;
                }
                Map<String, String> options = new LinkedHashMap<>();
                options.put("mode", "755");
                options.put("size", step.size());
                try (Fd tmpfs = mounts.make(new FileSystem("tmpfs", options, Set.of(MountFlag.NO_SUID, MountFlag.NO_DEVICES)))) {
                    makeLock(tmpfs);
                    attach(tmpfs, place, "/run");
                    runMount = kernel.files().identity(tmpfs).mountId();
                }
            }
            return null;
        }

        private void makeLock(Fd run) throws KernelException {
            if (!kernel.files().tree(run).exists("lock")) {
                kernel.files().tree(run).makeDirectory("lock", LOCK_MODE);
            }
        }

        @Override
        public Void content(MountStep.BindContent step) throws KernelException {
            byte[] bytes = RawText.encode(step.content());
            boolean readOnly = step.hold() == MountStep.BindContent.Hold.READ_ONLY;
            Optional<Fd> found = root().find(step.target());
            if (found.isEmpty() && readOnly && !root().tree().exists(step.target())) {
                found = Optional.of(root().filePlace(step.target()));
            }
            if (found.isEmpty()) {
                new RunLinks(kernel.files(), root(), runMount).write(step.target(), bytes);
                return null;
            }
            try (Fd place = found.get()) {
                // A device or directory there means that somebody arranged something else.
                if (kernel.files().identity(place).kind() == Kind.REGULAR) {
                    privateFiles.bind(step.target(), bytes, place, readOnly ? Set.of(MountFlag.NO_EXECUTION, MountFlag.READ_ONLY) : Set.of(MountFlag.NO_EXECUTION));
                }
            }
            return null;
        }

        @Override
        public Void reaper(MountStep.BindReaper step) throws KernelException {
            privateFiles.bindProgram(root(), ByteText.of(step.program()));
            return null;
        }

        @Override
        public Void share(MountStep.BindShare step) throws KernelException {
            new Shares(kernel, ids).bind(step, root());
            return null;
        }

        @Override
        public Void hook(MountStep.RunHook step) {
            throw new IllegalArgumentException("hooks are waited for outside of a namespace worker's job");
        }
    }

    /** What is to be added to an id inside. */
    private int shift() {
        return ids.map(mapping -> mapping.host(0)).orElse(0);
    }

    private void begin(Fd live) {
        root = new Root(live, kernel, making);
    }

    private void mount(String type, Map<String, String> options, Set<MountFlag> flags, String name) throws KernelException {
        try (Fd place = root().place(name); Fd mount = mounts.make(new FileSystem(type, options, flags))) {
            attach(mount, place, "/" + name);
        }
    }

    private void attach(Fd mount, Fd place, String path) throws KernelException {
        Root.attach(mounts, mount, place, path);
    }
}
