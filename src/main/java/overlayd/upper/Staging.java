package overlayd.upper;

import java.util.BitSet;
import java.util.Optional;
import overlayd.kernel.Copies;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileDetail;
import overlayd.kernel.KernelException;

/**
 * Where changed files are taken from: from the topmost layer, or, where they were only renamed and are still below, from copies made before the
 * first change, which may take them away there. One thread.
 */
final class Staging {
    private final Copies copies;
    private final View seen;
    private final Fd kept;
    private final FirstNames linked = new FirstNames();
    private final BitSet staged = new BitSet();

    /** @param kept where copies are made, as {@code m} and a number */
    Staging(Copies copies, View seen, Fd kept) {
        this.copies = copies;
        this.seen = seen;
        this.kept = kept;
    }

    /** A file to copy from. */
    record Source(Fd root, String path, FileDetail detail) {
    }

    /** Copies what is needed for change {@code number}. */
    void stage(Change change, int number) throws KernelException {
        if (change.kind() == Change.Kind.DELETED) {
            return;
        }
        View.Found now = now(change.path());
        if (now.layer() == 0) {
            return;
        }
        String name = name(number);
        Optional<String> first = now.directory() ? Optional.empty() : linked.of(now.detail());
        if (first.isPresent()) {
            copies.link(kept, first.get(), name);
        } else {
            copies.copy(now.root(), now.path(), kept, name);
            if (!now.directory()) {
                linked.put(now.detail(), name);
            }
        }
        staged.set(number);
    }

    /** ENOENT: the layers are no longer as they were looked at. */
    Source of(Change change, int number) throws KernelException {
        if (staged.get(number)) {
            return new Source(kept, name(number), copies.detail(kept, name(number)));
        }
        View.Found now = now(change.path());
        return new Source(now.root(), now.path(), now.detail());
    }

    private static String name(int number) {
        return "m" + number;
    }

    private View.Found now(String path) throws KernelException {
        return seen.find(path).map(View.Node::top).orElseThrow(() -> new KernelException("carry over", path, Errno.ENOENT));
    }
}
