package overlayd.subhost;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Cgroup;
import overlayd.kernel.Cgroups;
import overlayd.kernel.Deadline;
import overlayd.kernel.DeviceControl;
import overlayd.kernel.DeviceRule;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.ResourceLimits;
import overlayd.plan.Allowance;
import overlayd.state.Instance;

/** The control groups of this instance's subhosts: overlayd-ID/NAME in every hierarchy that is used. Any thread. */
final class Groups {
    private static final Logger LOG = LoggerFactory.getLogger(Groups.class);

    private final Cgroups cgroups;
    private final Instance instance;

    Groups(Kernel kernel, Instance instance) {
        this.cgroups = kernel.cgroups();
        this.instance = instance;
    }

    /** Whether this host has any cgroup file system. */
    boolean available() {
        return !cgroups.hierarchies().isEmpty();
    }

    /** Whether a group can be kept from opening devices here. */
    boolean limitDevices() {
        return cgroups.deviceControl() != DeviceControl.NONE;
    }

    /** Keeps the processes of {@code name} from opening other devices than these. */
    void limitDevices(String name, List<DeviceRule> allowed) throws KernelException {
        cgroups.at(instance.cgroup(name)).limitDevices(allowed);
    }

    /** Makes the groups of {@code name}; one left by a subhost that is gone is made anew. */
    void make(String name) throws KernelException {
        cgroups.at(instance.cgroup(name)).remove(Deadline.afterMillis(0));
        cgroups.make(instance.cgroup(name));
    }

    /**
     * Makes the group below those of {@code name} that an init which manages groups has for its own: what it does to that one's settings
     * touches none of ours, and its processes can be in leaves only (cgroups(7), no internal processes).
     */
    void makePayload(String name) throws KernelException {
        if (cgroups.hasUnified()) {
            cgroups.make(payload(name));
        }
    }

    /** Sets limits; what an allowance leaves open stays as it is. */
    void limit(String name, Allowance allowance) throws KernelException {
        ResourceLimits limits = new ResourceLimits(allowance.memoryBytes(), allowance.cpuPercents(), allowance.pids(), allowance.disks().stream()
                .map(disk -> new ResourceLimits.DiskRate(disk.device(), disk.bytesPerSecond())).toList());
        if (!limits.equals(ResourceLimits.NONE)) {
            cgroups.at(instance.cgroup(name)).limit(limits);
        }
    }

    /** The group of {@code name}, whether it exists or not; empty where this host has none. */
    Optional<Cgroup> group(String name) {
        return available() ? Optional.of(cgroups.at(instance.cgroup(name))) : Optional.empty();
    }

    private String payload(String name) {
        return instance.cgroup(name) + "/payload";
    }

    /** What puts pid 1 into them: the cgroup2 directory to clone into, the v1 files to write "0" to. The caller closes them. */
    List<InitStarter.Named> openForInit(String name, boolean payload) throws KernelException {
        return available() ? open(name, cgroups.at(payload ? payload(name) : instance.cgroup(name)).openUnified()) : new ArrayList<>();
    }

    /** The same for a command that enters; beside an init that manages groups it has a leaf of its own. */
    List<InitStarter.Named> open(String name) throws KernelException {
        return available() ? open(name, openUnified(name)) : new ArrayList<>();
    }

    private Optional<Fd> openUnified(String name) throws KernelException {
        Optional<Fd> payload = Optional.empty();
        try {
            payload = cgroups.at(payload(name)).openUnified();
        } catch (KernelException none) {
            if (none.errno() != Errno.ENOENT) {
                throw none;
            }
        }
        if (payload.isEmpty()) {
            return cgroups.at(instance.cgroup(name)).openUnified();
        }
        payload.get().close();
        String leaf = payload(name) + "/overlay-go";
        try {
            return cgroups.at(leaf).openUnified();
        } catch (KernelException first) {
            return cgroups.make(leaf).openUnified();
        }
    }

    private List<InitStarter.Named> open(String name, Optional<Fd> unified) throws KernelException {
        List<InitStarter.Named> places = new ArrayList<>();
        unified.ifPresent(fd -> places.add(new InitStarter.Named("cgroup2", fd)));
        try {
            for (Fd tasks : cgroups.at(instance.cgroup(name)).openTasks()) {
                places.add(new InitStarter.Named("tasks", tasks));
            }
            return places;
        } catch (KernelException refused) {
            places.forEach(place -> place.fd().close());
            throw refused;
        }
    }

    /** Stops every process of {@code name}. ETIMEDOUT: not all stopped; ENODEV: this host has no freezer. */
    void freeze(String name, Deadline deadline) throws KernelException {
        if (!available()) {
            throw new KernelException("freeze", name, Errno.ENODEV);
        }
        cgroups.at(instance.cgroup(name)).freeze(deadline);
    }

    /** Lets them go on, if they are stopped. */
    void thaw(String name) throws KernelException {
        if (frozen(name)) {
            cgroups.at(instance.cgroup(name)).thaw();
        }
    }

    /** Whether they are stopped, or about to be. */
    boolean frozen(String name) throws KernelException {
        return available() && cgroups.at(instance.cgroup(name)).frozen();
    }

    /** Kills every process of the subhost, whatever it did to its signals; pid 1's own end is still to be waited for. */
    void kill(String name) {
        try {
            if (available()) {
                cgroups.at(instance.cgroup(name)).kill();
            }
        } catch (KernelException refused) {
            LOG.warn("{}: {}; killing pid 1 takes the rest along; ignoring", name, refused.getMessage());
        }
    }

    /** Removes a group when everything in it has ended; gone already is fine. */
    void remove(String group, Deadline deadline) throws KernelException {
        if (available()) {
            cgroups.at(group).remove(deadline);
        }
    }

    /** The instance other than this one that has a subhost {@code name}, by the groups it made; empty where nobody has. */
    Optional<String> otherHolder(String name) throws KernelException {
        for (String group : available() ? cgroups.children("") : List.<String>of()) {
            if (group.startsWith("overlayd-") && !group.equals(instance.cgroup()) && !cgroups.at(group + "/" + name).processes().isEmpty()) {
                return Optional.of(group);
            }
        }
        return Optional.empty();
    }

    /** Names of subhosts that have a group of this instance. */
    List<String> names() throws KernelException {
        return available() ? cgroups.children(instance.cgroup()) : List.of();
    }

    /** Processes of {@code name}, all of them; none where it has no group. */
    List<Integer> processes(String name) throws KernelException {
        return available() ? cgroups.at(instance.cgroup(name)).processes() : List.of();
    }

    /** Makes this instance's own group, which holds those of all subhosts; it is there already where an earlier daemon's subhosts live. */
    void makeOwn() {
        try {
            if (available()) {
                cgroups.make(instance.cgroup());
            }
        } catch (KernelException there) {
            LOG.debug("{}; the first boot makes what is missing", there.getMessage());
        }
    }

    /** Removes this instance's own group where no subhost has one in it any more. */
    void removeOwn() {
        try {
            if (available() && cgroups.children(instance.cgroup()).isEmpty()) {
                cgroups.at(instance.cgroup()).remove(Deadline.afterMillis(0));
            }
        } catch (KernelException used) {
            LOG.debug("{}; ignoring", used.getMessage());
        }
    }
}
