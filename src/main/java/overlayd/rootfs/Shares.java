package overlayd.rootfs;

import java.util.EnumSet;
import java.util.Set;
import overlayd.config.ByteText;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountFlag;
import overlayd.kernel.Mounts;
import overlayd.kernel.Mounts.Extent;
import overlayd.plan.MountStep;

/** Binds directories and files of the host into the root, with what is mounted below them. */
final class Shares {
    private final Mounts mounts;
    private final Files files;

    Shares(Mounts mounts, Files files) {
        this.mounts = mounts;
        this.files = files;
    }

    void bind(MountStep.BindShare share, Root root) throws KernelException {
        try (Fd source = files.openPath(ByteText.of(share.source()))) {
            boolean directory = files.identity(source).kind() == Kind.DIRECTORY;
            try (Fd target = root.shareTarget(share.target(), directory); Fd copy = mounts.copy(source, Extent.WITH_SUBMOUNTS)) {
                Set<MountFlag> flags = flags(share);
                if (!flags.isEmpty()) {
                    mounts.addFlags(copy, Extent.WITH_SUBMOUNTS, flags);
                }
                Root.attach(mounts, copy, target, share.target());
            }
        }
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
