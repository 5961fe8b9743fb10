package overlayd.kernel.jna;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import overlayd.kernel.Cgroups;
import overlayd.kernel.ControlSocket;
import overlayd.kernel.Copies;
import overlayd.kernel.Deadline;
import overlayd.kernel.DeviceControl;
import overlayd.kernel.Events;
import overlayd.kernel.Fd;
import overlayd.kernel.Files;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.LinkNotices;
import overlayd.kernel.Links;
import overlayd.kernel.Locks;
import overlayd.kernel.MountTier;
import overlayd.kernel.Mounts;
import overlayd.kernel.Namespaces;
import overlayd.kernel.Nat;
import overlayd.kernel.OutOfMemory;
import overlayd.kernel.Packet;
import overlayd.kernel.Pipes;
import overlayd.kernel.Processes;
import overlayd.kernel.Seccomp;
import overlayd.kernel.Sockets;
import overlayd.kernel.Spawn;
import overlayd.kernel.Terminals;

/** The {@link Kernel} of Linux on x86-64 and arm64, by JNA. */
public final class LinuxKernel implements Kernel {
    private final Pipes pipes = new LinuxPipes();
    private final Files files = new LinuxFiles(pipes);
    private final Copies copies = new LinuxCopies();
    private final Locks locks = new LinuxLocks();
    private final Mounts mounts = new LinuxMounts(MountTier.forced(System.getenv()));
    private final Terminals terminals = new LinuxTerminals();
    private final Sockets sockets = new LinuxSockets();
    private final Spawn spawn = new LinuxSpawn();
    private final Processes processes = new LinuxProcesses(files);
    private final Seccomp seccomp = new Libseccomp(pipes);
    private final OutOfMemory outOfMemory = new KernelLogVictims();
    private final Optional<OwnGroups> ownGroups;
    private final Cgroups cgroups;
    private final Events events;
    private final Namespaces namespaces;

    private LinuxKernel(Optional<String> ownGroup) throws KernelException {
        warm();
        // First, since it decides where groups are made.
        ownGroups = ownGroup.isPresent() ? Optional.of(OwnGroups.enter(files, pipes, ownGroup.get())) : Optional.empty();
        try {
            cgroups = new LinuxCgroups(CgroupRoots.ofHost(files, pipes), pipes, DeviceControl.forced(System.getenv()));
            events = new EpollEvents();
            namespaces = namespaces(spawn, events);
        } catch (KernelException failure) {
            ownGroups.ifPresent(OwnGroups::close);
            throw failure;
        }
    }

    private static NamespaceWorkers namespaces(Spawn spawn, Events events) throws KernelException {
        try {
            return new NamespaceWorkers(spawn);
        } catch (KernelException failure) {
            events.close();
            throw failure;
        }
    }

    /**
     * Loads everything native, starts the event thread and the namespace workers, and proves the way back to the host's namespaces.
     *
     * @throws KernelException EPERM: not root; EINVAL: the root directory is no mount point (a plain chroot)
     */
    public static LinuxKernel open() throws KernelException {
        return new LinuxKernel(Optional.empty());
    }

    /** The same in control groups of its own, named {@code group}, instead of those this process was born in; closing goes back. */
    public static LinuxKernel openIn(String group) throws KernelException {
        return new LinuxKernel(Optional.of(group));
    }

    /** Links natives and loads classes here, so that nothing of it happens on a worker or during a boot. */
    private void warm() throws KernelException {
        Libc.KEEP_CLEANER.setByte(0, (byte) 0);
        processes.bootId();
        pipes.memoryFile("overlayd-warm", "warm".getBytes(StandardCharsets.US_ASCII), Pipes.Sealing.SEALED).close();
        Sockets.Pair pair = sockets.pair();
        try (ControlSocket ours = pair.ours(); ControlSocket theirs = new LinuxControlSocket(pair.theirs())) {
            theirs.send(Packet.of("WARM").with("key", "value").build(), List.of(ours.fd()));
            ours.receive(Deadline.afterMillis(1000)).ifPresent(ControlSocket.Received::close);
        }
        try (Links links = openLinks()) {
            links.find("lo");
        }
        try (Arena arena = new Arena()) {
            SpawnCalls.sigfillset(Libc.address(arena.zeroed(Abi.sigset_t_size)));
        }
    }

    @Override
    public Namespaces namespaces() {
        return namespaces;
    }

    @Override
    public Spawn spawn() {
        return spawn;
    }

    @Override
    public Processes processes() {
        return processes;
    }

    @Override
    public Sockets sockets() {
        return sockets;
    }

    @Override
    public Events events() {
        return events;
    }

    @Override
    public Pipes pipes() {
        return pipes;
    }

    @Override
    public Terminals terminals() {
        return terminals;
    }

    @Override
    public Files files() {
        return files;
    }

    @Override
    public Copies copies() {
        return copies;
    }

    @Override
    public Locks locks() {
        return locks;
    }

    @Override
    public Mounts mounts() {
        return mounts;
    }

    @Override
    public Cgroups cgroups() {
        return cgroups;
    }

    @Override
    public OutOfMemory outOfMemory() {
        return outOfMemory;
    }

    @Override
    public Seccomp seccomp() {
        return seccomp;
    }

    @Override
    public Links openLinks() throws KernelException {
        return new LinuxLinks();
    }

    @Override
    public Links openLinks(Fd netns) throws KernelException {
        return namespaces.run(workplace -> {
            workplace.enterNet(netns);
            return workplace.openLinks();
        });
    }

    @Override
    public LinkNotices openLinkNotices(LinkNotices.Kind kind) throws KernelException {
        return new LinuxLinkNotices(kind);
    }

    @Override
    public Nat openNat() throws KernelException {
        return new LinuxNat();
    }

    @Override
    public void trimHeap() {
        NativeHeap.trim();
    }

    @Override
    public void close() {
        namespaces.close();
        events.close();
        ownGroups.ifPresent(OwnGroups::close);
    }
}
