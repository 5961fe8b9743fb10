package overlayd.kernel.jna;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import overlayd.kernel.Cgroup;
import overlayd.kernel.Cgroups;
import overlayd.kernel.Controller;
import overlayd.kernel.DeviceControl;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pipes;

/** {@link Cgroups} over the hierarchies that were mounted when it was made. */
final class LinuxCgroups implements Cgroups {
    private final List<CgroupHierarchy> hierarchies;
    private final Optional<GroupsUnit> unit;
    private final Pipes pipes;
    private final Optional<DeviceControl> forced;
    private volatile DeviceControl deviceControl;
    private final Set<Controller> controllers;

    LinuxCgroups(CgroupRoots roots, Pipes pipes, Optional<DeviceControl> forced) {
        this.hierarchies = List.copyOf(roots.hierarchies());
        this.unit = roots.unit();
        this.pipes = pipes;
        this.forced = forced;
        this.controllers = Set.copyOf(CgroupLimits.available(hierarchies, pipes));
    }

    @Override
    public boolean hasUnified() {
        return hierarchies.stream().anyMatch(CgroupHierarchy::unified);
    }

    @Override
    public DeviceControl deviceControl() {
        if (deviceControl == null) {
            deviceControl = forced.orElseGet(this::findDeviceControl);
        }
        return deviceControl;
    }

    private DeviceControl findDeviceControl() {
        if (hierarchies.stream().anyMatch(hierarchy -> hierarchy.controllers().contains(LinuxCgroup.DEVICES))) {
            return DeviceControl.CONTROLLER;
        }
        return hasUnified() && DeviceProgram.available() ? DeviceControl.PROGRAM : DeviceControl.NONE;
    }

    @Override
    public Set<Controller> controllers() {
        return controllers;
    }

    @Override
    public List<String> hierarchies() {
        return hierarchies.stream().map(CgroupHierarchy::toString).toList();
    }

    @Override
    public Cgroup make(String path) throws KernelException {
        checked(path);
        List<CgroupDirectory> made = new ArrayList<>();
        try {
            for (CgroupHierarchy hierarchy : hierarchies) {
                if (hierarchy.onDemand()) {
                    continue;
                }
                CgroupDirectory directory = new CgroupDirectory(hierarchy.of(path), pipes);
                directory.make(hierarchy.directory());
                made.add(directory);
            }
            return at(path);
        } catch (KernelException failure) {
            for (CgroupDirectory directory : made) {
                try {
                    directory.remove();
                } catch (KernelException second) {
                    failure.addSuppressed(second);
                }
            }
            throw failure;
        }
    }

    @Override
    public Cgroup at(String path) {
        return new LinuxCgroup(checked(path), hierarchies, pipes, this::deviceControl);
    }

    @Override
    public List<String> children(String path) throws KernelException {
        Set<String> names = new TreeSet<>();
        String below = path.isEmpty() ? "" : checked(path);
        for (CgroupHierarchy hierarchy : hierarchies) {
            names.addAll(new CgroupDirectory(hierarchy.of(below), pipes).children());
        }
        return List.copyOf(names);
    }

    @Override
    public void shelter(int pid) throws KernelException {
        if (unit.isPresent()) {
            unit.get().shelter(pid);
        }
    }

    private static String checked(String path) {
        for (String component : path.split("/", -1)) {
            if (component.isEmpty() || component.startsWith(".")) {
                throw new IllegalArgumentException("not the path of a group: " + path);
            }
        }
        return path;
    }
}
