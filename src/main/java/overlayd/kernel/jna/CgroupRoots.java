package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountInfo;
import overlayd.kernel.Pipes;

/**
 * Where on this host groups are made: at the root of each hierarchy, but in cgroup2 where a supervisor has delegated a group to us (systemd's
 * Delegate=yes marks it by an extended attribute): elsewhere in the tree systemd is the only writer.
 *
 * @param unit the unit that holds them, where there is one
 */
record CgroupRoots(List<CgroupHierarchy> hierarchies, Optional<GroupsUnit> unit) {
    private static final int MOST_BYTES = 4 * 1024 * 1024;

    static CgroupRoots ofHost(Files files, Pipes pipes) throws KernelException {
        String own = groupIn(new String(files.read("/proc/self/cgroup", MOST_BYTES), StandardCharsets.UTF_8), "");
        List<CgroupHierarchy> roots = new ArrayList<>();
        Optional<GroupsUnit> unit = Optional.empty();
        for (CgroupHierarchy hierarchy : CgroupHierarchy.detect(MountInfo.parseAll(files.read("/proc/self/mountinfo", MOST_BYTES)))) {
            if (!hierarchy.unified()) {
                roots.add(hierarchy);
                continue;
            }
            String place = place(own, group -> delegated(hierarchy.directory() + group));
            roots.add(hierarchy.below(place));
            if (place.endsWith("/" + GroupsUnit.NAME)) {
                unit = Optional.of(new GroupsUnit(new CgroupDirectory(hierarchy.directory() + place, pipes)));
                unit.get().clear();
            }
        }
        return new CgroupRoots(roots, unit);
    }

    /**
     * The delegated group for a process in the group {@code own}: that of {@link GroupsUnit} beside it; else its own; else the one above, of a
     * unit that keeps its processes in a subgroup (DelegateSubgroup=, systemd 254). "/" where none of them is.
     */
    static String place(String own, Predicate<String> delegated) {
        String above = own.substring(0, own.lastIndexOf('/'));
        return own.equals("/") ? own : Stream.of(above + "/" + GroupsUnit.NAME, own, above).filter(group -> !group.isEmpty()).filter(delegated)
                .findFirst().orElse("/");
    }

    /**
     * The path in a /proc/PID/cgroup (cgroups(7)) of v1's hierarchy with {@code controller}, or of cgroup2's where that is empty; "/" when there is
     * none, or it lies above what is mounted here.
     */
    static String groupIn(String procCgroup, String controller) {
        for (String line : procCgroup.lines().toList()) {
            String[] fields = line.split(":", 3);
            if (fields.length == 3 && List.of(fields[1].split(",")).contains(controller) && fields[2].startsWith("/") && !fields[2].contains("/..")) {
                return fields[2];
            }
        }
        return "/";
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
