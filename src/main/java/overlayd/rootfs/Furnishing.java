package overlayd.rootfs;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import overlayd.config.ByteText;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.FileSystem;
import overlayd.kernel.FileSystemInfo;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountFlag;
import overlayd.kernel.Mounts;
import overlayd.kernel.Mounts.Extent;
import overlayd.kernel.RawText;
import overlayd.kernel.Terminals;
import overlayd.plan.MountStep;
import overlayd.plan.RootStep;

/** Puts into a root what is not its own: /dev, /sys, /run, files of /etc, the reaper, shares. */
final class Furnishing implements MountStep.Cases<Void, KernelException>, AutoCloseable {
    private static final int LOCK_MODE = 01777;

    private final Kernel kernel;
    private final Mounts mounts;
    private final Optional<IdMapping> ids;
    private final RootMounts roots;
    private Fd console;
    /** Mount id of the subhost's /run, 0 while there is none of its own. */
    private long runMount;

    /** @param roots mounts the root that is furnished */
    Furnishing(Kernel kernel, Mounts mounts, Optional<IdMapping> ids, RootMounts roots) {
        this.kernel = kernel;
        this.mounts = mounts;
        this.ids = ids;
        this.roots = roots;
    }

    /** As {@link RootBuilder#takeConsole}. */
    Optional<Fd> takeConsole() {
        Optional<Fd> taken = Optional.ofNullable(console);
        console = null;
        return taken;
    }

    @Override
    public void close() {
        takeConsole().ifPresent(Fd::close);
    }

    @Override
    public Void root(RootStep step) throws KernelException {
        return step.match(roots);
    }

    @Override
    public Void dev(MountStep.MountDev step) throws KernelException {
        new DeviceDirectory(mounts, kernel.files(), shift()).mountOn(roots.root());
        return null;
    }

    @Override
    public Void console(MountStep.MakeConsole step) throws KernelException {
        try (Fd devpts = roots.root().place("dev/pts"); Fd place = roots.root().place("dev/console");
                Terminals.Pair terminal = kernel.terminals().open(devpts); Fd slave = mounts.copy(terminal.slave(), Extent.ONE)) {
            attach(slave, place, "/dev/console");
            console = kernel.pipes().duplicate(terminal.master());
        }
        return null;
    }

    @Override
    public Void devices(MountStep.MakeDevices step) throws KernelException {
        try (Fd dev = roots.root().place("dev")) {
            for (Path device : step.devices()) {
                new DeviceDirectory(mounts, kernel.files(), shift()).add(kernel.files().tree(dev), device);
            }
        }
        return null;
    }

    @Override
    public Void sys(MountStep.MountSys step) throws KernelException {
        mount("sysfs", Map.of(), Set.of(MountFlag.NO_SUID, MountFlag.NO_DEVICES, MountFlag.NO_EXECUTION), "sys");
        return null;
    }

    @Override
    public Void run(MountStep.MountRun step) throws KernelException {
        try (Fd place = roots.root().place("run")) {
            FileIdentity there = kernel.files().identity(place);
            if (there.mountRoot() && kernel.files().fileSystem(place).magic() == FileSystemInfo.TMPFS) {
                runMount = there.mountId();
                makeLock(place);
                return null;
            }
            Map<String, String> options = new LinkedHashMap<>();
            options.put("mode", "755");
            options.put("size", step.size());
            try (Fd tmpfs = mounts.make(new FileSystem("tmpfs", options, Set.of(MountFlag.NO_SUID, MountFlag.NO_DEVICES)))) {
                makeLock(tmpfs);
                attach(tmpfs, place, "/run");
                runMount = kernel.files().identity(tmpfs).mountId();
            }
        }
        return null;
    }

    private void makeLock(Fd run) throws KernelException {
        if (!kernel.files().tree(run).exists("lock")) {
            kernel.files().tree(run).makeDirectory("lock", LOCK_MODE);
        }
    }

    @Override
    public Void content(MountStep.BindContent step) throws KernelException {
        byte[] bytes = RawText.encode(step.content());
        boolean readOnly = step.hold() == MountStep.BindContent.Hold.READ_ONLY;
        Optional<Fd> found = roots.root().find(step.target());
        if (found.isEmpty() && readOnly && !roots.root().tree().exists(step.target())) {
            found = Optional.of(roots.root().filePlace(step.target()));
        }
        if (found.isEmpty()) {
            new RunLinks(kernel.files(), roots.root(), runMount).write(step.target(), bytes);
            return null;
        }
        try (Fd place = found.get()) {
            // A device or directory there means that somebody arranged something else.
            if (kernel.files().identity(place).kind() == Kind.REGULAR) {
                roots.privateFiles().bind(step.target(), bytes, place, readOnly ? Set.of(MountFlag.NO_EXECUTION, MountFlag.READ_ONLY) : Set.of(MountFlag.NO_EXECUTION));
            }
        }
        return null;
    }

    @Override
    public Void reaper(MountStep.BindReaper step) throws KernelException {
        roots.privateFiles().bindProgram(roots.root(), ByteText.of(step.program()));
        return null;
    }

    @Override
    public Void share(MountStep.BindShare step) throws KernelException {
        new Shares(kernel, ids).bind(step, roots.root());
        return null;
    }

    @Override
    public Void hook(MountStep.RunHook step) {
        throw new IllegalArgumentException("hooks are waited for outside of a namespace worker's job");
    }

    /** What is to be added to an id inside. */
    private int shift() {
        return ids.map(mapping -> mapping.host(0)).orElse(0);
    }

    private void mount(String type, Map<String, String> options, Set<MountFlag> flags, String name) throws KernelException {
        try (Fd place = roots.root().place(name); Fd mount = mounts.make(new FileSystem(type, options, flags))) {
            attach(mount, place, "/" + name);
        }
    }

    private void attach(Fd mount, Fd place, String path) throws KernelException {
        Root.attach(mounts, mount, place, path);
    }
}
