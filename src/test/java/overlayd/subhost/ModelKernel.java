package overlayd.subhost;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import overlayd.kernel.Cable;
import overlayd.kernel.Cgroup;
import overlayd.kernel.Cgroups;
import overlayd.kernel.Child;
import overlayd.kernel.Controller;
import overlayd.kernel.ControlSocket;
import overlayd.kernel.Deadline;
import overlayd.kernel.DeviceControl;
import overlayd.kernel.DeviceRule;
import overlayd.kernel.Errno;
import overlayd.kernel.Events;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Link;
import overlayd.kernel.LinkAddress;
import overlayd.kernel.Links;
import overlayd.kernel.Locks;
import overlayd.kernel.Namespaces;
import overlayd.kernel.OutOfMemory;
import overlayd.kernel.Packet;
import overlayd.kernel.Pidfd;
import overlayd.kernel.Pipes;
import overlayd.kernel.Processes;
import overlayd.kernel.ResourceLimits;
import overlayd.kernel.Seccomp;
import overlayd.kernel.Signal;
import overlayd.kernel.Sockets;
import overlayd.kernel.Spawn;
import overlayd.kernel.SpawnRequest;
import overlayd.kernel.SyscallFilter;
import overlayd.kernel.Terminals;
import overlayd.kernel.Usage;
import overlayd.kernel.Vlan;
import overlayd.kernel.Workplace;

/**
 * The kernel as one daemon has it, over a {@link ModelHost}. Counts every call, and at a chosen one refuses it, or ends the daemon before or
 * after it: then every further call throws {@link Crash}, and the host closes what the daemon had open.
 */
final class ModelKernel implements Kernel {
    /** The daemon is dead: whoever meets this is a ghost. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** What is to happen at call {@code at} (from 1). */
    record Fault(Kind kind, int at, Errno errno) {
        enum Kind { NONE, REFUSE, CRASH_BEFORE, CRASH_AFTER }

        static final Fault NONE = new Fault(Kind.NONE, 0, Errno.EIO);
    }

    final ModelHost host;
    private final Map<Integer, ModelHost.Thing> open = new LinkedHashMap<>();
    private final List<ModelMonitor> talking = new ArrayList<>();
    private final Runnable onCrash;
    private Fault fault = Fault.NONE;
    private int calls;
    private int lastFd = 10;
    private boolean dead;
    private String at = "";
    private ModelHost.Netns currentNet;

    ModelKernel(ModelHost host, Runnable onCrash) {
        this.host = host;
        this.onCrash = onCrash;
        this.currentNet = host.hostNet;
    }

    /** From now on counts anew, and lets this happen. */
    void plan(Fault next) {
        synchronized (host) {
            fault = next;
            calls = 0;
            at = "";
        }
    }

    int calls() {
        return calls;
    }

    /** The call at which the fault came; empty when it did not. */
    String faultAt() {
        return at;
    }

    int openDescriptors() {
        return open.size();
    }

    boolean isDead() {
        return dead;
    }

    /** The daemon is gone: its descriptors close, its children are init's. */
    void die() {
        synchronized (host) {
            if (dead) {
                return;
            }
            onCrash.run();
            dead = true;
            host.processes.values().forEach(process -> process.watchers.clear());
            talking.forEach(ModelMonitor::controlClosed);
            open.values().forEach(host::drop);
            open.clear();
            for (ModelHost.Process process : new ArrayList<>(host.processes.values())) {
                if (process.parent == this) {
                    process.parent = null;
                    if (process.ended) {
                        host.processes.remove(process.pid);
                    }
                }
            }
        }
    }

    // ---- faults ----

    @SuppressWarnings("unchecked")
    private <T> T watched(Class<T> type, T real) {
        return (T) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            if (method.getDeclaringClass() == Object.class || method.isDefault()) {
                return method.isDefault() ? java.lang.reflect.InvocationHandler.invokeDefault(proxy, method, arguments) : method.invoke(real, arguments);
            }
            synchronized (host) {
                boolean refusable = Arrays.asList(method.getExceptionTypes()).contains(KernelException.class);
                int number = 0;
                if (dead) {
                    throw new Crash();
                }
                if (refusable) {
                    number = ++calls;
                    if (number == fault.at() && fault.kind() != Fault.Kind.NONE) {
                        at = type.getSimpleName() + "." + method.getName() + (arguments == null ? "" : " " + Arrays.toString(arguments));
                    }
                    // waitid(2) of a process that has ended cannot be refused
                    boolean sure = type == Pidfd.class && method.getName().equals("await");
                    if (number == fault.at() && fault.kind() == Fault.Kind.REFUSE && !sure) {
                        throw new KernelException(method.getName(), "model", fault.errno(), "refused by the test");
                    }
                    if (number == fault.at() && fault.kind() == Fault.Kind.CRASH_BEFORE) {
                        die();
                        throw new Crash();
                    }
                }
                try {
                    return method.invoke(real, arguments);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                } finally {
                    if (number > 0 && number == fault.at() && fault.kind() == Fault.Kind.CRASH_AFTER) {
                        die();
                    }
                    if (dead) {
                        crash();
                    }
                }
            }
        });
    }

    /** Lets others play until something has ended. */
    private void awaitNews() {
        try {
            host.wait(100);
        } catch (InterruptedException over) {
            throw new Crash();
        }
    }

    private static void crash() {
        throw new Crash();
    }

    // ---- descriptors ----

    Fd fd(ModelHost.Thing thing) {
        int number = ++lastFd;
        open.put(number, thing);
        host.hold(thing);
        return new Fd(number, n -> {
            synchronized (host) {
                ModelHost.Thing closed = open.remove(n);
                if (closed != null) {
                    host.drop(closed);
                }
            }
        });
    }

    ModelHost.Thing thing(Fd fd) {
        ModelHost.Thing thing = open.get(fd.number());
        if (thing == null) {
            throw new IllegalStateException("closed: " + fd);
        }
        return thing;
    }

    <T extends ModelHost.Thing> T thing(Class<T> type, Fd fd) {
        return type.cast(thing(fd));
    }

    // ---- subjects ----

    @Override
    public overlayd.kernel.Files files() {
        return watched(overlayd.kernel.Files.class, new ModelFiles(this));
    }

    <T> T watch(Class<T> type, T real) {
        return watched(type, real);
    }

    @Override
    public overlayd.kernel.Copies copies() {
        throw new UnsupportedOperationException();
    }

    @Override
    public overlayd.kernel.Mounts mounts() {
        return watched(overlayd.kernel.Mounts.class, new ModelFiles.Mounting(this));
    }

    @Override
    public OutOfMemory outOfMemory() {
        return List::of;
    }

    @Override
    public Seccomp seccomp() {
        return watched(Seccomp.class, new Seccomp() {
            @Override
            public boolean knows(String call) {
                return true;
            }

            @Override
            public boolean available() {
                return true;
            }

            @Override
            public byte[] compile(SyscallFilter filter) {
                return new byte[] {1};
            }
        });
    }

    @Override
    public Terminals terminals() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Locks locks() {
        return watched(Locks.class, new Locks() {
            @Override
            public boolean tryLock(Fd fd) {
                ModelHost.Open file = thing(ModelHost.Open.class, fd);
                ModelHost.Open holder = host.flocks.putIfAbsent(file.path, file);
                return holder == null || holder == file;
            }

            @Override
            public boolean tryLockShared(Fd fd) {
                return true;
            }

            @Override
            public void lock(Fd fd) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void unlock(Fd fd) {
                host.flocks.values().remove(thing(fd));
            }

            @Override
            public boolean tryLockRange(Fd fd, long start, long length) {
                throw new UnsupportedOperationException();
            }

            @Override
            public boolean isRangeFree(Fd fd, long start, long length) {
                throw new UnsupportedOperationException();
            }

            @Override
            public OptionalInt writeLockOwner(Fd fd) {
                ModelHost.Process owner = host.monitorLocks.get(Path.of(thing(ModelHost.Open.class, fd).path).getParent());
                return owner == null ? OptionalInt.empty() : OptionalInt.of(owner.pid);
            }

            @Override
            public boolean tryWriteLock(Fd fd) {
                throw new UnsupportedOperationException();
            }
        });
    }

    @Override
    public Namespaces namespaces() {
        return watched(Namespaces.class, new Namespaces() {
            @Override
            public <T, E extends Exception> T run(Job<T, E> job) throws E, KernelException {
                ModelWorkplace place = new ModelWorkplace();
                try {
                    return job.run(watched(Workplace.class, place));
                } finally {
                    place.leave();
                }
            }

            @Override
            public Fd openNetns(String name) throws KernelException {
                if (!host.pins.containsKey(name)) {
                    throw new KernelException("open netns", name, Errno.ENOENT);
                }
                return fd(host.pins.get(name));
            }

            @Override
            public boolean netnsExists(String name) {
                return host.pins.containsKey(name);
            }

            @Override
            public void pinNetns(String name, Fd netns) throws KernelException {
                if (host.pins.putIfAbsent(name, thing(ModelHost.Netns.class, netns)) != null) {
                    throw new KernelException("pin netns", name, Errno.EEXIST);
                }
            }

            @Override
            public Fd makeNetns(String helper) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void unpinNetns(String name) {
                host.pins.remove(name);
                host.sweep();
            }

            @Override
            public overlayd.kernel.FileIdentity identity(Fd namespace) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Fd hostNetns() {
                throw new UnsupportedOperationException();
            }

            @Override
            public void close() {
                // nothing
            }
        });
    }

    private final class ModelWorkplace implements Workplace {
        private final List<ModelHost.Thing> here = new ArrayList<>();
        private ModelHost.Netns net = host.hostNet;
        private ModelHost.Mntns mnt;

        private <T extends ModelHost.Thing> T in(T thing) {
            here.add(thing);
            host.hold(thing);
            return thing;
        }

        void leave() {
            here.forEach(host::drop);
            here.clear();
        }

        @Override
        public void unshareNet() {
            net = in(new ModelHost.Netns());
            host.links.add(new ModelHost.Link("lo", net, ""));
        }

        @Override
        public void pinNetns(String name) throws KernelException {
            if (host.pins.putIfAbsent(name, net) != null) {
                throw new KernelException("pin netns", name, Errno.EEXIST);
            }
        }

        @Override
        public void enterNet(Fd netns) {
            net = in(thing(ModelHost.Netns.class, netns));
        }

        @Override
        public void returnToHostNet() {
            net = host.hostNet;
        }

        @Override
        public void unshareMounts() {
            mnt = in(new ModelHost.Mntns());
        }

        @Override
        public void enterMounts(Fd mntns) {
            mnt = in(thing(ModelHost.Mntns.class, mntns));
        }

        @Override
        public void actAs(int id) {
            // nor owners
        }

        @Override
        public Fd netnsFd() {
            return fd(net);
        }

        @Override
        public Fd mntnsFd() {
            return fd(mnt);
        }

        @Override
        public Child spawn(SpawnRequest request) {
            return spawned(request);
        }

        @Override
        public Links openLinks() {
            return links(net);
        }
    }

    @Override
    public Links openLinks() throws KernelException {
        synchronized (host) {
            if (dead) {
                throw new Crash();
            }
            return links(host.hostNet);
        }
    }

    @Override
    public Links openLinks(Fd netns) {
        throw new UnsupportedOperationException();
    }

    @Override
    public overlayd.kernel.Nat openNat() {
        throw new UnsupportedOperationException();
    }

    private Links links(ModelHost.Netns net) {
        return watched(Links.class, new ModelLinks(net, fd(net)));
    }

    private final class ModelLinks implements Links {
        private final ModelHost.Netns net;
        private final Fd socket;

        ModelLinks(ModelHost.Netns net, Fd socket) {
            this.net = net;
            this.socket = socket;
        }

        private Optional<ModelHost.Link> named(ModelHost.Netns where, String name) {
            return host.links.stream().filter(link -> link.in == where && link.name.equals(name)).findFirst();
        }

        private void free(ModelHost.Netns where, String name) throws KernelException {
            if (named(where, name).isPresent()) {
                throw new KernelException("make link", name, Errno.EEXIST);
            }
        }

        private void bridge(Optional<String> bridge) throws KernelException {
            if (bridge.isPresent() && named(host.hostNet, bridge.get()).isEmpty()) {
                throw new KernelException("make link", bridge.get(), Errno.ENODEV);
            }
        }

        @Override
        public List<Link> list() {
            return host.links.stream().filter(link -> link.in == net).map(this::shown).toList();
        }

        private Link shown(ModelHost.Link link) {
            return new Link(link.name, 1, link.name.startsWith("br") ? "bridge" : "veth", OptionalInt.empty(), Optional.empty(), true, link.alias);
        }

        @Override
        public Optional<Link> find(String name) {
            return named(net, name).map(this::shown);
        }

        @Override
        public void createCable(Cable cable) throws KernelException {
            ModelHost.Netns inside = thing(ModelHost.Netns.class, cable.netns());
            free(net, cable.hostEnd());
            free(inside, cable.subhostEnd());
            bridge(cable.bridge());
            ModelHost.Link one = new ModelHost.Link(cable.hostEnd(), net, cable.alias());
            ModelHost.Link two = new ModelHost.Link(cable.subhostEnd(), inside, "");
            one.peer = two;
            two.peer = one;
            host.links.addAll(List.of(one, two));
        }

        @Override
        public void createVlan(Vlan vlan) throws KernelException {
            free(net, vlan.name());
            bridge(vlan.bridge());
            ModelHost.Link link = new ModelHost.Link(vlan.name(), net, "");
            link.parent = named(net, vlan.parent()).orElseThrow(() -> new KernelException("make vlan", vlan.parent(), Errno.ENODEV));
            host.links.add(link);
        }

        @Override
        public void createBridge(String name, Optional<String> mac, String alias) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void configure(List<String> up, List<overlayd.kernel.LinkAddress> addresses, List<overlayd.kernel.DefaultRoute> routes)
                throws KernelException {
            for (String name : up) {
                setUp(name);
            }
        }

        @Override
        public List<overlayd.kernel.RouteEntry> routes() {
            return List.of();
        }

        @Override
        public List<overlayd.kernel.Traffic> traffic() {
            return List.of();
        }

        @Override
        public List<java.net.InetAddress> neighbours(String link) {
            return List.of();
        }

        @Override
        public void setUp(String name) throws KernelException {
            if (named(net, name).isEmpty()) {
                throw new KernelException("set up", name, Errno.ENODEV);
            }
        }

        @Override
        public void addAddress(String link, java.net.InetAddress address, int prefix) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void delete(String name) {
            named(net, name).ifPresent(host.links::remove);
            host.sweep();
        }

        @Override
        public List<LinkAddress> addresses() {
            return List.of();
        }

        @Override
        public Set<String> awaitGone(Collection<String> names, Deadline deadline) {
            Set<String> left = new LinkedHashSet<>(names);
            left.removeIf(name -> named(net, name).isEmpty());
            return left;
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    @Override
    public Spawn spawn() {
        return watched(Spawn.class, this::spawned);
    }

    /** A monitor, an enter helper, or a program that does nothing and ends well. */
    private Child spawned(SpawnRequest request) {
        if (request.descriptors().containsKey(3)) {
            Control control = thing(Control.class, request.descriptors().get(3));
            control.other = new ModelMonitor(host, this, request.arguments().get(1).substring(2));
            talking.add(control.other);
            return new Child(control.other.self.pid, pidfd(control.other.self));
        }
        ModelHost.Process process = host.new Process("program", this);
        process.end(ExitStatus.exited(0));
        return new Child(process.pid, pidfd(process));
    }

    /** The end of a control socket that the child has. */
    private static final class Control extends ModelHost.Thing {
        private ModelMonitor other;
    }

    @Override
    public Sockets sockets() {
        return watched(Sockets.class, new Sockets() {
            @Override
            public Pair pair() {
                Control control = new Control();
                return new Pair(watched(ControlSocket.class, new ModelControl(control, fd(new ModelHost.Thing()))), fd(control));
            }

            @Override
            public Fd datagrams(String abstractName) {
                throw new UnsupportedOperationException();
            }

            @Override
            public ControlSocket control(Fd fd) {
                throw new UnsupportedOperationException();
            }
        });
    }

    private final class ModelControl implements ControlSocket {
        private final Control control;
        private final Fd fd;

        ModelControl(Control control, Fd fd) {
            this.control = control;
            this.fd = fd;
        }

        @Override
        public Fd fd() {
            return fd;
        }

        @Override
        public void send(Packet packet, List<Fd> descriptors) throws KernelException {
            if (control.other == null || control.other.self.ended) {
                throw new KernelException("send", packet.verb(), Errno.EPIPE);
            }
            List<ModelHost.Thing> things = new ArrayList<>();
            descriptors.forEach(descriptor -> things.add(thing(descriptor)));
            control.other.receive(packet, things);
        }

        @Override
        public Optional<Received> receive(Deadline deadline) throws KernelException {
            ModelMonitor.Message message = control.other == null ? null : control.other.answers.poll();
            if (message == null && (control.other == null || control.other.self.ended)) {
                return Optional.empty();
            }
            if (message == null) {
                throw new KernelException("receive", "control", Errno.ETIMEDOUT);
            }
            List<Fd> fds = new ArrayList<>();
            message.things().forEach(thing -> fds.add(ModelKernel.this.fd(thing)));
            return Optional.of(new Received() {
                @Override
                public Packet packet() {
                    return message.packet();
                }

                @Override
                public int count() {
                    return fds.size();
                }

                @Override
                public Fd take(int index) {
                    Fd taken = fds.get(index);
                    fds.set(index, null);
                    return taken;
                }

                @Override
                public void close() {
                    fds.stream().filter(java.util.Objects::nonNull).forEach(Fd::close);
                }
            });
        }

        @Override
        public void close() {
            if (fd.isOpen()) {
                fd.close();
                if (control.other != null) {
                    control.other.controlClosed();
                }
            }
        }
    }

    private Pidfd pidfd(ModelHost.Process process) {
        return pidfd(process, fd(new ModelMonitor.ProcessThing(process)));
    }

    private Pidfd pidfd(ModelHost.Process process, Fd fd) {
        return watched(Pidfd.class, new Pidfd() {
            @Override
            public int pid() {
                return process.pid;
            }

            @Override
            public Fd fd() {
                return fd;
            }

            @Override
            public void signal(int number) throws KernelException {
                fd.number();
                if (process.ended) {
                    throw new KernelException("signal", process.pid, Errno.ESRCH);
                }
                process.signal(number);
            }

            @Override
            public boolean hasEnded() {
                return process.ended;
            }

            @Override
            public Optional<ExitStatus> await(Deadline deadline) {
                fd.number();
                while (!process.ended && deadline.isNever() && !dead) {
                    awaitNews();
                }
                if (!process.ended) {
                    return Optional.empty(); // nothing happens in this world while the one who asks waits
                }
                boolean ours = process.parent == ModelKernel.this && host.processes.remove(process.pid) != null;
                return Optional.of(ours ? process.status : ExitStatus.unknown());
            }

            @Override
            public void close() {
                fd.close();
            }
        });
    }

    @Override
    public Processes processes() {
        return watched(Processes.class, new Processes() {
            @Override
            public Pidfd open(int pid) throws KernelException {
                ModelHost.Process process = host.processes.get(pid);
                if (process == null) {
                    throw new KernelException("open process", pid, Errno.ESRCH);
                }
                return pidfd(process);
            }

            @Override
            public Pidfd adopt(Fd fd, int pid) {
                return pidfd(thing(ModelMonitor.ProcessThing.class, fd).process, fd);
            }

            @Override
            public long startTime(int pid) throws KernelException {
                ModelHost.Process process = host.processes.get(pid);
                if (process == null) {
                    throw new KernelException("start time", pid, Errno.ESRCH);
                }
                return process.startTime;
            }

            @Override
            public boolean isSame(int pid, long startTime) {
                ModelHost.Process process = host.processes.get(pid);
                return process != null && process.startTime == startTime;
            }

            @Override
            public String bootId() {
                return "this-boot";
            }

            @Override
            public Fd copyDescriptor(Pidfd process, int number) throws KernelException {
                throw new KernelException("copy descriptor", number, Errno.EBADF);
            }

            @Override
            public void signalGroup(Child leader, Signal signal) {
                // programs of the model have ended already
            }
        });
    }

    @Override
    public Events events() {
        return watched(Events.class, new Events() {
            @Override
            public Registration watch(Fd fd, Set<Interest> interests, Repeat repeat, Callback callback) {
                if (thing(fd) instanceof ModelMonitor.ProcessThing of) {
                    Runnable tell = () -> {
                        try {
                            callback.on(new Event(true, false, false));
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    };
                    if (of.process.ended) {
                        tell.run();
                    } else {
                        of.process.watchers.add(tell);
                    }
                }
                return () -> { };
            }

            @Override
            public Registration timer(Duration delay, Runnable action) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void close() {
                // nothing
            }
        });
    }

    @Override
    public Pipes pipes() {
        return watched(Pipes.class, new Pipes() {
            @Override
            public long transfer(Fd from, Fd to, int most) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Pipe pipe() {
                ModelMonitor.Pipe pipe = new ModelMonitor.Pipe();
                return new Pipe(fd(pipe), fd(pipe));
            }

            @Override
            public Fd memoryFile(String name, byte[] content, Sealing sealing) {
                return fd(name.equals("seccomp") ? new ModelHost.Kept() : new ModelMonitor.Pipe());
            }

            @Override
            public void writeAll(Fd fd, byte[] bytes) {
                throw new UnsupportedOperationException();
            }

            @Override
            public byte[] readAll(Fd fd, int limit) {
                return new byte[0];
            }

            @Override
            public byte[] contents(Fd fd, int limit) {
                return new byte[0];
            }

            @Override
            public Optional<byte[]> read(Fd fd, int limit, Deadline deadline) {
                ModelMonitor.Pipe pipe = thing(ModelMonitor.Pipe.class, fd);
                while (pipe.bytes.isEmpty() && pipe.writer != null && !pipe.writer.ended && !deadline.passed() && !dead) {
                    awaitNews();
                }
                byte[] some = new byte[Math.min(limit, pipe.bytes.size())];
                for (int i = 0; i < some.length; i++) {
                    some[i] = pipe.bytes.poll();
                }
                return some.length == 0 && pipe.writer != null && !pipe.writer.ended ? Optional.empty() : Optional.of(some);
            }

            @Override
            public Fd duplicate(Fd fd) {
                return fd(thing(fd));
            }

            @Override
            public Fd own(int number) {
                throw new UnsupportedOperationException();
            }
        });
    }

    @Override
    public Cgroups cgroups() {
        return watched(Cgroups.class, new Cgroups() {
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
                return watched(Cgroup.class, new ModelCgroup(path));
            }

            @Override
            public List<String> children(String path) {
                return host.cgroups.stream().filter(p -> p.startsWith(path + "/")).map(p -> p.substring(path.length() + 1)).toList();
            }

            @Override
            public void shelter(int pid) {
                // no service manager here
            }
        });
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
            return Optional.of(fd(new ModelHost.Open(path, null)));
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
        public void limitDevices(List<DeviceRule> allowed) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void limit(ResourceLimits limits) throws KernelException {
            if (!host.cgroups.contains(path)) {
                throw new KernelException("limit", path, Errno.ENOENT);
            }
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
            host.frozen.remove(path);
        }
    }

    @Override
    public void close() {
        // nothing: die() is the end of a daemon
    }

    /** A real file, for log and runtime directory. */
    static void create(Path file) {
        try {
            if (!java.nio.file.Files.exists(file)) {
                java.nio.file.Files.createFile(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
