package overlayd.kernel;

import java.util.List;
import java.util.Set;

/**
 * Control groups (cgroups(7)) in the cgroup2 mount and in each v1 hierarchy that is used, one path in all of them. The daemon's own threads
 * are never in one. Any thread.
 */
public interface Cgroups {
    /** Whether there is a cgroup2 mount: groups can be cloned into, killed and frozen whole, and report when they are empty. */
    boolean hasUnified();

    /** How {@link Cgroup#limitDevices} works here; looked at once. */
    DeviceControl deviceControl();

    /** What can be limited on this host. */
    Set<Controller> controllers();

    /** What is used, for the reader: {@code cgroup2 /sys/fs/cgroup/unified}, {@code pids /sys/fs/cgroup/pids}. */
    List<String> hierarchies();

    /**
     * Makes the group {@code path} ("overlayd-ID/NAME"), and what is missing above it, in every hierarchy. EEXIST: it is there in one;
     * ENOSPC: too many; EROFS, EACCES. A failure leaves nothing behind but the directories above.
     */
    Cgroup make(String path) throws KernelException;

    /** The group of {@code path}, whether it exists or not: for a subhost that is adopted. */
    Cgroup at(String path);

    /** Names of the groups below {@code path} (empty: at the top), in any hierarchy, sorted. */
    List<String> children(String path) throws KernelException;

    /**
     * Takes a process of ours that is to outlive the daemon out of the daemon's own group, where there is a place for that (systemd's unit
     * overlayd-groups.service); elsewhere nothing is done. It costs some 10 ms. One that has ended is fine.
     */
    void shelter(int pid) throws KernelException;
}
