package overlayd.kernel;

import java.util.List;
import java.util.Optional;

/** One subhost's control group in all hierarchies. Any thread; no state of its own. */
public interface Cgroup {
    /** Path below the hierarchies' roots. */
    String path();

    /** The cgroup2 directory, for CLONE_INTO_CGROUP; empty where there is no cgroup2 mount. ENOENT. */
    Optional<Fd> openUnified() throws KernelException;

    /** The v1 {@code tasks} files, write-only: pid 1 puts itself in by writing "0" to each, which costs no RCU wait. The caller closes them. */
    List<Fd> openTasks() throws KernelException;

    /** Processes in it and in groups below it. 0 stands for one that is not in our pid namespace. Empty when the group is gone. */
    List<Integer> processes() throws KernelException;

    /** Writes to a controller's file where that controller is mounted ("memory", "memory.limit_in_bytes"). ENODEV: it is not. */
    void write(String controller, String file, String value) throws KernelException;

    /**
     * From now on its processes open no other devices than these. Nodes may be made all the same, by whoever has the capability. ENODEV:
     * {@link Cgroups#deviceControl} is NONE; EPERM: the daemon itself is limited, or the group has children.
     */
    void limitDevices(List<DeviceRule> allowed) throws KernelException;

    /**
     * Sets limits, and has cgroup2 hand down the controllers they need; those that are empty stay as they are. ENODEV: no such controller, or no
     * such disk; EBUSY: v1: more memory is in use; cgroup2: processes in a group above keep the controller there.
     */
    void limit(ResourceLimits limits) throws KernelException;

    /** What it uses now; everything empty when the group is gone. */
    Usage usage() throws KernelException;

    /**
     * Has {@code action} run, on the event thread, when the kernel runs out of the memory that this group may have, and once more when the group is
     * removed. Empty where no memory controller counts. Closing the registration ends it.
     */
    Optional<Events.Registration> onOutOfMemory(Events events, Runnable action) throws KernelException;

    /** Stops every process (cgroup.freeze; v1: the freezer). ETIMEDOUT: not all stopped; ENODEV: neither is mounted. */
    void freeze(Deadline deadline) throws KernelException;

    /** Lets them go on. */
    void thaw() throws KernelException;

    /** Whether {@link #freeze} was asked for, by whomever, and {@link #thaw} was not since. False when the group is gone. */
    boolean frozen() throws KernelException;

    /** SIGKILL to every process in it and below (cgroup.kill; v1: frozen, killed, thawed). A group that is gone is fine. */
    void kill() throws KernelException;

    /** Waits for the kernel's notice that no process is left. False: the deadline passed. */
    boolean awaitEmpty(Deadline deadline) throws KernelException;

    /** Removes it and all groups below from every hierarchy. Gone already is fine. EBUSY: processes are in it when the deadline passed. */
    void remove(Deadline deadline) throws KernelException;
}
