package overlayd.kernel.jna;

import java.util.ArrayList;
import java.util.List;
import overlayd.kernel.Errno;
import overlayd.kernel.KernelException;

/** Brings a group that lives into limits it did not have when it was made. */
final class CgroupEntry {
    private CgroupEntry() {
    }

    /**
     * Makes a group in a hierarchy that few use, and brings those in who belong there; also where it is there already, for whoever made it may have
     * been killed before they were in. ENOENT: there is nobody, what was born into {@code homes} is gone, and no group is left.
     */
    static void open(CgroupDirectory group, String root, List<CgroupDirectory> homes) throws KernelException {
        try {
            group.make(root);
        } catch (KernelException there) {
            if (there.errno() != Errno.EEXIST) {
                throw there;
            }
        }
        // After it was made: whoever takes the homes away meanwhile comes to this one later.
        if (!homes.isEmpty() && homes.stream().noneMatch(CgroupDirectory::exists)) {
            group.remove();
            throw new KernelException("limit", group.path(), Errno.ENOENT, "the groups of this subhost are gone");
        }
        gather(group, homes);
    }

    /**
     * Moves the processes of a subhost, told by the hierarchies they were born into, into a group that was made for them later. Whatever is born
     * meanwhile is born where its parent is, so that the last look finds nobody new.
     */
    static void gather(CgroupDirectory group, List<CgroupDirectory> homes) throws KernelException {
        for (boolean moved = true; moved; ) {
            moved = false;
            List<Integer> inside = new ArrayList<>();
            group.processes(inside);
            List<Integer> all = new ArrayList<>();
            for (CgroupDirectory home : homes) {
                home.processes(all);
            }
            all.removeAll(inside);
            for (int pid : all) {
                moved |= pid > 0 && move(group, pid);
            }
        }
    }

    private static boolean move(CgroupDirectory group, int pid) throws KernelException {
        try {
            group.write("cgroup.procs", Integer.toString(pid));
            return true;
        } catch (KernelException failure) {
            // ESRCH: it has ended, or is a zombie, which no group takes any more
            if (failure.errno() != Errno.ESRCH) {
                throw failure;
            }
            return false;
        }
    }

    /**
     * Has the kernel take memory back from a cgroup2 group until it uses no more than that: a limit below what is used would kill processes, where
     * the controller of cgroup v1 refuses. EBUSY: it needs more.
     */
    static void shrink(CgroupDirectory group, long bytes) throws KernelException {
        long excess = used(group) - bytes;
        if (excess <= 0) {
            return;
        }
        try {
            group.write("memory.reclaim", Long.toString(excess));
        } catch (KernelException notAll) {
            if (notAll.errno() != Errno.EAGAIN && notAll.errno() != Errno.ENOENT) {
                throw notAll;
            }
        }
        if (used(group) > bytes) {
            throw new KernelException("limit memory of", group.path(), Errno.EBUSY, "it uses " + used(group) + " bytes now");
        }
    }

    private static long used(CgroupDirectory group) throws KernelException {
        String text = group.read("memory.current").strip();
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }
}
