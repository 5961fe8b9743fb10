package overlayd.trial;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import overlayd.config.ByteText;
import overlayd.failure.RefusedException;
import overlayd.kernel.Child;
import overlayd.kernel.Deadline;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.FileSystem;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountFlag;
import overlayd.kernel.Mounts;
import overlayd.kernel.OverlayMount;
import overlayd.kernel.Signal;
import overlayd.kernel.SpawnRequest;
import overlayd.kernel.Tree;
import overlayd.kernel.Workplace;

/**
 * The command of a trial while it runs: in mounts of its own, with an overlay of the host's root as root, the host's network, processes
 * and devices; /sys and /proc/sys are read-only, and /run is new, so that it reaches no service manager. Whatever it leaves running is
 * killed at its end: a service that outlived the overlay would be no trial.
 */
public final class TrialRun implements AutoCloseable {
    /** Where programs are looked for when nobody says. */
    public static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final String CHROOT = "/usr/sbin/chroot";
    private static final String ENV = "/usr/bin/env";

    private final Kernel kernel;
    private final Trials trials;
    private final Trials.Trial trial;
    private final Child child;
    private final FileIdentity mounts;

    private TrialRun(Kernel kernel, Trials trials, Trials.Trial trial, Started started) {
        this.kernel = kernel;
        this.trials = trials;
        this.trial = trial;
        this.child = started.child();
        this.mounts = started.mounts();
    }

    /** What to run: words, NAME=value each, where, and its descriptors 0, 1, 2. */
    public record Request(List<String> command, List<String> environment, String directory, List<Fd> stdio) {
    }

    private record Started(Child child, FileIdentity mounts) {
    }

    /** Where the command runs. @param mark which its mounts bear */
    private record Room(Path place, String mark) {
    }

    /** Starts it. @throws RefusedException STEP: the overlay cannot be made; nothing is left of it */
    public static TrialRun start(Kernel kernel, Trials trials, Request request) throws RefusedException {
        Trials.Trial trial = null;
        try {
            trial = trials.begin(String.join(" ", request.command()));
            Room room = new Room(trials.place(trial.id()), Remains.mark(trial));
            Started started = kernel.namespaces().<Started, KernelException>run(workplace -> spawn(kernel, room, request, workplace));
            return new TrialRun(kernel, trials, trial, started);
        } catch (KernelException failed) {
            if (trial != null) {
                trials.drop(trial);
            }
            throw Uppers.step("start trial", String.join(" ", request.command()), failed);
        }
    }

    private static Started spawn(Kernel kernel, Room room, Request request, Workplace workplace) throws KernelException {
        workplace.unshareMounts();
        String live = ByteText.of(room.place().resolve("live"));
        OverlayMount overlay = new OverlayMount(List.of("/"), ByteText.of(room.place().resolve("upper")), ByteText.of(room.place().resolve("work")),
                Map.of("redirect_dir", "nofollow"));
        try (Fd root = kernel.mounts().overlay(overlay, live)) {
            Tree tree = kernel.files().tree(root);
            bind(kernel, tree, "dev", Set.of());
            bind(kernel, tree, "proc", Set.of());
            bind(kernel, tree, "proc/sys", Set.of(MountFlag.READ_ONLY));
            bind(kernel, tree, "sys", Set.of(MountFlag.READ_ONLY));
            run(kernel, tree, room.mark());
        }
        List<String> command = new ArrayList<>(List.of(CHROOT, live, ENV, "-C", request.directory(), "--"));
        command.addAll(request.command());
        SpawnRequest spawn = SpawnRequest.of(CHROOT).withArguments(command).withEnvironment(request.environment())
                .withDescriptor(0, request.stdio().get(0)).withDescriptor(1, request.stdio().get(1)).withDescriptor(2, request.stdio().get(2));
        try (Fd mounts = workplace.mntnsFd()) {
            FileIdentity identity = kernel.files().identity(mounts);
            return new Started(workplace.spawn(spawn), identity);
        }
    }

    private static void bind(Kernel kernel, Tree root, String name, Set<MountFlag> flags) throws KernelException {
        try (Fd source = kernel.files().openPath("/" + name); Fd copy = kernel.mounts().copy(source, Mounts.Extent.WITH_SUBMOUNTS);
                Fd place = root.openPlace(name)) {
            if (!flags.isEmpty()) {
                kernel.mounts().addFlags(copy, Mounts.Extent.WITH_SUBMOUNTS, flags);
            }
            kernel.mounts().attach(copy, place);
        }
    }

    /** A new /run, with the name servers where /etc/resolv.conf is a link into it. */
    private static void run(Kernel kernel, Tree root, String mark) throws KernelException {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("mode", "755");
        try (Fd tmpfs = kernel.mounts().make(new FileSystem("tmpfs", mark, options, Set.of(MountFlag.NO_SUID, MountFlag.NO_DEVICES)));
                Fd place = root.openPlace("run")) {
            Tree run = kernel.files().tree(tmpfs);
            run.makeDirectory("lock", 01777);
            try {
                Path servers = Path.of("/etc/resolv.conf").toRealPath();
                if (servers.startsWith("/run")) {
                    String inside = Path.of("/run").relativize(servers).toString();
                    run.makeDirectories(inside.contains("/") ? inside.substring(0, inside.lastIndexOf('/')) : "", 0755);
                    run.makeFile(inside, 0644, Files.readAllBytes(servers));
                }
            } catch (IOException none) {
                // the host has no name servers either
            }
            kernel.mounts().attach(tmpfs, place);
        }
    }

    /** Sends it a signal of the one who asked for it, as a terminal would: to all of its process group. */
    public void signal(Signal signal) {
        try {
            kernel.processes().signalGroup(child, signal);
        } catch (KernelException ended) {
            // ESRCH: which is what was wanted
        }
    }

    /** Waits for its end; what it leaves running is killed. */
    public ExitStatus await() throws RefusedException {
        try {
            Optional<ExitStatus> status = child.pidfd().await(Deadline.NEVER);
            new Remains(kernel).kill(mounts);
            trials.ended(trial);
            return status.orElseGet(ExitStatus::unknown);
        } catch (KernelException failed) {
            throw Uppers.step("await trial", trial.command(), failed);
        }
    }

    /** What has become of it; empty: it was dropped while it ran. */
    public Optional<Trials.Trial> trial() {
        return trials.current(trial);
    }

    @Override
    public void close() {
        child.close();
    }
}
