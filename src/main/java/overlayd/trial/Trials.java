package overlayd.trial;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import overlayd.failure.RefusedException;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.state.SubhostRecord;
import overlayd.upper.Diff;

/**
 * Trials: what a command has changed on a throw-away overlay of the host's root or a subhost's, kept in the state directory until it is applied or
 * dropped. Any host thread; of two calls for one trial the second finds what the first has made of it, and what is carried over to one tree is
 * carried over in one go after the other.
 */
public final class Trials {
    private final Kernel kernel;
    private final TrialBook book;
    private final TrialGround ground;
    private final Runnable boundary;
    private final TrialLocks locks = new TrialLocks();
    private final TrialTransfer transfer;

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
        this.transfer = new TrialTransfer(kernel, book, ground, boundary);
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
    public enum State { RUNNING, INTERRUPTED, KEPT, APPLYING, APPLIED }

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

        /** Why it is in its state, where that does not say it. */
        public Optional<String> reason() {
            return state == State.INTERRUPTED ? Optional.of("the daemon ended while its command ran") : Optional.empty();
        }
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
    void ended(Trial trial) throws KernelException {
        synchronized (locks.of(trial)) {
            if (current(trial).filter(now -> now.state() == State.RUNNING).isPresent()) {
                book.write(trial.with(State.KEPT, 0));
            }
        }
    }

    /** As above, for those outside. */
    public void finish(Trial trial) throws RefusedException {
        try {
            ended(trial);
        } catch (KernelException failed) {
            throw transfer.broken("end", trial, failed);
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

    /** Carries its changes over. @throws RefusedException BUSY: it is not in the state for that; STEP: broken off, undo takes back */
    public TrialOutcome apply(Trial asked) throws RefusedException {
        return apply(asked, State.KEPT);
    }

    /** As apply; also of one that was interrupted, whose command may have done half of what it was to do. */
    public TrialOutcome applyHalfDone(Trial asked) throws RefusedException {
        return apply(asked, State.KEPT, State.INTERRUPTED);
    }

    private TrialOutcome apply(Trial asked, State... states) throws RefusedException {
        synchronized (locks.of(asked)) {
            Trial trial = now(asked);
            States.require(trial, states);
            synchronized (locks.of(trial.subject())) {
                return transfer.apply(trial);
            }
        }
    }

    /** Takes back what was applied, or as much of it as was when it broke off. */
    public TrialOutcome undo(Trial asked) throws RefusedException {
        synchronized (locks.of(asked)) {
            Trial trial = now(asked);
            States.require(trial, State.APPLIED, State.APPLYING);
            synchronized (locks.of(trial.subject())) {
                return transfer.undo(trial);
            }
        }
    }

    /** Forgets it; what was applied stays. */
    public void drop(Trial asked) throws RefusedException {
        synchronized (locks.of(asked)) {
            Trial trial = now(asked);
            States.require(trial, State.KEPT, State.APPLIED, State.RUNNING, State.INTERRUPTED);
            try {
                boundary.run();
                book.remove(trial.id());
                boundary.run();
            } catch (IOException failed) {
                throw transfer.broken("drop", trial, failed);
            }
        }
    }

    /** As it is now that nobody else works on it; what was asked with may be older. */
    private Trial now(Trial asked) throws RefusedException {
        return find(asked.id()).orElseThrow(() -> new RefusedException(RefusedException.Kind.UNKNOWN, "trial " + asked.id() + " is gone"));
    }
}
