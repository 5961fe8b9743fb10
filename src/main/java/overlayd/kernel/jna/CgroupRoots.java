package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountInfo;

/**
 * Where on this host groups are made: at the root of each hierarchy, but in cgroup2 below the daemon's own group where a supervisor has
 * delegated that (systemd's Delegate=yes marks it by an extended attribute): elsewhere in the tree systemd is the only writer.
 */
final class CgroupRoots {
    private static final int MOST_BYTES = 4 * 1024 * 1024;
    private static final String UNIFIED_LINE = "0::";

    private CgroupRoots() {
    }

    static List<CgroupHierarchy> ofHost(Files files) throws KernelException {
        String own = ownGroup(new String(files.read("/proc/self/cgroup", MOST_BYTES), StandardCharsets.UTF_8));
        List<CgroupHierarchy> roots = new ArrayList<>();
        for (CgroupHierarchy hierarchy : CgroupHierarchy.detect(MountInfo.parseAll(files.read("/proc/self/mountinfo", MOST_BYTES)))) {
            CgroupHierarchy below = hierarchy.below(own);
            roots.add(hierarchy.unified() && delegated(below.directory()) ? below : hierarchy);
        }
        return roots;
    }

    /** The cgroup2 path in a /proc/PID/cgroup; "/" when there is none, or it lies above what is mounted here. */
    static String ownGroup(String procCgroup) {
        return procCgroup.lines().filter(line -> line.startsWith(UNIFIED_LINE)).map(line -> line.substring(UNIFIED_LINE.length()))
                .filter(path -> path.startsWith("/") && !path.contains("/..")).findFirst().orElse("/");
    }

    private static boolean delegated(String directory) {
        try (Arena arena = new Arena()) {
            for (String attribute : List.of("trusted.delegate", "user.delegate")) {
                Pointer value = arena.zeroed(8);
                long length = Libc.raw(SyscallNumber.GETXATTR, arena.text(directory), arena.text(attribute), Libc.address(value), 8);
                if (length > 0 && value.getByte(0) == '1') {
                    return true;
                }
            }
            return false;
        }
    }
}
