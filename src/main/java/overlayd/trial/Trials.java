package overlayd.trial;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import overlayd.config.ByteText;
import overlayd.failure.Diagnosis;
import overlayd.failure.Failure;
import overlayd.failure.RefusedException;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.state.SubhostRecord;
import overlayd.upper.Carrying;
import overlayd.upper.Change;
import overlayd.upper.Diff;
import overlayd.upper.Removal;
import overlayd.upper.View;

/**
 * Trials: what a command has changed on a throw-away overlay of the host's root or a subhost's, kept in the state directory until it is applied or
 * dropped. Any host thread; of two calls for one trial the second finds what the first has made of it.
 */
public final class Trials {
    private static final String LOG = "log";

    private final Kernel kernel;
    private final Path directory;
    private final TrialGround ground;

    /** The subhosts that run. */
    public interface Running {
        Optional<SubhostRecord> find(String name);

        /** The root as its pid 1 sees it. */
        Fd root(String name) throws RefusedException, KernelException;
    }

    /** @param directory where trials are kept */
    public Trials(Kernel kernel, Path directory, Running running) {
        this.kernel = kernel;
        this.directory = directory;
        this.ground = new TrialGround(kernel, running);
    }

    /**
     * What a trial lies on.
     *
     * @param name of the subhost; empty: the host
     * @param file its configuration
     * @param inode of its upperdir when the trial began
     */
    public record Subject(String name, String file, long inode) {
        /** The host's root. */
        static final Subject HOST = new Subject("", "", 0);

        /** Whether it is the host's root. */
        public boolean isHost() {
            return name.isEmpty();
        }
    }

    /** Where a trial is in its life. */
    public enum State { RUNNING, KEPT, APPLYING, APPLIED }

    /**
     * One trial.
     *
     * @param begun ctime of its upperdir when it was new, nanoseconds: what changed on the host since then is in conflict
     * @param applied ctime on the host's disk when it had been applied; 0 before
     */
    public record Trial(int id, String command, Subject subject, State state, long begun, long applied) {
        Trial with(State other, long at) {
            return new Trial(id, command, subject, other, begun, at);
        }
    }

    /** What a request has come to: nothing was done where {@code inTheWay} has lines. */
    public record Outcome(List<Change> changes, List<String> inTheWay) {
    }

    Path place(int id) {
        return directory.resolve(Integer.toString(id));
    }

    /** A new trial of {@code command} on the host's root. */
    Trial begin(String command) throws KernelException {
        try (Fd host = kernel.files().openPath("/")) {
            return begin(command, Subject.HOST, host);
        }
    }

    /** A new trial of {@code command}; {@code like}: whose owner and mode its root has. */
    Trial begin(String command, Subject subject, Fd like) throws KernelException {
        try {
            Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            for (int id = 1; ; id++) {
                try {
                    Files.createDirectory(place(id), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                } catch (FileAlreadyExistsException taken) {
                    continue;
                }
                for (String name : List.of("upper", "work", "live", "kept")) {
                    Files.createDirectory(place(id).resolve(name));
                }
                try (Fd upper = open(id, "upper")) {
                    kernel.copies().copyMetadata(like, "", upper, "");
                    Trial trial = new Trial(id, command, subject, State.RUNNING, kernel.copies().detail(upper, "").changed(), 0);
                    write(trial);
                    return trial;
                }
            }
        } catch (IOException failed) {
            throw new KernelException("make trial in", directory, Errno.EIO, String.valueOf(failed.getMessage()));
        }
    }

    /** Every trial, by number. */
    public List<Trial> list() {
        try (Stream<Path> places = Files.list(directory)) {
            return places.map(place -> place.getFileName().toString()).filter(name -> name.matches("[0-9]{1,9}")).map(Integer::valueOf)
                    .map(this::find).flatMap(Optional::stream).sorted(Comparator.comparing(Trial::id)).toList();
        } catch (IOException none) {
            return List.of();
        }
    }

    /** The trial of that number. */
    public Optional<Trial> find(int id) {
        Properties about = new Properties();
        try (var reader = Files.newBufferedReader(place(id).resolve("about"))) {
            about.load(reader);
            return Optional.of(new Trial(id, about.getProperty("command"), new Subject(about.getProperty("name", ""),
                    about.getProperty("file", ""), Long.parseLong(about.getProperty("inode", "0"))), State.valueOf(about.getProperty("state")),
                    Long.parseLong(about.getProperty("begun")), Long.parseLong(about.getProperty("applied"))));
        } catch (IOException | IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    private void write(Trial trial) throws IOException {
        Properties about = new Properties();
        about.setProperty("command", trial.command());
        about.setProperty("name", trial.subject().name());
        about.setProperty("file", trial.subject().file());
        about.setProperty("inode", Long.toString(trial.subject().inode()));
        about.setProperty("state", trial.state().name());
        about.setProperty("begun", Long.toString(trial.begun()));
        about.setProperty("applied", Long.toString(trial.applied()));
        Path made = place(trial.id()).resolve("about.new");
        try (var writer = Files.newBufferedWriter(made)) {
            about.store(writer, null);
        }
        try (FileChannel file = FileChannel.open(made, StandardOpenOption.WRITE)) {
            file.force(true);
        }
        Files.move(made, place(trial.id()).resolve("about"), java.nio.file.StandardCopyOption.REPLACE_EXISTING,
                java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    /** The command has ended: its changes wait. */
    void ended(Trial trial) throws KernelException {
        become(trial.with(State.KEPT, 0));
    }

    /** As above, for those outside. */
    public void finish(Trial trial) throws RefusedException {
        try {
            ended(trial);
        } catch (KernelException failed) {
            throw broken("end", trial, failed);
        }
    }

    private void become(Trial trial) throws KernelException {
        try {
            write(trial);
        } catch (IOException failed) {
            throw new KernelException("write state of trial", trial.id(), Errno.EIO, String.valueOf(failed.getMessage()));
        }
    }

    /** When its state was written, by the clock of the disk. */
    private long stamp(Trial trial) throws KernelException {
        try (Fd place = kernel.files().openPath(ByteText.of(place(trial.id())))) {
            return kernel.copies().detail(place, "about").changed();
        }
    }

    private Fd open(int id, String name) throws KernelException {
        return kernel.files().openPath(ByteText.of(place(id).resolve(name)));
    }

    /** What it would change of what it lies on, as that is now. */
    public List<Change> diff(Trial trial) throws RefusedException {
        try (Layers layers = ground.layers(place(trial.id()).resolve("upper"), trial.subject())) {
            return diff(layers);
        } catch (KernelException failed) {
            throw Uppers.step("read trial", Integer.toString(trial.id()), failed);
        }
    }

    private List<Change> diff(Layers layers) throws KernelException {
        List<Change> changes = new ArrayList<>();
        Diff.tell(kernel.files(), kernel.copies(), layers.of(), Diff.Moves.UNFOLDED, changes::add);
        return changes;
    }

    private interface Job<T> {
        T with(Carrying carrying, Layers layers) throws KernelException;
    }

    /** Does {@code job} with what a trial has changed, and the tree that it is for. */
    private <T> T carrying(Trial trial, Job<T> job) throws RefusedException, KernelException {
        ground.requireSame(trial);
        try (Layers layers = ground.layers(place(trial.id()).resolve("upper"), trial.subject()); Fd kept = open(trial.id(), "kept")) {
            View seen = new View(kernel.files(), kernel.copies(), layers.of().all());
            return ground.on(trial.subject(), place(trial.id()).resolve("live"), target -> job.with(new Carrying(kernel.files(), kernel.copies(),
                    new Carrying.Places(seen, target, kept)), layers));
        }
    }

    /** Carries its changes over. @throws RefusedException BUSY: it is not in the state for that; STEP: broken off, undo takes back */
    public synchronized Outcome apply(Trial asked) throws RefusedException {
        Trial trial = now(asked);
        require(trial, State.KEPT);
        try {
            return carrying(trial, (carrying, layers) -> {
                List<Change> changes = diff(layers);
                List<String> conflicts = carrying.conflicts(changes, trial.begun());
                if (!conflicts.isEmpty()) {
                    return new Outcome(changes, conflicts);
                }
                // Emptied first: what an earlier apply has written is not to be taken back twice.
                try (TrialLog log = new TrialLog(place(trial.id()).resolve(LOG))) {
                    become(trial.with(State.APPLYING, 0));
                    carrying.apply(changes, (number, change) -> log.write(change));
                } catch (IOException failed) {
                    throw TrialGround.io("write journal of", trial.id(), failed);
                }
                become(trial.with(State.APPLIED, Long.MAX_VALUE));
                // What is later than this is somebody else's doing.
                become(trial.with(State.APPLIED, stamp(trial)));
                return new Outcome(changes, List.of());
            });
        } catch (KernelException failed) {
            throw broken("apply", trial, failed);
        }
    }

    /** Takes back what was applied, or as much of it as was when it broke off. */
    public synchronized Outcome undo(Trial asked) throws RefusedException {
        Trial trial = now(asked);
        require(trial, State.APPLIED, State.APPLYING);
        try {
            List<Change> done = TrialLog.read(place(trial.id()).resolve(LOG));
            Outcome outcome = carrying(trial, (carrying, layers) -> {
                List<String> changed = trial.state() == State.APPLIED ? carrying.changedAfter(done, trial.applied()) : List.of();
                if (changed.isEmpty()) {
                    carrying.undo(done);
                }
                return new Outcome(done, changed);
            });
            if (outcome.inTheWay().isEmpty()) {
                become(trial.with(State.KEPT, 0));
                Removal.remove(place(trial.id()).resolve("kept"));
                Files.createDirectory(place(trial.id()).resolve("kept"));
                // Its own undoing is no change of somebody else's.
                become(new Trial(trial.id(), trial.command(), trial.subject(), State.KEPT, stamp(trial) + 1, 0));
            }
            return outcome;
        } catch (KernelException | IOException failed) {
            throw broken("undo", trial, failed);
        }
    }

    /** Forgets it; what was applied stays. */
    public synchronized void drop(Trial asked) throws RefusedException {
        Trial trial = now(asked);
        require(trial, State.KEPT, State.APPLIED, State.RUNNING);
        try {
            Removal.remove(place(trial.id()));
        } catch (IOException failed) {
            throw broken("drop", trial, failed);
        }
    }

    /** As it is now that nobody else works on it; what was asked with may be older. */
    private Trial now(Trial asked) throws RefusedException {
        return find(asked.id()).orElseThrow(() -> new RefusedException(RefusedException.Kind.UNKNOWN, "trial " + asked.id() + " is gone"));
    }

    private static void require(Trial trial, State... states) throws RefusedException {
        if (!List.of(states).contains(trial.state())) {
            throw new RefusedException(RefusedException.Kind.BUSY, "trial " + trial.id() + " is " + trial.state().name().toLowerCase(java.util.Locale.ROOT)
                    + (trial.state() == State.APPLYING ? ": it broke off; overlay try undo " + trial.id() + " takes it back" : ""));
        }
    }

    private RefusedException broken(String what, Trial trial, Exception failed) {
        Errno errno = failed instanceof KernelException kernel ? kernel.errno() : Errno.EIO;
        Failure failure = Diagnosis.of(what + " trial", Integer.toString(trial.id()), errno, String.valueOf(failed.getMessage()));
        boolean begun = find(trial.id()).filter(now -> now.state() == State.APPLYING).isPresent();
        return RefusedException.step(!begun ? failure : new Failure(failure.step(), failure.operands(), failure.errnoName(), failure.kernelMessage(),
                failure.cause(), "overlay try undo " + trial.id() + " takes back what was done", false));
    }
}
