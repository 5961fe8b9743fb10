package overlayd.subhost;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import overlayd.kernel.Cgroups;
import overlayd.kernel.Child;
import overlayd.kernel.Errno;
import overlayd.kernel.Events;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Links;
import overlayd.kernel.Locks;
import overlayd.kernel.Namespaces;
import overlayd.kernel.OutOfMemory;
import overlayd.kernel.Pidfd;
import overlayd.kernel.Pipes;
import overlayd.kernel.Processes;
import overlayd.kernel.Seccomp;
import overlayd.kernel.Sockets;
import overlayd.kernel.Spawn;
import overlayd.kernel.SpawnRequest;
import overlayd.kernel.SyscallFilter;
import overlayd.kernel.Terminals;

/**
 * The kernel as one daemon has it, over a {@link ModelHost}. Counts every call, and at a chosen one refuses it, or ends the daemon before or
 * after it: then every further call throws {@link Crash}, and the host closes what the daemon had open.
 */
final class ModelKernel implements Kernel {
    /** The daemon is dead: whoever meets this is a ghost. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("the daemon is dead", null, false, false); // there are thousands, and where they come from says nothing
        }
    }

    /** What is to happen at call {@code at} (from 1). */
    record Fault(Kind kind, int at, Errno errno) {
        enum Kind { NONE, REFUSE, CRASH_BEFORE, CRASH_AFTER }

        static final Fault NONE = new Fault(Kind.NONE, 0, Errno.EIO);
    }

    final ModelHost host;
    private final Map<Integer, ModelHost.Thing> open = new LinkedHashMap<>();
    private final List<ModelMonitor> talking = new ArrayList<>();
    private final Map<Class<?>, Object> subjects = new ConcurrentHashMap<>();
    private final Runnable onCrash;
    private Fault fault = Fault.NONE;
    private int calls;
    private int lastFd = 10;
    private boolean dead;
    private String at = "";
    private final List<String> trace = new ArrayList<>();
    /** The mount namespace that the thread works in. */
    final ThreadLocal<ModelHost.Mntns> mounts;

    ModelKernel(ModelHost host, Runnable onCrash) {
        this.host = host;
        this.onCrash = onCrash;
        this.mounts = ThreadLocal.withInitial(() -> host.hostMounts);
    }

    /** From now on counts anew, and lets this happen. */
    void plan(Fault next) {
        synchronized (host) {
            fault = next;
            calls = 0;
            trace.clear();
            at = "";
        }
    }

    /** Whether something is to happen. */
    boolean isDisturbed() {
        return fault.kind() != Fault.Kind.NONE;
    }

    int calls() {
        return calls;
    }

    /** Which they were. */
    List<String> trace() {
        return List.copyOf(trace);
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

    /** What a method is to the one who counts calls: found out once for each. */
    private enum Nature {
        NO_CALL, SURE, REFUSABLE;

        static Nature of(Method method) {
            return method.getDeclaringClass() == Object.class || method.isDefault() ? NO_CALL
                    : Arrays.asList(method.getExceptionTypes()).contains(KernelException.class) ? REFUSABLE : SURE;
        }
    }

    /** A method, and what calls it: by a handle, which wraps no exception in another one with a trace of the stack. */
    private record Asked(Nature nature, MethodHandle handle) {
        private static final MethodType ANY = MethodType.methodType(Object.class, Object.class, Object[].class);

        static Asked of(Method method) {
            try {
                return new Asked(Nature.of(method), MethodHandles.publicLookup().unreflect(method).asFixedArity()
                        .asSpreader(Object[].class, method.getParameterCount()).asType(ANY));
            } catch (IllegalAccessException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        Object of(Object real, Object[] arguments) throws Throwable {
            return (Object) handle.invokeExact(real, arguments);
        }
    }

    private static final Map<Method, Asked> ASKED = new ConcurrentHashMap<>();

    @SuppressWarnings("unchecked")
    private <T> T watched(Class<T> type, T real) {
        return (T) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            Asked asked = ASKED.computeIfAbsent(method, Asked::of);
            if (asked.nature() == Nature.NO_CALL) {
                return method.isDefault() ? java.lang.reflect.InvocationHandler.invokeDefault(proxy, method, arguments) : method.invoke(real, arguments);
            }
            synchronized (host) {
                int number = 0;
                if (dead) {
                    throw new Crash();
                }
                if (asked.nature() == Nature.REFUSABLE) {
                    number = ++calls;
                    trace.add(method.getName());
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
                    return asked.of(real, arguments);
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
    void awaitNews() {
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

    /** Made once. */
    private <T> T subject(Class<T> type, Supplier<T> real) {
        return type.cast(subjects.computeIfAbsent(type, made -> watched(type, real.get())));
    }

    @Override
    public overlayd.kernel.Files files() {
        return subject(overlayd.kernel.Files.class, () -> new ModelFiles(this));
    }

    <T> T watch(Class<T> type, T real) {
        return watched(type, real);
    }

    @Override
    public overlayd.kernel.Copies copies() {
        // Only marks of what a boot makes: they change nothing that the check looks at, and may fail.
        return (overlayd.kernel.Copies) Proxy.newProxyInstance(ModelKernel.class.getClassLoader(), new Class<?>[] {overlayd.kernel.Copies.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("setAttribute")) {
                        return null;
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    @Override
    public overlayd.kernel.Mounts mounts() {
        return subject(overlayd.kernel.Mounts.class, () -> new ModelMounts(this));
    }

    @Override
    public OutOfMemory outOfMemory() {
        return List::of;
    }

    @Override
    public Seccomp seccomp() {
        return subject(Seccomp.class, () -> new Seccomp() {
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
        return subject(Terminals.class, () -> new ModelTerminals(this));
    }

    @Override
    public Locks locks() {
        return subject(Locks.class, () -> new ModelLocks(this));
    }

    @Override
    public Namespaces namespaces() {
        return subject(Namespaces.class, () -> new ModelNamespaces(this));
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
    public overlayd.kernel.LinkNotices openLinkNotices(overlayd.kernel.LinkNotices.Kind kind) {
        throw new UnsupportedOperationException();
    }

    @Override
    public overlayd.kernel.Nat openNat() {
        synchronized (host) {
            if (dead) {
                throw new Crash();
            }
            return watched(overlayd.kernel.Nat.class, new ModelNat(host, fd(new ModelHost.Thing())));
        }
    }

    Links links(ModelHost.Netns net) {
        return watched(Links.class, new ModelLinks(this, net, fd(net)));
    }

    @Override
    public Spawn spawn() {
        return subject(Spawn.class, () -> this::spawned);
    }

    /** A monitor, an enter helper, or a program that does nothing and ends well. */
    Child spawned(SpawnRequest request) {
        if (request.descriptors().containsKey(3)) {
            ModelSockets.Control control = thing(ModelSockets.Control.class, request.descriptors().get(3));
            control.other = new ModelMonitor(host, this, request.arguments().get(1).substring(2));
            talking.add(control.other);
            if (request.arguments().contains("--userns")) {
                control.other.makeUserns();
            }
            return new Child(control.other.self.pid, pidfd(control.other.self));
        }
        ModelHost.Process process = host.new Process("program", this);
        if (request.environment().contains("ACTION=setup")) {
            host.upperSetUp = true;
            thing(ModelMonitor.Pipe.class, request.descriptors().get(1)).say(host.base + "/root\n");
        } else if (request.environment().contains("ACTION=teardown")) {
            host.upperSetUp = false;
        }
        process.end(ExitStatus.exited(0));
        return new Child(process.pid, pidfd(process));
    }

    @Override
    public Sockets sockets() {
        return subject(Sockets.class, () -> new ModelSockets(this));
    }

    Pidfd pidfd(ModelHost.Process process) {
        return pidfd(process, fd(new ModelMonitor.ProcessThing(process)));
    }

    Pidfd pidfd(ModelHost.Process process, Fd fd) {
        return watched(Pidfd.class, new ModelPidfd(this, process, fd));
    }

    @Override
    public Processes processes() {
        return subject(Processes.class, () -> new ModelProcesses(this));
    }

    @Override
    public Events events() {
        return subject(Events.class, () -> new ModelEvents(this));
    }

    @Override
    public Pipes pipes() {
        return subject(Pipes.class, () -> new ModelPipes(this));
    }

    @Override
    public Cgroups cgroups() {
        return subject(Cgroups.class, () -> new ModelCgroups(this));
    }

    @Override
    public void trimHeap() {
        // no heap of its own
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
