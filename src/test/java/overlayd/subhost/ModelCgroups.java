package overlayd.subhost;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import overlayd.kernel.Cgroup;
import overlayd.kernel.Cgroups;
import overlayd.kernel.Controller;
import overlayd.kernel.Deadline;
import overlayd.kernel.DeviceControl;
import overlayd.kernel.DeviceRule;
import overlayd.kernel.Errno;
import overlayd.kernel.Events;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.ResourceLimits;
import overlayd.kernel.Usage;

/** Control groups of one unified hierarchy, over a {@link ModelHost}. */
final class ModelCgroups implements Cgroups {
    private final ModelKernel kernel;
    private final ModelHost host;

    ModelCgroups(ModelKernel kernel) {
        this.kernel = kernel;
        this.host = kernel.host;
    }

    @Override
    public boolean hasUnified() {
        return true;
    }

    @Override
    public Set<Controller> controllers() {
        return Set.of(Controller.values());
    }

    @Override
    public List<String> hierarchies() {
        return List.of("cgroup2 /sys/fs/cgroup");
    }

    @Override
    public DeviceControl deviceControl() {
        return DeviceControl.PROGRAM;
    }

    @Override
    public Cgroup make(String path) throws KernelException {
        if (!host.cgroups.add(path)) {
            throw new KernelException("make cgroup", path, Errno.EEXIST);
        }
        return at(path);
    }

    @Override
    public Cgroup at(String path) {
        return kernel.watch(Cgroup.class, new ModelCgroup(path));
    }

    @Override
    public List<String> children(String path) {
        return host.cgroups.stream().filter(p -> p.startsWith(path + "/")).map(p -> p.substring(path.length() + 1)).toList();
    }

    @Override
    public void shelter(int pid) {
        // no service manager here
    }

    private final class ModelCgroup implements Cgroup {
        private final String path;

        ModelCgroup(String path) {
            this.path = path;
        }

        private List<ModelHost.Process> inside() {
            return host.processes.values().stream().filter(process -> !process.ended && process.cgroup.equals(path)).toList();
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public Optional<Fd> openUnified() throws KernelException {
            if (!host.cgroups.contains(path)) {
                throw new KernelException("open cgroup", path, Errno.ENOENT);
            }
            return Optional.of(kernel.fd(new ModelHost.Open(path, null)));
        }

        @Override
        public List<Fd> openTasks() {
            return List.of();
        }

        @Override
        public List<Integer> processes() {
            return inside().stream().map(process -> process.pid).toList();
        }

        @Override
        public void write(String controller, String file, String value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void limitDevices(List<DeviceRule> allowed) throws KernelException {
            if (!host.cgroups.contains(path)) {
                throw new KernelException("limit devices", path, Errno.ENOENT);
            }
            host.limits.computeIfAbsent(path, p -> new TreeMap<>()).put("DEVICES", allowed.toString());
        }

        @Override
        public void limit(ResourceLimits limits) throws KernelException {
            if (!host.cgroups.contains(path)) {
                throw new KernelException("limit", path, Errno.ENOENT);
            }
            Map<String, String> set = host.limits.computeIfAbsent(path, p -> new TreeMap<>());
            limits.memoryBytes().ifPresent(bytes -> set.put("MEMORY", bytes == Long.MAX_VALUE ? "none" : Long.toString(bytes)));
            limits.cpuPercents().ifPresent(percents -> set.put("CPUS", percents == Integer.MAX_VALUE ? "none" : Integer.toString(percents)));
            limits.pids().ifPresent(pids -> set.put("PIDS", pids == Long.MAX_VALUE ? "none" : Long.toString(pids)));
            set.values().removeIf("none"::equals);
            host.onLimit.run();
        }

        @Override
        public Usage usage() {
            return new Usage(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
        }

        @Override
        public Optional<Events.Registration> onOutOfMemory(Events events, Runnable action) {
            return Optional.empty();
        }

        @Override
        public void freeze(Deadline deadline) {
            host.frozen.add(path);
        }

        @Override
        public void thaw() {
            host.frozen.remove(path);
        }

        @Override
        public boolean frozen() {
            return host.frozen.contains(path);
        }

        @Override
        public void kill() {
            inside().forEach(process -> process.signal(9));
        }

        @Override
        public boolean awaitEmpty(Deadline deadline) {
            return inside().isEmpty();
        }

        @Override
        public void remove(Deadline deadline) throws KernelException {
            if (!inside().isEmpty()) {
                throw new KernelException("remove cgroup", path, Errno.EBUSY);
            }
            host.cgroups.remove(path);
            host.limits.remove(path);
            host.frozen.remove(path);
        }
    }
}
