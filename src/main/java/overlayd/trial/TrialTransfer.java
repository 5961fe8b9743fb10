package overlayd.trial;

import java.io.IOException;
import java.util.List;
import overlayd.failure.Diagnosis;
import overlayd.failure.Failure;
import overlayd.failure.RefusedException;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.upper.Carrying;
import overlayd.upper.Changes;
import overlayd.upper.Conflicts;
import overlayd.upper.Diff;
import overlayd.upper.View;

/**
 * Carries what a trial has changed over to what it lies on, and takes it back; in the book of trials is written before each step how far it is.
 * The changes are in a file meanwhile, for there may be millions. The caller sees to it that nobody else works on the trial, or carries anything over to the same tree.
 */
final class TrialTransfer {
    private static final String LOG = "log";
    private static final String KEPT = "kept";
    private static final String CHANGES = "changes";

    private final Kernel kernel;
    private final TrialBook book;
    private final TrialGround ground;
    private final Runnable boundary;

    /** @param boundary called before and after each change that a daemon may be killed between; for tests */
    TrialTransfer(Kernel kernel, TrialBook book, TrialGround ground, Runnable boundary) {
        this.kernel = kernel;
        this.book = book;
        this.ground = ground;
        this.boundary = boundary;
    }

    private ChangeFile diff(Trials.Trial trial, Layers layers) throws KernelException {
        try {
            return ChangeFile.of(book.place(trial.id()).resolve(CHANGES), found -> Diff.tell(kernel.files(), kernel.copies(), layers.of(), Diff.Moves.UNFOLDED,
                    found));
        } catch (IOException failed) {
            throw TrialGround.io("write list of changes of", trial.id(), failed);
        }
    }

    /** What one transfer works with. */
    private record Tools(Layers layers, Conflicts conflicts, Carrying carrying) {
    }

    private interface Job<T> {
        T with(Tools tools) throws KernelException;
    }

    /** Does {@code job} with what a trial has changed, and the tree that it is for. */
    private <T> T carrying(Trials.Trial trial, Job<T> job) throws RefusedException, KernelException {
        ground.requireSame(trial);
        try (Layers layers = ground.layers(book.place(trial.id()).resolve("upper"), trial.subject()); Fd kept = book.open(trial.id(), "kept")) {
            View seen = new View(kernel.files(), kernel.copies(), layers.of().all());
            return ground.on(trial.subject(), book.place(trial.id()).resolve("live"), target -> {
                Carrying.Places places = new Carrying.Places(seen, target, kept);
                return job.with(new Tools(layers, new Conflicts(kernel.files(), kernel.copies(), places, layers::changed),
                        new Carrying(kernel.files(), kernel.copies(), places)));
            });
        }
    }

    /** Carries its changes over. @throws RefusedException STEP: broken off, undo takes back */
    TrialOutcome apply(Trials.Trial trial) throws RefusedException {
        try {
            book.renew(trial.id(), KEPT); // of an undo that was cut off in its last moment
            return carrying(trial, tools -> {
                ChangeFile changes = diff(trial, tools.layers());
                return outcome(changes, () -> {
                    List<String> conflicts = tools.conflicts().before(changes, trial.begun());
                    if (conflicts.isEmpty()) {
                        carryOver(trial, tools.carrying(), changes);
                    }
                    return conflicts;
                });
            });
        } catch (KernelException | IOException failed) {
            throw broken("apply", trial, failed);
        }
    }

    /** What is done with changes. */
    private interface Work<X extends Exception> {
        /** @return what was in the way of it */
        List<String> done() throws X, KernelException;
    }

    private static <X extends Exception> TrialOutcome outcome(ChangeFile changes, Work<X> work) throws X, KernelException {
        TrialOutcome outcome = null;
        try {
            outcome = new TrialOutcome(changes, work.done());
            return outcome;
        } finally {
            if (outcome == null) {
                changes.close();
            }
        }
    }

    private void carryOver(Trials.Trial trial, Carrying carrying, Changes changes) throws KernelException {
        boundary.run();
        // Emptied first: what an earlier apply has written is not to be taken back twice.
        try (TrialLog log = new TrialLog(book.place(trial.id()).resolve(LOG))) {
            book.write(trial.with(Trials.State.APPLYING, 0));
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
        long done = book.write(trial.with(Trials.State.APPLYING, 0));
        boundary.run();
        book.write(trial.with(Trials.State.APPLIED, done));
        boundary.run();
    }

    /** Takes back what was applied, or as much of it as was when it broke off. */
    TrialOutcome undo(Trials.Trial trial) throws RefusedException {
        try {
            ChangeFile done = ChangeFile.open(book.place(trial.id()).resolve(LOG));
            return outcome(done, () -> {
                List<String> changed = takeBack(trial, done);
                if (changed.isEmpty()) {
                    waitAgain(trial);
                }
                return changed;
            });
        } catch (KernelException | IOException failed) {
            throw broken("undo", trial, failed);
        }
    }

    private List<String> takeBack(Trials.Trial trial, Changes done) throws RefusedException, KernelException {
        return carrying(trial, tools -> {
            List<String> changed = trial.state() == Trials.State.APPLIED ? tools.conflicts().after(done, trial.applied()) : List.of();
            if (changed.isEmpty()) {
                // Cut off from here on it is undone anew, and what it has done itself is nobody else's change.
                book.write(trial.with(Trials.State.APPLYING, 0));
                boundary.run();
                tools.carrying().undo(done);
            }
            return changed;
        });
    }

    /** It can be applied again. */
    private void waitAgain(Trials.Trial trial) throws KernelException {
        boundary.run();
        // Its own undoing is no change of somebody else's either when it is applied again.
        long undone = book.write(trial.with(Trials.State.APPLYING, 0));
        boundary.run();
        // Before what was kept goes: without that nothing could be undone any more.
        book.write(new Trials.Trial(trial.id(), trial.command(), trial.subject(), Trials.State.KEPT, undone + 1, 0));
        boundary.run();
        try {
            book.renew(trial.id(), KEPT);
        } catch (IOException failed) {
            throw TrialGround.io("renew", trial.id(), failed);
        }
        boundary.run();
    }

    /** What is told of a failure, with the way back where a change may have been done. */
    RefusedException broken(String what, Trials.Trial trial, Exception failed) {
        Errno errno = failed instanceof KernelException kernel ? kernel.errno() : Errno.EIO;
        Failure failure = Diagnosis.of(what + " trial", Integer.toString(trial.id()), errno, String.valueOf(failed.getMessage()));
        boolean begun = book.find(trial.id()).filter(now -> now.state() == Trials.State.APPLYING).isPresent();
        return RefusedException.step(!begun ? failure : new Failure(failure.step(), failure.operands(), failure.errnoName(), failure.kernelMessage(),
                failure.cause(), "overlay try undo " + trial.id() + " takes back what was done", false));
    }
}
