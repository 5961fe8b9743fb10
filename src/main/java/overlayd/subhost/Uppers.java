package overlayd.subhost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import overlayd.config.ByteText;
import overlayd.config.ConfigKey;
import overlayd.config.RootKind;
import overlayd.config.SubhostConfig;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.upper.Change;
import overlayd.upper.Diff;

/** What can be asked of the upperdir of a subhost. Any host thread. */
public final class Uppers {
    private final Kernel kernel;

    public Uppers(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Where the layers of a subhost are. */
    record Place(String name, Path upper, List<Path> lowers) {
        /** Of a running subhost: as it was booted. */
        static Place of(SubhostRecord subhost) {
            return new Place(subhost.name(), ByteText.path(subhost.upper()), subhost.lower().stream().map(ByteText::path).toList());
        }

        /** Of a configuration. */
        static Place of(SubhostConfig config) {
            return new Place(config.name(), config.root().upper(), config.root().lowers());
        }
    }

    /**
     * How a subhost's upperdir differs from what is below it.
     *
     * @param subhost its record, where it was ever booted
     * @throws RefusedException CONFIG: it has no upperdir that can be reached; STEP
     */
    public List<Change> diff(Optional<SubhostRecord> subhost, Optional<SubhostConfig> config) throws RefusedException {
        Place place = place(subhost, config);
        try (Layers layers = Layers.open(kernel, place.upper(), place.lowers())) {
            return Diff.of(kernel.files(), kernel.copies(), layers.upper(), layers.below());
        } catch (KernelException failed) {
            throw step("read upperdir", ByteText.of(place.upper()), failed);
        }
    }

    /**
     * Empties the upperdir: a new one takes its place at once (renameat2(2)), then the old one is removed. Its lock, which a subhost that
     * uses it holds, keeps it from being booted meanwhile.
     *
     * @throws RefusedException CONFIG: it has none that can be reached; EXISTS: it is in use; STEP
     */
    public void reset(Optional<SubhostConfig> config) throws RefusedException {
        Place place = place(Optional.empty(), config);
        Path upper = place.upper();
        Path fresh = upper.resolveSibling(upper.getFileName() + ".reset");
        try (Fd parent = kernel.files().openPath(ByteText.of(upper.getParent())); Fd old = kernel.files().openDirectory(ByteText.of(upper))) {
            if (!kernel.locks().tryLock(old)) {
                throw new RefusedException(RefusedException.Kind.EXISTS, "UPPER of " + place.name() + " is in use");
            }
            if (Files.exists(fresh, LinkOption.NOFOLLOW_LINKS)) {
                Trees.remove(fresh); // of a reset that broke off: what it had to remove
            }
            String name = ByteText.of(upper.getFileName());
            kernel.copies().copy(parent, name, parent, name + ".reset");
            kernel.copies().exchange(parent, name, name + ".reset");
            Trees.remove(fresh);
        } catch (KernelException failed) {
            throw step("reset upperdir", ByteText.of(upper), failed);
        } catch (IOException failed) {
            throw step("remove old upperdir", ByteText.of(fresh), new KernelException("remove", fresh, Errno.EIO, String.valueOf(failed.getMessage())));
        }
    }

    /** The layers of a subhost, live or configured. @throws RefusedException CONFIG: they cannot be reached from the host */
    static Place place(Optional<SubhostRecord> live, Optional<SubhostConfig> config) throws RefusedException {
        String name = live.map(SubhostRecord::name).or(() -> config.map(SubhostConfig::name)).orElse("it");
        if (live.isPresent() && !live.get().rootKind().equals("overlay") || config.filter(c -> c.root().kind() != RootKind.OVERLAY).isPresent()) {
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
        Optional<SubhostRecord> running = live.filter(subhost -> subhost.stateOf().isLive() && !subhost.upper().isEmpty());
        if (running.isPresent()) {
            return Place.of(running.get());
        }
        return config.map(Place::of).orElseThrow(() -> refused("the configuration of " + name + " cannot be read"));
    }

    static RefusedException refused(String why) {
        return new RefusedException(RefusedException.Kind.CONFIG, why);
    }

    static RefusedException step(String what, String subject, KernelException failed) {
        return RefusedException.step(Diagnosis.of(what, subject, failed.errno(), failed.getMessage()));
    }
}
