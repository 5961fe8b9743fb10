package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import java.util.Optional;
import java.util.Set;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileSystem;
import overlayd.kernel.ImageMount;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountFlag;
import overlayd.kernel.MountTier;
import overlayd.kernel.Mounts;
import overlayd.kernel.OverlayMount;

/** {@link Mounts} on the mount calls of 5.2 and later (fsopen(2) ... mount_setattr(2)); overlays by {@link OverlayTiers}. */
public final class LinuxMounts implements Mounts {
    private final OverlayTiers overlays;

    /** @param forced the tier to use without probing */
    public LinuxMounts(Optional<MountTier> forced) {
        overlays = new OverlayTiers(forced);
    }

    @Override
    public MountTier tier() throws KernelException {
        return overlays.tier();
    }

    @Override
    public void makeAllPrivate() throws KernelException {
        try (Arena arena = new Arena()) {
            Libc.call("make mounts private", "/", SyscallNumber.MOUNT, arena.text("none"), arena.text("/"), 0, Abi.MS_REC | Abi.MS_PRIVATE);
        }
    }

    @Override
    public Fd overlay(OverlayMount overlay, String live) throws KernelException {
        return overlays.mount(overlay, live);
    }

    @Override
    public Fd make(FileSystem fileSystem) throws KernelException {
        try (FsContext context = FsContext.open(fileSystem.type())) {
            context.string("source", fileSystem.source());
            context.options(fileSystem.options());
            context.create();
            return context.mount(MountFlag.bits(fileSystem.flags()));
        }
    }

    @Override
    public Fd image(Fd file, String path, ImageMount image) throws KernelException {
        return LoopDevice.mount(file, path, image);
    }

    @Override
    public Fd copy(Fd source, Extent extent) throws KernelException {
        try (Arena arena = new Arena()) {
            return Libc.open("copy mount", "", SyscallNumber.OPEN_TREE, source.number(), arena.text(""),
                    Abi.OPEN_TREE_CLONE | Abi.O_CLOEXEC | Abi.AT_EMPTY_PATH | recursive(extent));
        }
    }

    @Override
    public void addFlags(Fd mount, Extent extent, Set<MountFlag> flags) throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer attributes = arena.zeroed(Abi.mount_attr_size);
            attributes.setLong(0, MountFlag.bits(flags));
            Libc.call("set mount flags", "", SyscallNumber.MOUNT_SETATTR, mount.number(), arena.text(""),
                    Abi.AT_EMPTY_PATH | recursive(extent), Libc.address(attributes), Abi.mount_attr_size);
        }
    }

    @Override
    public void mapIds(Fd mount, Extent extent, Fd userns) throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer attributes = arena.zeroed(Abi.mount_attr_size);
            attributes.setLong(0, Abi.MOUNT_ATTR_IDMAP);
            attributes.setLong(Abi.mount_attr_at_userns_fd, userns.number());
            Libc.call("map ids of mount", "", SyscallNumber.MOUNT_SETATTR, mount.number(), arena.text(""),
                    Abi.AT_EMPTY_PATH | recursive(extent), Libc.address(attributes), Abi.mount_attr_size);
        }
    }

    private static long recursive(Extent extent) {
        return extent == Extent.WITH_SUBMOUNTS ? Abi.AT_RECURSIVE : 0;
    }

    @Override
    public void attach(Fd mount, Fd target) throws KernelException {
        try (Arena arena = new Arena()) {
            long empty = arena.text("");
            Libc.call("attach mount", "", SyscallNumber.MOVE_MOUNT, mount.number(), empty, target.number(), empty,
                    Abi.MOVE_MOUNT_F_EMPTY_PATH | Abi.MOVE_MOUNT_T_EMPTY_PATH);
        }
    }

    @Override
    public void detach(Fd mount) throws KernelException {
        try (Arena arena = new Arena()) {
            Libc.call("detach mount", "", SyscallNumber.UMOUNT2, arena.text(ProcFd.name(mount)), Abi.MNT_DETACH);
        }
    }

    @Override
    public void makeOpaque(Fd directory) throws KernelException {
        try (Arena arena = new Arena()) {
            Libc.call("make opaque", directory, SyscallNumber.SETXATTR, arena.text(ProcFd.name(directory)), arena.text("trusted.overlay.opaque"),
                    arena.text("y"), 1, 0);
        }
    }

    @Override
    public boolean opaque(Fd directory) throws KernelException {
        try (Arena arena = new Arena()) {
            // getxattr(2) by the descriptor's name: fgetxattr refuses O_PATH.
            long length = Libc.raw(SyscallNumber.GETXATTR, arena.text(ProcFd.name(directory)), arena.text("trusted.overlay.opaque"),
                    Libc.address(arena.zeroed(8)), 8);
            Errno errno = length == -1 ? Libc.lastErrno() : Errno.UNKNOWN;
            if (length == -1 && errno != Errno.ENODATA && errno != Errno.EOPNOTSUPP) {
                throw new KernelException("look at", ProcFd.name(directory), errno);
            }
            return length > 0;
        }
    }
}
