package overlayd.kernel.jna;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import overlayd.kernel.Errno;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountInfo;
import overlayd.kernel.Pipes;

/**
 * Groups for a daemon that a client has started, in place of the client's: when that one's session or scope is ended, frozen or runs out of what
 * it may use, the daemon and the monitors are not. One group of one name at the root of each hierarchy; processes are born into them, too.
 */
final class OwnGroups implements AutoCloseable {
    private static final int MOST_BYTES = 4 * 1024 * 1024;
    /** By which sessions are ended or bounded, in v1. cpuset takes no task before it is given cpus. */
    private static final Set<String> LEFT = Set.of("name=systemd", "pids", "memory", "cpu", "cpuacct", "freezer", "devices", "blkio");
    private static final String MYSELF = "0";

    /** @param from where this process was, to go back to */
    private record Place(CgroupDirectory root, CgroupDirectory own, CgroupDirectory from) {
    }

    private final List<Place> places = new ArrayList<>();

    private OwnGroups() {
    }

    /** Moves this process, with all its threads, into {@code name} wherever that is possible. */
    static OwnGroups enter(Files files, Pipes pipes, String name) throws KernelException {
        OwnGroups groups = new OwnGroups();
        String now = new String(files.read("/proc/self/cgroup", MOST_BYTES), java.nio.charset.StandardCharsets.UTF_8);
        Set<String> devices = new HashSet<>();
        for (MountInfo mount : MountInfo.parseAll(files.read("/proc/self/mountinfo", MOST_BYTES))) {
            boolean unified = mount.fileSystem().equals("cgroup2");
            boolean left = unified || mount.fileSystem().equals("cgroup") && mount.superOptions().stream().anyMatch(LEFT::contains);
            if (left && mount.writable() && devices.add(mount.device())) {
                String path = CgroupRoots.groupIn(now, unified ? "" : mount.superOptions().stream().filter(LEFT::contains).findFirst().orElseThrow());
                groups.enter(new Place(new CgroupDirectory(mount.mountPoint(), pipes), new CgroupDirectory(mount.mountPoint() + "/" + name, pipes),
                        new CgroupDirectory(path.equals("/") ? mount.mountPoint() : mount.mountPoint() + path, pipes)));
            }
        }
        return groups;
    }

    private void enter(Place place) {
        try {
            try {
                place.own().make(place.root().path());
            } catch (KernelException there) {
                if (there.errno() != Errno.EEXIST) {
                    throw there;
                }
            }
            place.own().write("cgroup.procs", MYSELF);
            places.add(place);
        } catch (KernelException refused) {
            // A hierarchy that lets nobody in: this process stays where it was born.
            remove(place.own());
        }
    }

    /** Goes back and removes the groups; one in which monitors live stays for the next daemon. */
    @Override
    public void close() {
        for (Place place : places) {
            if (!goTo(place.from())) {
                goTo(place.root());
            }
            remove(place.own());
        }
    }

    private static boolean goTo(CgroupDirectory group) {
        try {
            group.write("cgroup.procs", MYSELF);
            return true;
        } catch (KernelException goneOrForbidden) {
            return false;
        }
    }

    private static void remove(CgroupDirectory group) {
        try {
            group.remove();
        } catch (KernelException used) {
            // by monitors of subhosts, which outlive us
        }
    }
}
