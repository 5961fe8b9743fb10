package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import java.util.Map;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.ImageMount;
import overlayd.kernel.KernelException;
import overlayd.kernel.RawText;

/**
 * A file as a block device (loop(4)), for as long as something holds it: the kernel takes it apart with the last user, so neither a mount
 * that goes nor a daemon that dies leaves one.
 */
final class LoopDevice {
    /** Others take free devices, too; each round costs two calls. */
    private static final int ATTEMPTS = 64;
    private static final int NAME_LIMIT = 63;

    private LoopDevice() {
    }

    /** See {@link overlayd.kernel.Mounts#image}. */
    static Fd mount(Fd file, String path, ImageMount image) throws KernelException {
        boolean readOnly = image.access() == ImageMount.Access.READ_ONLY;
        try (KernelLog log = KernelLog.open(); Attached device = attach(file, path, image)) {
            try (FsContext context = FsContext.open(image.type())) {
                context.device(device.name());
                if (readOnly) {
                    context.options(Map.of("ro", ""));
                }
                if (image.type().equals("xfs")) {
                    context.options(Map.of("nouuid", "")); // one image may be mounted for several subhosts
                }
                context.create();
                return context.mount(Abi.MOUNT_ATTR_NODEV | (readOnly ? Abi.MOUNT_ATTR_RDONLY : 0));
            } catch (KernelException e) {
                String said = log.naming(device.name().substring("/dev/".length()) + ")", "SQUASHFS error");
                throw new KernelException("mount " + image.type() + " of", path, e.errno(), e.kernelText().isEmpty() ? said : e.kernelText());
            }
        }
    }

    /** A device with a file behind it; closed, it goes with whatever else uses it. */
    private record Attached(String name, Fd fd) implements AutoCloseable {
        @Override
        public void close() {
            fd.close();
        }
    }

    private static Attached attach(Fd file, String path, ImageMount image) throws KernelException {
        try (Fd control = open("/dev/loop-control", path); Arena arena = new Arena()) {
            Pointer config = config(arena, file, path, image);
            for (int attempt = 1; ; attempt++) {
                String name = "/dev/loop" + Libc.call("find loop device for", path, SyscallNumber.IOCTL, control.number(), Abi.LOOP_CTL_GET_FREE);
                Fd device = open(name, path);
                if (Libc.raw(SyscallNumber.IOCTL, device.number(), Abi.LOOP_CONFIGURE, Libc.address(config)) != -1) {
                    return new Attached(name, device);
                }
                Errno errno = Libc.lastErrno();
                device.close();
                if (errno != Errno.EBUSY || attempt == ATTEMPTS) {
                    throw new KernelException("set up " + name + " for", path, errno);
                }
            }
        }
    }

    private static Fd open(String device, String path) throws KernelException {
        try (Arena arena = new Arena()) {
            return Libc.open("open " + device + " for", path, SyscallNumber.OPENAT, Abi.AT_FDCWD, arena.text(device), Abi.O_RDWR | Abi.O_CLOEXEC, 0);
        }
    }

    /** struct loop_config. */
    private static Pointer config(Arena arena, Fd file, String path, ImageMount image) {
        Pointer config = arena.zeroed(Abi.loop_config_size);
        config.setInt(0, file.number());
        Pointer info = config.share(Abi.loop_config_at_info);
        info.setLong(Abi.loop_info64_at_lo_offset, image.offset());
        info.setLong(Abi.loop_info64_at_lo_sizelimit, image.size());
        info.setInt(Abi.loop_info64_at_lo_flags,
                Abi.LO_FLAGS_AUTOCLEAR | (image.access() == ImageMount.Access.READ_ONLY ? Abi.LO_FLAGS_READ_ONLY : 0));
        byte[] name = RawText.encode(path);
        info.write(Abi.loop_info64_at_lo_file_name, name, 0, Math.min(NAME_LIMIT, name.length)); // for losetup(8) to show
        return config;
    }
}
