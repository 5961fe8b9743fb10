package overlayd.kernel.jna;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountTier;
import overlayd.kernel.OverlayMount;
import overlayd.kernel.RawText;

/**
 * Mounts overlays in the three tiers of {@link MountTier}. The directories are opened once, O_PATH, in the calling thread's mount
 * namespace (one opened before unshare(CLONE_NEWNS) is refused with EINVAL), and in every tier the kernel is led to those
 * descriptors rather than to paths, where it allows that.
 */
final class OverlayTiers {
    /** MS_NODEV, and MOUNT_ATTR_NODEV has the same value. */
    private static final long NODEV = 4;
    /** mount(2) takes one page of options and cuts the rest off in silence. */
    private static final int OPTIONS_LIMIT = 4095;
    /** fsconfig(2) takes strings below 256 bytes. */
    private static final int STRING_LIMIT = 255;

    private final Optional<MountTier> forced;
    private volatile MountTier probed;

    OverlayTiers(Optional<MountTier> forced) {
        this.forced = forced;
    }

    MountTier tier() throws KernelException {
        if (forced.isPresent()) {
            return forced.get();
        }
        if (probed == null) {
            probed = probe();
        }
        return probed;
    }

    /**
     * Tries settings on contexts that are never made into a file system. Kernels before 6.5 pass every string on unseen until the
     * mount, so one that takes a nonsense option says nothing by taking {@code lowerdir+}.
     */
    private static MountTier probe() throws KernelException {
        try (FsContext context = FsContext.open("overlay"); Fd root = directory("open", "/")) {
            try {
                context.descriptor("lowerdir+", root, "/");
                return MountTier.FD;
            } catch (KernelException e) {
                // EBADF (6.12), EINVAL, EOPNOTSUPP (6.1): try the next
            }
        }
        try (FsContext context = FsContext.open("overlay")) {
            boolean checked = context.tryString("overlayd_probe", "x") != null;
            return checked && context.tryString("lowerdir+", "/") == null ? MountTier.STRING : MountTier.MOUNT;
        }
    }

    Fd mount(OverlayMount overlay, String live) throws KernelException {
        MountTier tier = tier();
        try (KernelLog log = KernelLog.open(); Layers layers = new Layers(overlay); Fd target = directory("open live", live)) {
            try {
                return tier == MountTier.MOUNT ? byMount(overlay, layers, target, live) : byContext(overlay, layers, target, tier);
            } catch (KernelException e) {
                throw explained(e, live, log, layers);
            }
        }
    }

    private static Fd byContext(OverlayMount overlay, Layers layers, Fd target, MountTier tier) throws KernelException {
        try (FsContext context = FsContext.open("overlay"); Arena arena = new Arena()) {
            context.string("source", "overlay");
            for (int i = 0; i < layers.lowers.size(); i++) {
                set(context, tier, "lowerdir+", layers.lowers.get(i), overlay.lowerdirs().get(i));
            }
            set(context, tier, "upperdir", layers.upper, overlay.upperdir());
            set(context, tier, "workdir", layers.work, overlay.workdir());
            context.options(overlay.options());
            context.create();
            Fd mount = context.mount(NODEV);
            try {
                long empty = arena.text("");
                Libc.call("attach overlay", "", SyscallNumber.MOVE_MOUNT, mount.number(), empty, target.number(), empty,
                        Abi.MOVE_MOUNT_F_EMPTY_PATH | Abi.MOVE_MOUNT_T_EMPTY_PATH);
                return mount;
            } catch (KernelException e) {
                mount.close();
                throw e;
            }
        }
    }

    private static void set(FsContext context, MountTier tier, String key, Fd directory, String path) throws KernelException {
        if (tier == MountTier.FD) {
            context.descriptor(key, directory, path);
        } else {
            // A backslash would be taken for an escape in upperdir and workdir, not in lowerdir+.
            boolean plain = RawText.encode(path).length <= STRING_LIMIT && path.indexOf('\\') < 0;
            context.string(key, plain ? path : ProcFd.name(directory));
        }
    }

    private static Fd byMount(OverlayMount overlay, Layers layers, Fd target, String live) throws KernelException {
        StringBuilder options = new StringBuilder("lowerdir=");
        for (int i = 0; i < layers.lowers.size(); i++) {
            options.append(i == 0 ? "" : ":").append(ProcFd.name(layers.lowers.get(i)));
        }
        options.append(",upperdir=").append(ProcFd.name(layers.upper)).append(",workdir=").append(ProcFd.name(layers.work));
        for (Map.Entry<String, String> option : overlay.options().entrySet()) {
            options.append(',').append(option.getKey()).append(option.getValue().isEmpty() ? "" : "=").append(option.getValue());
        }
        if (options.length() > OPTIONS_LIMIT) {
            throw new KernelException("mount overlay", live, Errno.E2BIG, layers.lowers.size()
                    + " lowerdirs are too many for one page of mount options; kernels from 6.7 on take up to 500");
        }
        try (Arena arena = new Arena()) {
            long name = arena.text("overlay");
            Libc.call("mount overlay", live, SyscallNumber.MOUNT, name, arena.text(ProcFd.name(target)), name, NODEV,
                    arena.text(options.toString()));
        }
        return directory("open live", live); // target is what now lies below the overlay
    }

    private static Fd directory(String what, String path) throws KernelException {
        try (Arena arena = new Arena()) {
            return Libc.open(what, path, SyscallNumber.OPENAT, Abi.AT_FDCWD, arena.text(path),
                    Abi.O_PATH | Abi.O_DIRECTORY | Abi.O_CLOEXEC, 0);
        }
    }

    /** The same failure as "mount overlay", with the kernel's words, else with the rule that is broken. */
    private static KernelException explained(KernelException e, String live, KernelLog log, Layers layers) {
        String text = e.kernelText();
        if (text.isEmpty()) {
            text = OverlayRules.broken(layers.overlay, layers.lowers, layers.upper, layers.work, e.errno());
        }
        String kernel = log.since("overlayfs: ");
        if (!kernel.isEmpty() && !text.contains(kernel)) {
            text = text.isEmpty() ? kernel : text + " (" + kernel + ")";
        }
        String call = e.call().startsWith("set ") ? "mount overlay, " + e.call() + " \"" + e.subject() + "\", on" : "mount overlay";
        KernelException better = new KernelException(call, live, e.errno(), text);
        better.addSuppressed(e);
        return better;
    }

    /** The open directories of one overlay. */
    private static final class Layers implements AutoCloseable {
        private final OverlayMount overlay;
        private final List<Fd> lowers = new ArrayList<>();
        private Fd upper;
        private Fd work;

        Layers(OverlayMount overlay) throws KernelException {
            this.overlay = overlay;
            try {
                for (String lowerdir : overlay.lowerdirs()) {
                    lowers.add(directory("open lowerdir", lowerdir));
                }
                upper = directory("open upperdir", overlay.upperdir());
                work = directory("open workdir", overlay.workdir());
            } catch (KernelException e) {
                close();
                throw e;
            }
        }

        @Override
        public void close() {
            lowers.forEach(Fd::close);
            for (Fd fd : new Fd[] {upper, work}) {
                if (fd != null) {
                    fd.close();
                }
            }
        }
    }
}
