package overlayd.rootfs;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import overlayd.config.ByteText;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.Files;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountFlag;
import overlayd.kernel.Mounts;
import overlayd.kernel.Mounts.Extent;
import overlayd.plan.MountStep;

/** Binds directories and files of the host into the root, with what is mounted below them. */
public final class Shares {
    private final Kernel kernel;
    private final Mounts mounts;
    private final Files files;
    private final Optional<IdMapping> ids;

    /** @param ids whose ids the files are to have inside */
    Shares(Kernel kernel, Optional<IdMapping> ids) {
        this.kernel = kernel;
        this.mounts = kernel.mounts();
        this.files = kernel.files();
        this.ids = ids;
    }

    void bind(MountStep.BindShare share, Root root) throws KernelException {
        try (Fd source = openWithoutLinks(files, ByteText.of(share.source()))) {
            boolean directory = files.identity(source).kind() == Kind.DIRECTORY;
            try (Fd target = root.shareTarget(share.target(), directory); Fd copy = copy(share, source)) {
                Set<MountFlag> flags = flags(share);
                if (!flags.isEmpty()) {
                    mounts.addFlags(copy, Extent.WITH_SUBMOUNTS, flags);
                }
                Root.attach(mounts, copy, target, share.target());
            }
        }
    }

    /** ELOOP: a link came into the absolute path. */
    public static Fd openWithoutLinks(Files files, String path) throws KernelException {
        try (Fd root = files.openPath("/")) {
            return files.tree(root).openPlace(path.substring(1));
        }
    }

    private Fd copy(MountStep.BindShare share, Fd source) throws KernelException {
        return ids.isEmpty() ? mounts.copy(source, Extent.WITH_SUBMOUNTS)
                : ids.get().copy(kernel, source, Extent.WITH_SUBMOUNTS, ByteText.of(share.source()));
    }

    private static Set<MountFlag> flags(MountStep.BindShare share) {
        Set<MountFlag> flags = EnumSet.noneOf(MountFlag.class);
        if (share.access() == MountStep.BindShare.Access.READ_ONLY) {
            flags.add(MountFlag.READ_ONLY);
        }
        // A device node in a shared directory must not work in the subhost; whoever shares from /dev means the devices.
        if (!share.source().normalize().startsWith("/dev")) {
            flags.add(MountFlag.NO_DEVICES);
        }
        return flags;
    }
}
