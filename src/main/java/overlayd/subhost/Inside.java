package overlayd.subhost;

import java.util.ArrayList;
import java.util.List;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pidfd;
import overlayd.state.SubhostRecord;

/** Starts commands in running subhosts, placed in the subhost's cgroups and confined as its pid 1. Any thread. */
final class Inside {
    private final Kernel kernel;
    private final Monitors entering;
    private final Runnable refill;
    private final Groups groups;

    /** @param refill makes a spare one of {@code entering} again; called when a command has ended, must not wait */
    Inside(Kernel kernel, Monitors entering, Runnable refill, Groups groups) {
        this.kernel = kernel;
        this.entering = entering;
        this.refill = refill;
        this.groups = groups;
    }

    /** @throws KernelException ESRCH: the subhost has ended */
    InsideCommand start(Subhost subhost, InsideCommand.Request request) throws KernelException {
        Pidfd init = subhost.init().orElseThrow(() -> new KernelException("enter", subhost.name(), overlayd.kernel.Errno.ESRCH,
                "the subhost has ended"));
        List<Fd> opened = new ArrayList<>();
        try {
            List<InitStarter.Named> places = groups.open(subhost.name());
            places.forEach(place -> opened.add(place.fd()));
            InnerConfinement confinement = InnerConfinement.of(kernel, init, subhost.rundir().filter(), subhost.name());
            confinement.filter().ifPresent(filter -> {
                opened.add(filter);
                places.add(new InitStarter.Named("seccomp", filter));
            });
            return InsideCommand.start(entering.take(), new InsideCommand.Aftermath(kernel.events(), refill), subhost, init.fd(),
                    new InsideCommand.Placement(places, confinement.capabilities(), confinement.ids()), request);
        } finally {
            opened.forEach(Fd::close);
        }
    }

    /** Its root directory, O_PATH: reached through its pid 1, which must be the same before and after. */
    Fd root(Subhost subhost) throws KernelException {
        SubhostRecord record = subhost.record();
        Fd root = kernel.files().openPath("/proc/" + record.initPid() + "/root");
        if (!kernel.processes().isSame(record.initPid(), record.life().initStart())) {
            root.close();
            throw new KernelException("open root of", subhost.name(), overlayd.kernel.Errno.ESRCH, "the subhost has ended");
        }
        return root;
    }
}
