package overlayd.trial;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
import overlayd.upper.View;

/**
 * Trials: what a command has changed on a throw-away overlay of the host's root or a subhost's, kept in the state directory until it is applied or
 * dropped. Any host thread; of two calls for one trial the second finds what the first has made of it.
 */
public final class Trials {
    private static final String LOG = "log";
    private static final String KEPT = "kept";

    private final Kernel kernel;
    private final TrialBook book;
    private final TrialGround ground;
    private final Runnable boundary;

    /** The subhosts that run. */
    public interface Running {
        Optional<SubhostRecord> find(String name);

        /** The root as its pid 1 sees it. */
        Fd root(String name) throws RefusedException, KernelException;
    }

    /**
     * Over those of {@code directory}.
     *
     * @param boundary called before and after each change that a daemon may be killed between; for tests
     */
    public Trials(Kernel kernel, Path directory, Running running, Runnable boundary) {
        this.kernel = kernel;
        this.boundary = boundary;
        this.book = new TrialBook(kernel, directory);
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
        return book.place(id);
    }

    /** A new trial of {@code command} on the host's root. */
    Trial begin(String command) throws KernelException {
        try (Fd host = kernel.files().openPath("/")) {
            return begin(command, Subject.HOST, host);
        }
    }

    /** A new trial of {@code command}; {@code like}: whose owner and mode its root has. */
    Trial begin(String command, Subject subject, Fd like) throws KernelException {
        synchronized (book) {
            try {
                boundary.run();
                int id = book.make();
                boundary.run();
                try (Fd upper = book.open(id, "upper")) {
                    kernel.copies().copyMetadata(like, "", upper, "");
                    Trial trial = new Trial(id, command, subject, State.RUNNING, kernel.copies().detail(upper, "").changed(), 0);
                    book.write(trial);
                    boundary.run();
                    return trial;
                }
            } catch (IOException failed) {
                throw TrialGround.io("make trial in", book.place(0).getParent(), failed);
            }
        }
    }

    /** Every trial, by number. */
    public List<Trial> list() {
        return book.list();
    }

    /** The trial of that number. */
    public Optional<Trial> find(int id) {
        return book.find(id);
    }

    /** A trial as it is now; empty when it was dropped, also where another one has its number by now. */
    public Optional<Trial> current(Trial trial) {
        return find(trial.id()).filter(now -> now.begun() == trial.begun());
    }

    /** The command has ended: its changes wait, unless it was dropped while it ran. */
    synchronized void ended(Trial trial) throws KernelException {
        if (current(trial).filter(now -> now.state() == State.RUNNING).isPresent()) {
            book.write(trial.with(State.KEPT, 0));
        }
    }

    /** As above, for those outside. */
    public void finish(Trial trial) throws RefusedException {
        try {
            ended(trial);
        } catch (KernelException failed) {
            throw broken("end", trial, failed);
        }
    }

    /** What it would change of what it lies on, as that is now. */
    public void tell(Trial trial, Diff.Found found) throws RefusedException {
        try (Layers layers = ground.layers(place(trial.id()).resolve("upper"), trial.subject())) {
            Diff.tell(kernel.files(), kernel.copies(), layers.of(), Diff.Moves.UNFOLDED, found);
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
        try (Layers layers = ground.layers(place(trial.id()).resolve("upper"), trial.subject()); Fd kept = book.open(trial.id(), "kept")) {
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
            book.renew(trial.id(), KEPT); // of an undo that was cut off in its last moment
            return carrying(trial, (carrying, layers) -> {
                List<Change> changes = diff(layers);
                List<String> conflicts = carrying.conflicts(changes, trial.begun());
                if (!conflicts.isEmpty()) {
                    return new Outcome(changes, conflicts);
                }
                carryOver(trial, carrying, changes);
                return new Outcome(changes, List.of());
            });
        } catch (KernelException | IOException failed) {
            throw broken("apply", trial, failed);
        }
    }

    private void carryOver(Trial trial, Carrying carrying, List<Change> changes) throws KernelException {
        boundary.run();
        // Emptied first: what an earlier apply has written is not to be taken back twice.
        try (TrialLog log = new TrialLog(place(trial.id()).resolve(LOG))) {
            book.write(trial.with(State.APPLYING, 0));
            boundary.run();
            carrying.apply(changes, (number, change) -> {
                boundary.run();
                log.write(change);
                boundary.run();
            });
        } catch (IOException failed) {
            throw TrialGround.io("write journal of", trial.id(), failed);
        }
        boundary.run();
        // What is later than this is somebody else's doing.
        long done = book.write(trial.with(State.APPLYING, 0));
        boundary.run();
        book.write(trial.with(State.APPLIED, done));
        boundary.run();
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
                    // Cut off from here on it is undone anew, and what it has done itself is nobody else's change.
                    book.write(trial.with(State.APPLYING, 0));
                    boundary.run();
                    carrying.undo(done);
                }
                return new Outcome(done, changed);
            });
            if (outcome.inTheWay().isEmpty()) {
                boundary.run();
                // Its own undoing is no change of somebody else's either when it is applied again.
                long undone = book.write(trial.with(State.APPLYING, 0));
                boundary.run();
                // Before what was kept goes: without that nothing could be undone any more.
                book.write(new Trial(trial.id(), trial.command(), trial.subject(), State.KEPT, undone + 1, 0));
                boundary.run();
                book.renew(trial.id(), KEPT);
                boundary.run();
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
            boundary.run();
            book.remove(trial.id());
            boundary.run();
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
                    + (trial.state() == State.APPLYING ? ": it broke off; overlay try undo " + trial.id() + " takes it back" : trial.state() == State.KEPT ? ": it was not applied" : ""));
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
