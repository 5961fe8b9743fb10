package overlayd.kernel.jna;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import overlayd.kernel.Controller;
import overlayd.kernel.Errno;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pipes;
import overlayd.kernel.ResourceLimits;
import overlayd.kernel.Usage;

/**
 * Limits and counters of one group: the v1 controller's files where it is mounted, else cgroup2's. Sources: cgroup-v1/memory.rst,
 * cgroup-v2.rst, scheduler/sched-bwc.rst of the kernel's documentation.
 */
record CgroupLimits(String path, List<CgroupHierarchy> hierarchies, Pipes pipes) {
    private static final long PERIOD_MICROS = 100_000;
    private static final String UNLIMITED = "max";

    /** What the hierarchies can limit: all that v1 has mounted, and what cgroup2 offers where groups are made. */
    static Set<Controller> available(List<CgroupHierarchy> hierarchies, Pipes pipes) {
        Set<Controller> found = java.util.EnumSet.noneOf(Controller.class);
        for (CgroupHierarchy hierarchy : hierarchies) {
            Set<String> names = hierarchy.controllers();
            if (hierarchy.unified()) {
                names = offered(new CgroupDirectory(hierarchy.directory(), pipes));
            }
            for (Controller controller : Controller.values()) {
                if (names.contains(hierarchy.unified() ? unified(controller) : v1(controller))) {
                    found.add(controller);
                }
            }
        }
        return found;
    }

    /**
     * What groups below {@code group} can be given. One that has processes (the unit of a service manager, with this daemon in it) hands down no
     * more than it does already: it would become threaded, and take no subhost any more (cgroup-v2.rst, "No Internal Process Constraint").
     * The root, which has no cgroup.type, is exempt.
     */
    private static Set<String> offered(CgroupDirectory group) {
        Set<String> type = words(group, "cgroup.type");
        if (type.equals(Set.of("")) || type.isEmpty()) {
            return words(group, "cgroup.controllers");
        }
        boolean busy = !words(group, "cgroup.procs").equals(Set.of(""));
        boolean domain = type.equals(Set.of("domain"));
        return domain ? words(group, busy ? "cgroup.subtree_control" : "cgroup.controllers") : Set.of();
    }

    private static String v1(Controller controller) {
        return controller == Controller.IO ? "blkio" : unified(controller);
    }

    private static String unified(Controller controller) {
        return controller.name().toLowerCase(Locale.ROOT);
    }

    void set(ResourceLimits limits) throws KernelException {
        handDown(limits.controllers().stream().filter(controller -> hierarchy(controller).isEmpty()).collect(Collectors.toSet()));
        if (limits.memoryBytes().isPresent()) {
            memory(limits.memoryBytes().getAsLong());
        }
        if (limits.cpuPercents().isPresent()) {
            int percents = limits.cpuPercents().getAsInt();
            long quota = percents * PERIOD_MICROS / 100;
            boolean none = percents == Integer.MAX_VALUE;
            if (hierarchy(Controller.CPU).isPresent()) {
                in(Controller.CPU).write("cpu.cfs_period_us", Long.toString(PERIOD_MICROS));
                in(Controller.CPU).write("cpu.cfs_quota_us", none ? "-1" : Long.toString(quota));
            } else {
                in(Controller.CPU).write("cpu.max", (none ? UNLIMITED : Long.toString(quota)) + " " + PERIOD_MICROS);
            }
        }
        if (limits.pids().isPresent()) {
            in(Controller.PIDS).write("pids.max", number(limits.pids().getAsLong(), UNLIMITED));
        }
        for (ResourceLimits.DiskRate disk : limits.disks()) {
            disk(disk);
        }
    }

    /** v1 keeps a bound for memory and one for memory and swap, which may never be the lower one: what is raised goes first. */
    private void memory(long bytes) throws KernelException {
        CgroupDirectory group = in(Controller.MEMORY);
        if (hierarchy(Controller.MEMORY).isEmpty()) {
            CgroupEntry.shrink(group, bytes);
            group.write("memory.max", number(bytes, UNLIMITED));
            ifThere(group, "memory.swap.max", bytes == Long.MAX_VALUE ? UNLIMITED : "0");
            return;
        }
        String value = number(bytes, "-1");
        try {
            group.write("memory.limit_in_bytes", value);
            ifThere(group, "memory.memsw.limit_in_bytes", value);
        } catch (KernelException above) {
            if (above.errno() != Errno.EINVAL) {
                throw above;
            }
            ifThere(group, "memory.memsw.limit_in_bytes", value);
            group.write("memory.limit_in_bytes", value);
        }
    }

    /** Kernels may be made, or started, without accounting of swap. */
    private static void ifThere(CgroupDirectory group, String file, String value) throws KernelException {
        try {
            group.write(file, value);
        } catch (KernelException none) {
            if (none.errno() != Errno.ENOENT) {
                throw none;
            }
        }
    }

    private void disk(ResourceLimits.DiskRate disk) throws KernelException {
        boolean none = disk.bytesPerSecond() == Long.MAX_VALUE;
        CgroupDirectory group = in(Controller.IO);
        if (hierarchy(Controller.IO).isEmpty()) {
            String rate = none ? UNLIMITED : Long.toString(disk.bytesPerSecond());
            group.write("io.max", disk.device() + " rbps=" + rate + " wbps=" + rate);
            return;
        }
        String rule = disk.device() + " " + (none ? 0 : disk.bytesPerSecond());
        group.write("blkio.throttle.read_bps_device", rule);
        group.write("blkio.throttle.write_bps_device", rule);
    }

    /** Where v1 has the controller, its hierarchy. */
    private Optional<CgroupHierarchy> hierarchy(Controller controller) {
        return hierarchies.stream().filter(h -> !h.unified() && h.controllers().contains(v1(controller))).findFirst();
    }

    /** This group where the controller counts; made now in a hierarchy that few use. */
    private CgroupDirectory in(Controller controller) throws KernelException {
        CgroupHierarchy hierarchy = hierarchy(controller).or(() -> hierarchies.stream().filter(CgroupHierarchy::unified).findFirst())
                .orElseThrow(() -> new KernelException("limit", path, Errno.ENODEV, "no " + unified(controller) + " controller"));
        CgroupDirectory group = new CgroupDirectory(hierarchy.of(path), pipes);
        if (hierarchy.onDemand()) {
            CgroupEntry.open(group, hierarchy.directory(), hierarchies.stream().filter(home -> !home.onDemand())
                    .map(home -> new CgroupDirectory(home.of(path), pipes)).toList());
        }
        return group;
    }

    /** cgroup2 counts below a group only what that group's cgroup.subtree_control says. */
    private void handDown(Set<Controller> wanted) throws KernelException {
        Optional<CgroupHierarchy> unified = hierarchies.stream().filter(CgroupHierarchy::unified).findFirst();
        if (wanted.isEmpty() || unified.isEmpty()) {
            return;
        }
        List<String> above = new ArrayList<>(List.of(unified.get().directory()));
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
            above.add(unified.get().of(path.substring(0, slash)));
        }
        for (String directory : above) {
            CgroupDirectory group = new CgroupDirectory(directory, pipes);
            Set<String> on = words(group, "cgroup.subtree_control");
            String missing = wanted.stream().map(CgroupLimits::unified).filter(name -> !on.contains(name)).sorted().map(name -> "+" + name)
                    .collect(Collectors.joining(" "));
            if (!missing.isEmpty()) {
                group.write("cgroup.subtree_control", missing);
            }
        }
    }

    private static Set<String> words(CgroupDirectory group, String file) {
        try {
            return Set.of(group.read(file).strip().split("\\s+"));
        } catch (KernelException | IllegalArgumentException unreadable) {
            return Set.of();
        }
    }

    Usage usage() throws KernelException {
        Optional<CgroupHierarchy> memory = hierarchy(Controller.MEMORY);
        Optional<CgroupDirectory> unified = hierarchies.stream().filter(CgroupHierarchy::unified).findFirst()
                .map(h -> new CgroupDirectory(h.of(path), pipes));
        OptionalLong pids = number(hierarchy(Controller.PIDS), unified, "pids.current");
        OptionalLong bytes = memory.isPresent() ? number(memory, unified, "memory.usage_in_bytes") : number(memory, unified, "memory.current");
        OptionalLong micros = unified.isPresent() ? field(unified.get().read("cpu.stat"), "usage_usec") : OptionalLong.empty();
        if (micros.isEmpty() && hierarchy(Controller.CPU).isPresent()) {
            OptionalLong nanos = number(hierarchy(Controller.CPU), unified, "cpuacct.usage");
            micros = nanos.isPresent() ? OptionalLong.of(nanos.getAsLong() / 1000) : nanos;
        }
        return new Usage(bytes, micros, pids, kills());
    }

    /** How many processes of this group were killed for want of memory. */
    OptionalLong kills() throws KernelException {
        Optional<CgroupHierarchy> memory = memory();
        return memory.isEmpty() ? OptionalLong.empty() : field(new CgroupDirectory(memory.get().of(path), pipes)
                .read(memory.get().unified() ? "memory.events" : "memory.oom_control"), "oom_kill");
    }

    /** Where memory is counted, if anywhere. */
    Optional<CgroupHierarchy> memory() {
        return hierarchy(Controller.MEMORY).or(() -> hierarchies.stream().filter(CgroupHierarchy::unified).findFirst());
    }

    private OptionalLong number(Optional<CgroupHierarchy> v1, Optional<CgroupDirectory> unified, String file) throws KernelException {
        Optional<CgroupDirectory> group = v1.map(h -> new CgroupDirectory(h.of(path), pipes)).or(() -> unified);
        String text = group.isEmpty() ? "" : group.get().read(file).strip();
        return text.matches("[0-9]{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    private static OptionalLong field(String text, String name) {
        return text.lines().filter(line -> line.startsWith(name + " ")).mapToLong(line -> Long.parseLong(line.substring(name.length() + 1).strip()))
                .findFirst();
    }

    private static String number(long value, String unlimited) {
        return value == Long.MAX_VALUE ? unlimited : Long.toString(value);
    }
}
