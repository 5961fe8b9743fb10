package overlayd.subhost;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.config.ConfigFile;
import overlayd.config.ConfigReader;
import overlayd.config.HostDefaults;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.OverlayMount;
import overlayd.plan.OverlayOptions;

/** What a trial lies on, and what its changes are carried over to: the host's root, or a subhost's. Any host thread. */
final class TrialGround {
    private final Kernel kernel;
    private final Trials.Running running;

    TrialGround(Kernel kernel, Trials.Running running) {
        this.kernel = kernel;
        this.running = running;
    }

    /** What is done with a tree. */
    interface Job<T> {
        T on(Fd target) throws KernelException;
    }

    /** The layers that a trial lies on, to be closed by the caller. @param upper the trial's own */
    Layers layers(Path upper, Trials.Subject subject) throws RefusedException, KernelException {
        if (subject.isHost()) {
            return Layers.open(kernel, List.of(upper), List.of(Path.of("/")));
        }
        Uppers.Place place = place(subject);
        List<Path> below = new ArrayList<>(place.uppers());
        below.addAll(place.lowers());
        return Layers.open(kernel, List.of(upper), below);
    }

    /** The upperdir of the subhost. */
    FileIdentity upper(Trials.Subject subject) throws RefusedException, KernelException {
        return kernel.files().target(ByteText.of(place(subject).upper()));
    }

    Uppers.Place place(Trials.Subject subject) throws RefusedException {
        return new Uppers(kernel).place(running.find(subject.name()), config(subject));
    }

    static Optional<SubhostConfig> config(Trials.Subject subject) {
        try {
            return ConfigReader.showing(Strictness.BOOT, HostDefaults.NONE).read(ConfigFile.open(ByteText.path(subject.file()))).config();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /**
     * Does {@code job} on the tree: the host's, that of a running subhost as it sees it itself, or that of a stopped one, mounted for the
     * while. @param live a directory to mount that on
     */
    <T> T on(Trials.Subject subject, Path live, Job<T> job) throws RefusedException, KernelException {
        if (subject.isHost()) {
            try (Fd host = kernel.files().openPath("/")) {
                return job.on(host);
            }
        }
        Optional<SubhostRecord> record = running.find(subject.name()).filter(found -> found.stateOf().isLive());
        if (record.isPresent()) {
            if (record.get().settings().stream().anyMatch(setting -> setting.startsWith("USERNS="))) {
                throw new RefusedException(RefusedException.Kind.BUSY, subject.name() + " runs, with ids of its own; stop it first: overlay-stop "
                        + subject.name());
            }
            try (Fd root = running.root(subject.name())) {
                return job.on(root);
            }
        }
        return mounted(subject, live, job);
    }

    private <T> T mounted(Trials.Subject subject, Path live, Job<T> job) throws RefusedException, KernelException {
        Uppers.Place place = place(subject);
        SubhostConfig config = config(subject).orElseThrow();
        List<Path> below = new ArrayList<>(place.generations().directories());
        below.addAll(place.lowers());
        for (Path lower : place.lowers()) {
            if (kernel.files().target(ByteText.of(lower)).kind() != FileIdentity.Kind.DIRECTORY) {
                throw Uppers.refused("LOWER of " + subject.name() + " is an image file; boot it first, then apply");
            }
        }
        OverlayMount overlay = new OverlayMount(below.stream().map(ByteText::of).toList(), ByteText.of(place.upper()),
                ByteText.of(config.root().work()), Map.copyOf(OverlayOptions.of(config)));
        Fd lock = Uppers.lock(kernel, place);
        try {
            return kernel.namespaces().<T, KernelException>run(workplace -> {
                workplace.unshareMounts();
                try (Fd root = kernel.mounts().overlay(overlay, ByteText.of(live))) {
                    return job.on(root);
                }
            });
        } finally {
            lock.close();
        }
    }

    /** The upperdir must be the one that the trial was begun on. */
    void requireSame(Trials.Trial trial) throws RefusedException, KernelException {
        if (!trial.subject().isHost()) {
            FileIdentity now = upper(trial.subject());
            if (now.inode() != trial.subject().inode()) {
                throw new RefusedException(RefusedException.Kind.EXISTS, "UPPER of " + trial.subject().name()
                        + " was exchanged since the trial began, by a checkpoint, a rollback or a reset; try the command anew");
            }
        }
    }

    static KernelException io(String what, Object subject, Exception failed) {
        return new KernelException(what, subject, Errno.EIO, String.valueOf(failed.getMessage()));
    }
}
