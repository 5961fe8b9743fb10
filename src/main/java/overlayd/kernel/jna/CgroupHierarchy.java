package overlayd.kernel.jna;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import overlayd.kernel.MountInfo;

/**
 * One mounted cgroup hierarchy.
 *
 * @param controllers v1: those it carries that we use; cgroup2: empty
 * @param directory where groups are made, absolute
 */
record CgroupHierarchy(Version version, Set<String> controllers, String directory) {
    /** Of the interface: cgroup.procs and tasks, or cgroup2's files. */
    enum Version { V1, UNIFIED }

    /** cpuset is left out: a new group of it takes no task before it is given cpus; net_cls and the like are not used. */
    private static final Set<String> USED = Set.of("pids", "memory", "cpu", "freezer", "devices", "blkio");

    CgroupHierarchy {
        controllers = Set.copyOf(controllers);
    }

    /** The hierarchies in {@code mounts}, cgroup2 first, each once however often it is mounted. Read-only mounts do not count. */
    static List<CgroupHierarchy> detect(List<MountInfo> mounts) {
        List<CgroupHierarchy> found = new ArrayList<>();
        Set<String> devices = new TreeSet<>();
        for (MountInfo mount : mounts) {
            boolean unified = mount.fileSystem().equals("cgroup2");
            if (!unified && !mount.fileSystem().equals("cgroup") || !mount.writable() || !devices.add(mount.device())) {
                continue;
            }
            Set<String> used = new TreeSet<>(mount.superOptions());
            used.retainAll(USED);
            if (unified) {
                found.add(0, new CgroupHierarchy(Version.UNIFIED, Set.of(), mount.mountPoint()));
            } else if (!used.isEmpty()) {
                found.add(new CgroupHierarchy(Version.V1, used, mount.mountPoint()));
            }
        }
        return found;
    }

    /** The same with its groups made in {@code own}, a group below the mount point that was delegated to the daemon. */
    CgroupHierarchy below(String own) {
        return new CgroupHierarchy(version, controllers, own.equals("/") ? directory : directory + own);
    }

    /** Groups are made in it only for a subhost that asks for a limit of this kind. */
    boolean onDemand() {
        return controllers.equals(Set.of("blkio"));
    }

    boolean unified() {
        return version == Version.UNIFIED;
    }

    /** The directory of a group. */
    String of(String path) {
        return directory + "/" + path;
    }

    @Override
    public String toString() {
        return (unified() ? "cgroup2" : String.join(",", new TreeSet<>(controllers))) + " " + directory;
    }
}
