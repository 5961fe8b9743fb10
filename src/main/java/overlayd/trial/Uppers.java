package overlayd.trial;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import overlayd.config.ByteText;
import overlayd.config.ConfigKey;
import overlayd.config.RootKind;
import overlayd.config.Security;
import overlayd.config.SubhostConfig;
import overlayd.failure.Diagnosis;
import overlayd.failure.RefusedException;
import overlayd.generation.Chain;
import overlayd.generation.Generations;
import overlayd.generation.Switch;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.state.DirectoryLocks;
import overlayd.state.SubhostRecord;
import overlayd.upper.Change;
import overlayd.upper.Diff;
import overlayd.upper.Removal;

/** What can be asked of the upperdir of a subhost. Any host thread. */
public final class Uppers {
    private final Kernel kernel;

    public Uppers(Kernel kernel) {
        this.kernel = kernel;
    }

    /**
     * Where the layers of a subhost are.
     *
     * @param generations checkpoints its upperdir lies on
     * @param secrets whether LOWER is seen without its secrets (HIDE)
     */
    record Place(String name, Path upper, Chain generations, List<Path> lowers, Security.Secrets secrets) {
        /** What upperdirs on {@code own} lie on. */
        Layers.Below below(List<Path> own) {
            return new Layers.Below(own, lowers, secrets);
        }

        /** What it has of its own, top first. @throws RefusedException CONFIG: a checkpoint is missing */
        List<Path> uppers() throws RefusedException {
            if (generations.fault().isPresent()) {
                throw refused("UPPER of " + name + " cannot be told from its checkpoints: " + generations.fault().get()
                        + "; overlay rollback " + name + " LABEL, or overlay reset " + name + ", says on which it is to lie");
            }
            List<Path> uppers = new ArrayList<>(List.of(upper));
            uppers.addAll(generations.directories());
            return uppers;
        }
    }

    /** How a subhost's upperdirs differ from LOWER; see {@link #tell}. */
    public List<Change> diff(Optional<SubhostRecord> subhost, Optional<SubhostConfig> config) throws RefusedException {
        List<Change> changes = new ArrayList<>();
        tell(subhost, config, Optional.empty(), changes::add);
        return changes;
    }

    /**
     * How what a subhost has of its own differs from what is below it.
     *
     * @param subhost its record, where it was ever booted
     * @param since label of the checkpoint that it is compared with; empty: with LOWER
     * @throws RefusedException CONFIG: it has no upperdir that can be reached; UNKNOWN: it does not lie on that checkpoint; STEP
     */
    public void tell(Optional<SubhostRecord> subhost, Optional<SubhostConfig> config, Optional<String> since, Diff.Found found)
            throws RefusedException {
        Place place = place(subhost, config);
        List<Path> uppers = place.uppers();
        List<Path> own = List.of();
        if (since.isPresent()) {
            int depth = place.generations().labels().indexOf(since.get());
            if (depth < 0) {
                throw new RefusedException(RefusedException.Kind.UNKNOWN, place.name() + " does not lie on a checkpoint " + since.get()
                        + "; see: overlay checkpoint --list " + place.name());
            }
            own = uppers.subList(depth + 1, uppers.size());
            uppers = uppers.subList(0, depth + 1);
        }
        tell(uppers, place.below(own), found);
    }

    void tell(List<Path> uppers, Layers.Below below, Diff.Found found) throws RefusedException {
        try (Layers layers = Layers.open(kernel, uppers, below)) {
            Diff.tell(kernel.files(), kernel.copies(), layers.of(), Diff.Moves.TOLD, found);
        } catch (KernelException failed) {
            throw step("read upperdir", ByteText.of(uppers.get(0)), failed);
        }
    }

    /**
     * Empties the upperdir: a new one takes its place at once (renameat2(2)), then the old one is removed. Checkpoints stay, but it lies on none
     * of them then. Its lock, which a subhost that uses it holds, keeps it from being booted meanwhile.
     *
     * @throws RefusedException CONFIG: it has none that can be reached; EXISTS: it is in use; STEP
     */
    public void reset(Optional<SubhostConfig> config) throws RefusedException {
        Place place = place(Optional.empty(), config);
        Generations generations = Generations.of(kernel, place.upper());
        try {
            Fd lock = lock(kernel, place);
            try {
                if (Files.isDirectory(Generations.place(generations.upper()))) {
                    new Switch(kernel, generations).discard("");
                } else {
                    renew(generations.upper());
                }
            } finally {
                lock.close();
            }
        } catch (KernelException failed) {
            throw step("reset upperdir", ByteText.of(place.upper()), failed);
        }
    }

    /** The lock of an upperdir that no subhost uses. @throws RefusedException EXISTS: one does */
    static Fd lock(Kernel kernel, Place place) throws RefusedException, KernelException {
        Fd lock = DirectoryLocks.tryLock(kernel, place.upper()).orElseThrow(() -> inUse(place));
        boolean ours = false;
        try {
            // Before it was locked another command may have exchanged what it lies on.
            ours = Generations.of(kernel, place.upper()).chain().equals(place.generations());
        } finally {
            if (!ours) {
                lock.close();
            }
        }
        if (!ours) {
            throw inUse(place);
        }
        return lock;
    }

    private static RefusedException inUse(Place place) {
        return new RefusedException(RefusedException.Kind.EXISTS, "UPPER of " + place.name() + " is in use");
    }

    private void renew(Path upper) throws KernelException {
        Path fresh = upper.resolveSibling(upper.getFileName() + ".reset");
        try (Fd parent = kernel.files().openPath(ByteText.of(upper.getParent()))) {
            if (Files.exists(fresh, LinkOption.NOFOLLOW_LINKS)) {
                Removal.remove(fresh); // of a reset that broke off: what it had to remove
            }
            String name = ByteText.of(upper.getFileName());
            kernel.copies().copy(parent, name, parent, name + ".reset");
            kernel.copies().exchange(parent, name, name + ".reset");
            Removal.remove(fresh);
        } catch (IOException failed) {
            throw new KernelException("remove", fresh, Errno.EIO, String.valueOf(failed.getMessage()));
        }
    }

    /** The layers of a subhost, live or configured. @throws RefusedException CONFIG: they cannot be reached from the host */
    Place place(Optional<SubhostRecord> live, Optional<SubhostConfig> config) throws RefusedException {
        String name = live.map(SubhostRecord::name).or(() -> config.map(SubhostConfig::name)).orElse("it");
        if (live.isPresent() && !live.get().root().kind().equals("overlay") || config.filter(c -> c.root().kind() != RootKind.OVERLAY).isPresent()) {
            throw refused(name + " has no upperdir: its root is no overlay");
        }
        if (config.filter(c -> c.root().throwAway().isPresent()).isPresent()) {
            throw refused("the upperdir of " + name + " is in memory and seen by it alone (UPPER=tmp:)");
        }
        Optional<ConfigKey> computed = config.stream().flatMap(c -> c.origin().notRun().stream()).map(command -> command.key())
                .filter(key -> Stream.of(ConfigKey.LOWER, ConfigKey.UPPER, ConfigKey.BASE).anyMatch(key::equals)).findFirst();
        if (computed.isPresent()) {
            throw refused(computed.get() + " of " + name + " is a command's, and what that mounts is seen by the subhost alone");
        }
        Optional<SubhostRecord> running = live.filter(subhost -> subhost.state().isLive() && !subhost.root().upper().isEmpty());
        if (running.isPresent()) {
            boolean hidden = running.get().asked().settings().stream().anyMatch(setting -> setting.matches("HIDE=secrets( .*)?"));
            return place(name, ByteText.path(running.get().root().upper()), running.get().root().lower().stream().map(ByteText::path).toList(),
                    hidden ? Security.Secrets.HIDDEN : Security.Secrets.SHOWN);
        }
        if (config.isEmpty()) {
            throw refused("the configuration of " + name + " cannot be read");
        }
        return place(name, config.get().root().upper(), config.get().root().lowers(), config.get().security().secrets());
    }

    private Place place(String name, Path upper, List<Path> lowers, Security.Secrets secrets) throws RefusedException {
        try {
            return new Place(name, upper, Generations.of(kernel, upper).chain(), lowers, secrets);
        } catch (KernelException failed) {
            throw step("read upperdir", ByteText.of(upper), failed);
        }
    }

    static RefusedException refused(String why) {
        return new RefusedException(RefusedException.Kind.CONFIG, why);
    }

    static RefusedException step(String what, String subject, KernelException failed) {
        return RefusedException.step(Diagnosis.of(what, subject, failed.errno(), failed.getMessage()));
    }
}
