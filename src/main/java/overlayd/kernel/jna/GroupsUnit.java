package overlayd.kernel.jna;

import java.util.ArrayList;
import java.util.List;
import overlayd.kernel.Errno;
import overlayd.kernel.KernelException;

/**
 * The cgroup2 group of overlayd-groups.service, a unit that does nothing but be delegated to us. Were the subhosts' groups in the daemon's own
 * unit, systemd could not start it again: it puts the new main process into the unit's group, which the kernel refuses (EBUSY) once controllers
 * are handed down there. So its own process, and those of ours that outlive the daemon, lie in a leaf.
 */
record GroupsUnit(CgroupDirectory group) {
    static final String NAME = "overlayd-groups.service";
    private static final String LEAF = "monitors";

    /** Puts what lies in the unit's group itself into the leaf, so that controllers can be handed down. */
    void clear() throws KernelException {
        List<Integer> processes = new ArrayList<>();
        group.processesHere(processes);
        for (int pid : processes) {
            shelter(pid);
        }
    }

    /** Moves a process into the leaf; some 10 ms. One that has ended is fine. */
    void shelter(int pid) throws KernelException {
        CgroupDirectory leaf = new CgroupDirectory(group.path() + "/" + LEAF, group.pipes());
        try {
            leaf.make(group.path());
        } catch (KernelException there) {
            if (there.errno() != Errno.EEXIST) {
                throw there;
            }
        }
        try {
            leaf.write("cgroup.procs", Integer.toString(pid));
        } catch (KernelException refused) {
            if (refused.errno() != Errno.ESRCH) {
                throw refused;
            }
        }
    }
}
