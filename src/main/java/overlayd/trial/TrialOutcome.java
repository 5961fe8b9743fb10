package overlayd.trial;

import java.util.List;
import overlayd.failure.RefusedException;
import overlayd.kernel.KernelException;
import overlayd.upper.Diff;

/**
 * What a request has come to. Its changes are told from the file they are in, which stays readable whatever is done with the trial meanwhile: a slow
 * reader keeps nobody waiting. One thread.
 */
public final class TrialOutcome implements AutoCloseable {
    private final ChangeFile changes;
    private final List<String> inTheWay;

    TrialOutcome(ChangeFile changes, List<String> inTheWay) {
        this.changes = changes;
        this.inTheWay = List.copyOf(inTheWay);
    }

    /** A line for each thing that was; nothing was done then. Of very many the first, and how many more. */
    public List<String> inTheWay() {
        return inTheWay;
    }

    /** How many changes were carried over, or taken back. */
    public int count() {
        return changes.count();
    }

    /** Tells each of them. */
    public void tell(Diff.Found found) throws RefusedException {
        try {
            changes.forward((number, change) -> found.change(change));
        } catch (KernelException failed) {
            throw Uppers.step("read changes", "", failed);
        }
    }

    @Override
    public void close() {
        changes.close();
    }
}
