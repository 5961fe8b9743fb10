package overlayd.subhost;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import overlayd.kernel.KernelException;
import overlayd.plan.Undo;
import overlayd.state.Journal;

/**
 * What a boot has to take back when it fails: recorded in the journal before each step, unwound in reverse, every entry tried
 * whatever became of the others. A boot's thread and its namespace worker may push at the same time.
 */
final class UndoStack implements AutoCloseable {
    private final Journal journal;
    private final List<Undo> undos = new ArrayList<>();

    UndoStack(Journal journal) {
        this.journal = journal;
    }

    /** To be called before the step is done. */
    synchronized void push(Undo undo) throws IOException {
        journal.append(undo);
        undos.add(undo);
    }

    /** Forgets an undo whose step was refused: what bears its name now may be somebody else's. */
    synchronized void drop(Undo undo) {
        int last = undos.lastIndexOf(undo);
        if (last < 0) {
            return;
        }
        undos.remove(last);
        try {
            CrashPoints.pass();
            journal.forget(undo);
        } catch (IOException full) {
            // Only a daemon that dies within this boot would find one undo too many; ignoring
        }
    }

    /** Takes everything back. @return what could not be */
    List<Exception> unwind(Undo.Cases<Void, KernelException> runner) {
        return unwind(undos, runner);
    }

    /** Takes back {@code undos}, last first. @return what could not be */
    static List<Exception> unwind(List<Undo> undos, Undo.Cases<Void, KernelException> runner) {
        List<Exception> broken = new ArrayList<>();
        for (int i = undos.size() - 1; i >= 0; i--) {
            CrashPoints.pass();
            try {
                undos.get(i).match(runner);
            } catch (KernelException | RuntimeException refused) {
                broken.add(refused);
            }
        }
        return broken;
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }
}
