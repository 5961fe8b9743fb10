package overlayd.trial;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import overlayd.config.ByteText;
import overlayd.config.ConfigFile;
import overlayd.config.ConfigReader;
import overlayd.config.HostDefaults;
import overlayd.config.Security;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;
import overlayd.facts.Overlaps;
import overlayd.failure.RefusedException;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.FileSystem;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountFlag;
import overlayd.kernel.OverlayMount;
import overlayd.plan.OverlayOptions;
import overlayd.rootfs.CoveredLower;
import overlayd.rootfs.SecretsLayer;
import overlayd.state.SubhostRecord;

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
        return Layers.open(kernel, List.of(upper), place.below(place.uppers()));
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
        Optional<SubhostRecord> record = running.find(subject.name()).filter(found -> found.state().isLive());
        if (record.isPresent()) {
            if (record.get().asked().settings().stream().anyMatch(setting -> setting.startsWith("USERNS="))) {
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
        for (Path lower : place.lowers()) {
            if (kernel.files().target(ByteText.of(lower)).kind() != FileIdentity.Kind.DIRECTORY) {
                throw Uppers.refused("LOWER of " + subject.name() + " is an image file; boot it first, then apply");
            }
        }
        Set<Path> around = Overlaps.of(kernel, place.lowers(), place.generations().directories());
        Fd lock = Uppers.lock(kernel, place);
        try {
            return kernel.namespaces().<T, KernelException>run(workplace -> {
                workplace.unshareMounts();
                List<String> below = new ArrayList<>(place.generations().directories().stream().map(ByteText::of).toList());
                below.addAll(lowers(place, around, live));
                OverlayMount overlay = new OverlayMount(below, ByteText.of(place.upper()), ByteText.of(config.root().work()), OverlayOptions.of(config));
                try (Fd root = kernel.mounts().overlay(overlay, ByteText.of(live))) {
                    return job.on(root);
                }
            });
        } finally {
            lock.close();
        }
    }

    /** LOWER as a boot lays it: where a checkpoint lies inside of it through an overlay of its own, and without the secrets that are hidden. */
    private List<String> lowers(Uppers.Place place, Set<Path> around, Path live) throws KernelException {
        List<String> lowers = new ArrayList<>();
        boolean hidden = place.secrets() == Security.Secrets.HIDDEN;
        if (!around.isEmpty() || hidden) {
            try (Fd tmpfs = kernel.mounts().make(new FileSystem("tmpfs", Map.of("mode", "700"), Set.of(MountFlag.NO_SUID, MountFlag.NO_DEVICES)));
                    Fd at = kernel.files().openPath(ByteText.of(live))) {
                kernel.mounts().attach(tmpfs, at);
            }
        }
        for (Path lower : place.lowers()) {
            if (around.contains(lower)) {
                lowers.add(CoveredLower.mount(kernel, ByteText.of(lower), ByteText.of(directory(live, "below-" + lowers.size()))));
            } else {
                lowers.add(ByteText.of(lower));
            }
        }
        if (hidden) {
            lowers.add(0, secrets(lowers, directory(live, "secrets")));
        }
        return lowers;
    }

    private Path directory(Path live, String name) throws KernelException {
        try (Fd at = kernel.files().openPath(ByteText.of(live))) {
            kernel.files().tree(at).makeDirectory(name, 0755);
        }
        return live.resolve(name);
    }

    /** Without this layer what a trial has deleted would be looked for, kept and deleted in all that the subhost has never seen. */
    private String secrets(List<String> lowers, Path layer) throws KernelException {
        List<Fd> opened = new ArrayList<>();
        try (Fd at = kernel.files().openPath(ByteText.of(layer))) {
            for (String lower : lowers) {
                opened.add(kernel.files().openPath(lower));
            }
            SecretsLayer.fill(kernel, opened, at);
            return ByteText.of(layer);
        } finally {
            opened.forEach(Fd::close);
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
