package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import java.util.List;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.FileSystemInfo;
import overlayd.kernel.KernelException;
import overlayd.kernel.OverlayMount;
import overlayd.kernel.RawText;

/**
 * The rules of overlayfs (Documentation/filesystems/overlayfs.rst) that the kernel enforces with a bare EINVAL or ELOOP. Looked at
 * only after a refusal, so that a boot that works pays nothing.
 */
final class OverlayRules {
    private OverlayRules() {
    }

    /** The broken rule in one sentence; empty when none of these is. */
    static String broken(OverlayMount overlay, List<Fd> lowers, Fd upper, Fd work, Errno errno) {
        try {
            String where = ofUpper(overlay, upper, work);
            if (where.isEmpty()) {
                where = ofLowers(overlay, lowers);
            }
            return where.isEmpty() ? byErrno(errno) : where;
        } catch (KernelException e) {
            return byErrno(errno); // explaining must not hide what is explained
        }
    }

    private static String ofUpper(OverlayMount overlay, Fd upper, Fd work) throws KernelException {
        FileIdentity up = look(overlay.upperdir(), upper);
        FileIdentity wk = look(overlay.workdir(), work);
        if (up.sameFile(wk)) {
            return "upperdir and workdir are one directory";
        }
        if (up.mountId() != wk.mountId()) {
            return "upperdir and workdir must be on the same mount";
        }
        String upperPath = realPath(upper);
        String workPath = realPath(work);
        if (workPath.startsWith(upperPath + "/")) {
            return "workdir must not lie inside upperdir";
        }
        if (upperPath.startsWith(workPath + "/")) {
            return "upperdir must not lie inside workdir";
        }
        FileSystemInfo fileSystem = Statx.fileSystem(upper.number(), overlay.upperdir());
        if (fileSystem.readOnly()) {
            return "the file system of upperdir is read-only";
        }
        if (fileSystem.magic() == FileSystemInfo.OVERLAY) {
            return "upperdir lies on an overlay, which cannot hold one";
        }
        return fileSystem.remote() || fileSystem.magic() == FileSystemInfo.PROC || fileSystem.magic() == FileSystemInfo.SYSFS
                ? "the file system of upperdir cannot hold one" : "";
    }

    private static String ofLowers(OverlayMount overlay, List<Fd> lowers) throws KernelException {
        for (int i = 0; i < lowers.size(); i++) {
            FileIdentity one = look(overlay.lowerdirs().get(i), lowers.get(i));
            for (int k = 0; k < i; k++) {
                if (one.sameFile(look(overlay.lowerdirs().get(k), lowers.get(k)))) {
                    return "lowerdirs \"" + overlay.lowerdirs().get(k) + "\" and \"" + overlay.lowerdirs().get(i) + "\" are one directory";
                }
            }
        }
        return "";
    }

    private static String byErrno(Errno errno) {
        return switch (errno) {
            case EBUSY -> "upperdir or workdir is in use by another overlay";
            case ELOOP -> "a directory is used twice, or one layer lies inside another";
            case ESTALE -> "upperdir was used with other lowerdirs before";
            default -> "";
        };
    }

    private static FileIdentity look(String path, Fd fd) throws KernelException {
        return Statx.of("look at", path, fd.number(), "", Abi.AT_EMPTY_PATH);
    }

    private static String realPath(Fd fd) throws KernelException {
        String link = ProcFd.name(fd);
        try (Arena arena = new Arena()) {
            Pointer buffer = arena.room(4096);
            int length = (int) Libc.call("read link", link, SyscallNumber.READLINKAT, Abi.AT_FDCWD, arena.text(link),
                    Libc.address(buffer), 4096);
            return RawText.decode(buffer.getByteArray(0, length));
        }
    }
}
