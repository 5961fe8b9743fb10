package overlayd.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.kernel.Deadline;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Link;
import overlayd.kernel.Links;
import overlayd.plan.Undo;

/** Takes a subhost's netns and cables off the host, once its processes are gone. What is gone already counts as done. Any host thread. */
public final class CableRemover {
    /**
     * The kernel tears a netns down in the background, 10 ms for one and some 130 ms for 200 at once; what is there much longer is
     * kept by somebody (a shell of ip netns exec).
     */
    private static final long VANISH_MILLIS = 1000;

    private final Kernel kernel;

    public CableRemover(Kernel kernel) {
        this.kernel = kernel;
    }

    /**
     * Unpins the netns and waits until the host ends have gone with it: deleting cables one by one takes 25 ms each (RCU). Only what
     * bears the tag as its alias is waited for and, if it stays, deleted: a name may be somebody else's by now.
     */
    public void remove(Undo.RemoveNetns undo) throws KernelException {
        kernel.namespaces().unpinNetns(undo.netns());
        if (undo.hostEnds().isEmpty()) {
            return;
        }
        try (Links links = kernel.openLinks()) {
            List<String> ours = new ArrayList<>();
            for (String hostEnd : undo.hostEnds()) {
                Optional<Link> link = links.find(hostEnd);
                if (link.isPresent() && link.get().alias().equals(undo.tag())) {
                    ours.add(hostEnd);
                }
            }
            if (!ours.isEmpty()) {
                for (String kept : links.awaitGone(ours, Deadline.afterMillis(VANISH_MILLIS))) {
                    links.delete(kept);
                }
            }
        }
    }

    /** Takes a host end's configuration down by ifdown(8). */
    public void ifdown(Undo.Ifdown undo) throws KernelException {
        new Ifupdown(kernel).down(undo.hostEnd());
    }
}
