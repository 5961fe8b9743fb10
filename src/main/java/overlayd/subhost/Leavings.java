package overlayd.subhost;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.ExitStatus;
import overlayd.state.Rundir;
import overlayd.state.SubhostState;

/** Brings to its end what died while there was no daemon: boots that were cut off, subhosts that ended, stops that were half done. */
final class Leavings {
    private static final Logger LOG = LoggerFactory.getLogger(Leavings.class);

    private static final String CUT_OFF = "its boot was cut off by the daemon's death, and undone";

    private final List<Subhost> rebooted = Collections.synchronizedList(new ArrayList<>());
    private final Registry registry;
    private final Endings endings;

    Leavings(Registry registry, Endings endings) {
        this.registry = registry;
        this.endings = endings;
    }

    /** A boot that was cut off before it could write a record: all of it goes. */
    void neverWas(Subhost subhost) throws IOException {
        List<Exception> broken = endings.undoBoot(subhost);
        if (broken.isEmpty()) {
            subhost.rundir().remove();
        } else {
            registry.add(subhost);
            subhost.adopt(subhost.record().with(SubhostState.STOPPING, ""));
            endings.finish(subhost, subhost.record().ended(SubhostState.FAILED, CUT_OFF, ""), broken);
        }
    }

    /** One that is known, and has no pid 1 any more. {@code init}: the note of it. */
    void gone(Subhost subhost, Optional<Rundir.InitFile> init) throws IOException {
        SubhostState was = subhost.state();
        if (!was.isLive()) {
            if (subhost.rundir().isOpen() && endings.tearDown(subhost).isEmpty()) {
                subhost.rundir().close();
            }
            endings.resume(subhost);
            return;
        }
        Optional<ExitStatus> exit = subhost.rundir().exit();
        if (exit.isEmpty() && subhost.rundir().hasExitFile()) {
            LOG.error("{}: the note of its end cannot be read and is put aside as {}", subhost.name(), subhost.rundir().quarantine("exit"));
        }
        ExitStatus status = exit.orElse(ExitStatus.unknown());
        if (was != SubhostState.STARTING && (was != SubhostState.STOPPING || subhost.record().reason().equals(Subhost.UNASKED))) {
            subhost.adopt(subhost.record().with(SubhostState.STOPPING, Subhost.UNASKED));
            endings.ended(subhost, status);
            if (status.rebooted()) {
                rebooted.add(subhost);
            }
            return;
        }
        List<Exception> broken = was == SubhostState.STARTING ? endings.undoBoot(subhost) : endings.tearDown(subhost);
        subhost.adopt(subhost.record().with(SubhostState.STOPPING, ""));
        if (was == SubhostState.STARTING && init.isEmpty()) {
            endings.finish(subhost, subhost.record().ended(SubhostState.FAILED, CUT_OFF, ""), broken);
            endings.failedAgain(subhost, broken);
        } else {
            boolean well = was == SubhostState.STOPPING || Endings.endedWell(status);
            endings.finish(subhost, status, well ? SubhostState.STOPPED : SubhostState.FAILED, broken);
        }
    }

    /** Those whose root rebooted them while there was no daemon to boot them again. */
    List<Subhost> rebooted() {
        return List.copyOf(rebooted);
    }
}
