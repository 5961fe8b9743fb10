package overlayd.kernel.jna;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import overlayd.kernel.Cgroup;
import overlayd.kernel.Deadline;
import overlayd.kernel.DeviceControl;
import overlayd.kernel.DeviceRule;
import overlayd.kernel.Errno;
import overlayd.kernel.Events;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pipes;
import overlayd.kernel.ResourceLimits;
import overlayd.kernel.Signal;
import overlayd.kernel.Usage;

/** {@link Cgroup}: cgroup2 does what it can do; v1 hierarchies follow. */
record LinuxCgroup(String path, List<CgroupHierarchy> hierarchies, Pipes pipes, Supplier<DeviceControl> deviceControl) implements Cgroup {
    static final String DEVICES = "devices";
    /** Between two looks at a v1 group or a group that is being left: v1 gives no notice. */
    private static final long LOOK_AGAIN_MILLIS = 2;

    @Override
    public Optional<Fd> openUnified() throws KernelException {
        Optional<CgroupDirectory> unified = unified();
        return unified.isEmpty() ? Optional.empty() : Optional.of(unified.get().open("", Abi.O_RDONLY | Abi.O_DIRECTORY));
    }

    @Override
    public List<Fd> openTasks() throws KernelException {
        List<Fd> tasks = new ArrayList<>();
        try {
            for (CgroupHierarchy hierarchy : hierarchies) {
                if (!hierarchy.unified() && (!hierarchy.onDemand() || in(hierarchy).exists())) {
                    tasks.add(in(hierarchy).open("/tasks", Abi.O_WRONLY));
                }
            }
            return tasks;
        } catch (KernelException failure) {
            tasks.forEach(Fd::close);
            throw failure;
        }
    }

    @Override
    public List<Integer> processes() throws KernelException {
        List<Integer> all = new ArrayList<>();
        for (CgroupHierarchy hierarchy : hierarchies) {
            in(hierarchy).processes(all);
        }
        return all.stream().distinct().sorted().toList();
    }

    @Override
    public void write(String controller, String file, String value) throws KernelException {
        v1(controller).or(this::unified)
                .orElseThrow(() -> new KernelException("write to", path + "/" + file, Errno.ENODEV, "no " + controller + " controller"))
                .write(file, value);
    }

    @Override
    public void limitDevices(List<DeviceRule> allowed) throws KernelException {
        switch (deviceControl.get()) {
            case CONTROLLER -> {
                CgroupDirectory group = v1(DEVICES).orElseThrow();
                group.write("devices.deny", "a");
                group.write("devices.allow", "b *:* m");
                group.write("devices.allow", "c *:* m");
                for (DeviceRule rule : allowed) {
                    group.write("devices.allow", rule.text() + " rw");
                }
            }
            case PROGRAM -> {
                try (Fd group = openUnified().orElseThrow()) {
                    DeviceProgram.attach(group, path, allowed);
                }
            }
            case NONE -> throw new KernelException("limit devices of", path, Errno.ENODEV, "no devices controller, no cgroup2 program");
        }
    }

    @Override
    public void limit(ResourceLimits limits) throws KernelException {
        new CgroupLimits(path, hierarchies, pipes).set(limits);
    }

    @Override
    public Usage usage() throws KernelException {
        return new CgroupLimits(path, hierarchies, pipes).usage();
    }

    @Override
    public Optional<Events.Registration> onOutOfMemory(Events events, Runnable action) throws KernelException {
        CgroupLimits counters = new CgroupLimits(path, hierarchies, pipes);
        Optional<CgroupHierarchy> memory = counters.memory();
        return memory.isEmpty() || counters.kills().isEmpty() ? Optional.empty()
                : Optional.of(OutOfMemoryWatch.on(in(memory.get()), memory.get().unified(), events, pipes, action));
    }

    @Override
    public void freeze(Deadline deadline) throws KernelException {
        Optional<CgroupDirectory> unified = unified();
        if (unified.isPresent()) {
            unified.get().write("cgroup.freeze", "1");
            if (!CgroupEvents.await(unified.get(), "frozen 1", deadline)) {
                throw new KernelException("freeze", path, Errno.ETIMEDOUT);
            }
            return;
        }
        CgroupDirectory freezer = v1("freezer")
                .orElseThrow(() -> new KernelException("freeze", path, Errno.ENODEV, "neither cgroup2 nor the freezer is mounted"));
        freezer.write("freezer.state", "FROZEN");
        while (!freezer.read("freezer.state").strip().equals("FROZEN")) {
            if (deadline.passed()) {
                throw new KernelException("freeze", path, Errno.ETIMEDOUT);
            }
            Poll.pause(LOOK_AGAIN_MILLIS);
        }
    }

    @Override
    public void thaw() throws KernelException {
        Optional<CgroupDirectory> unified = unified();
        if (unified.isPresent()) {
            unified.get().write("cgroup.freeze", "0");
        } else if (v1("freezer").isPresent()) {
            v1("freezer").get().write("freezer.state", "THAWED");
        }
    }

    @Override
    public boolean frozen() throws KernelException {
        Optional<CgroupDirectory> unified = unified();
        if (unified.isPresent()) {
            return unified.get().read("cgroup.freeze").strip().equals("1");
        }
        // FREEZING counts: its daemon died while it waited, and what did stop must go on.
        return v1("freezer").isPresent() && v1("freezer").get().read("freezer.state").startsWith("FR");
    }

    @Override
    public void kill() throws KernelException {
        Optional<CgroupDirectory> unified = unified();
        try {
            if (unified.isPresent()) {
                unified.get().write("cgroup.kill", "1");
            }
        } catch (KernelException failure) {
            CgroupDirectory.ignoreGone(failure);
        }
        // On v1 a process may be in a controller's group and not in cgroup2's: one that pid 1 put there before a failure, or root did.
        killListed();
    }

    /** Frozen first where possible, so that nothing forks away; a frozen v1 process dies only once thawed. */
    private void killListed() throws KernelException {
        List<Integer> left = processes();
        if (left.isEmpty()) {
            return;
        }
        Optional<CgroupDirectory> freezer = v1("freezer").filter(group -> unified().isEmpty());
        try {
            if (freezer.isPresent()) {
                freezer.get().write("freezer.state", "FROZEN");
            }
            for (int pid : processes()) {
                if (pid > 0) {
                    Libc.raw(SyscallNumber.KILL, pid, Signal.KILL.number());
                }
            }
        } finally {
            if (freezer.isPresent()) {
                freezer.get().write("freezer.state", "THAWED");
            }
        }
    }

    @Override
    public boolean awaitEmpty(Deadline deadline) throws KernelException {
        Optional<CgroupDirectory> unified = unified();
        if (unified.isPresent() && !CgroupEvents.await(unified.get(), "populated 0", deadline)) {
            return false;
        }
        for (List<Integer> left = processes(); !left.isEmpty(); left = processes()) {
            if (!ended(left, deadline)) {
                return false;
            }
        }
        return true;
    }

    /** Waits for the end of each process by a pidfd. */
    private static boolean ended(List<Integer> pids, Deadline deadline) throws KernelException {
        for (int pid : pids) {
            if (deadline.passed()) {
                return false;
            }
            long fd = pid == 0 ? -1 : Libc.raw(SyscallNumber.PIDFD_OPEN, pid, 0);
            if (fd < 0) {
                // Reaped just now, or not ours to see.
                Poll.pause(LOOK_AGAIN_MILLIS);
                continue;
            }
            try (Fd pidfd = Libc.own((int) fd)) {
                if (!Poll.readable(pidfd, deadline)) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public void remove(Deadline deadline) throws KernelException {
        // Those made on demand last: one that is made meanwhile finds no other any more, and goes again (CgroupEntry.open).
        for (CgroupHierarchy hierarchy : hierarchies.stream().sorted(Comparator.comparing(CgroupHierarchy::onDemand)).toList()) {
            while (true) {
                try {
                    in(hierarchy).remove();
                    break;
                } catch (KernelException failure) {
                    if (failure.errno() != Errno.EBUSY || deadline.passed()) {
                        throw failure;
                    }
                }
                if (awaitEmpty(deadline)) {
                    // Nobody is listed, yet the last one has not quite left: there is no notice for that.
                    Poll.pause(LOOK_AGAIN_MILLIS);
                }
            }
        }
    }

    private Optional<CgroupDirectory> unified() {
        return hierarchies.stream().filter(CgroupHierarchy::unified).findFirst().map(this::in);
    }

    private Optional<CgroupDirectory> v1(String controller) {
        return hierarchies.stream().filter(hierarchy -> hierarchy.controllers().contains(controller)).findFirst().map(this::in);
    }

    private CgroupDirectory in(CgroupHierarchy hierarchy) {
        return new CgroupDirectory(hierarchy.of(path), pipes);
    }
}
