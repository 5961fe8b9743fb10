package overlayd.subhost;

import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Deadline;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.KernelException;
import overlayd.kernel.Signal;
import overlayd.plan.Undo;

/**
 * What happens when a subhost has ended, for whatever reason: its exit status is read, everything on the host is taken back, and
 * the record says how it went.
 */
final class Endings {
    private static final Logger LOG = LoggerFactory.getLogger(Endings.class);

    private final Lookout lookout;
    private final Undo.Cases<Void, KernelException> undoSteps;

    Endings(Lookout lookout, Undo.Cases<Void, KernelException> undoSteps) {
        this.lookout = lookout;
        this.undoSteps = undoSteps;
    }

    /**
     * Watches a subhost that has become live: its monitor, who records how pid 1 ended, and pid 1 itself in case the monitor is killed.
     */
    void watch(Subhost subhost) throws KernelException {
        if (subhost.monitor().isPresent()) {
            lookout.whenEnded(subhost.monitor().get(), () -> monitorEnded(subhost));
        } else {
            watchInit(subhost);
        }
    }

    private void monitorEnded(Subhost subhost) {
        try {
            subhost.monitor().ifPresent(Endings::reap);
            if (subhost.rundir().exit().isPresent()) {
                initEnded(subhost);
            } else {
                // Somebody killed it: pid 1 lives on; its end will be seen, its status not.
                LOG.warn("{}: its monitor was killed; the subhost goes on, its exit status will be unknown", subhost.name());
                watchInit(subhost);
            }
        } catch (IOException | KernelException failed) {
            LOG.error("{}: cannot follow its end", subhost.name(), failed);
            subhost.ended().complete(ExitStatus.unknown());
        }
    }

    private void watchInit(Subhost subhost) throws KernelException {
        if (subhost.init().isPresent()) {
            lookout.whenEnded(subhost.init().get(), () -> initEnded(subhost));
        } else {
            initEnded(subhost);
        }
    }

    private void initEnded(Subhost subhost) {
        ExitStatus status;
        try {
            status = subhost.rundir().exit().orElse(ExitStatus.unknown());
        } catch (IOException unreadable) {
            status = ExitStatus.unknown();
        }
        subhost.ended().complete(status);
        if (subhost.state() == SubhostState.RUNNING && subhost.begin(subhost.record().with(SubhostState.STOPPING, "pid 1 has ended"))) {
            // Nobody stops it: it ended by itself, and this is its teardown.
            List<Exception> broken = tearDown(subhost);
            finish(subhost, status, status.success() ? SubhostState.STOPPED : SubhostState.FAILED, broken);
        }
    }

    /** Takes back everything the journal knows, but for files a user may have come to rely on. @return what could not be */
    List<Exception> tearDown(Subhost subhost) {
        subhost.dead();
        try {
            List<Undo> undos = Journal.read(subhost.rundir().journal()).stream().filter(u -> !(u instanceof Undo.RemoveFile)).toList();
            return UndoStack.unwind(undos, undoSteps);
        } catch (IOException damaged) {
            return List.of(damaged);
        }
    }

    /** Writes down how it ended and closes its runtime directory. */
    void finish(Subhost subhost, ExitStatus status, SubhostState state, List<Exception> broken) {
        String how = describe(status);
        String reason = state == SubhostState.FAILED ? "init " + how : "";
        if (!broken.isEmpty()) {
            broken.forEach(e -> LOG.error("{}: teardown: {}", subhost.name(), e.getMessage()));
            reason = (reason.isEmpty() ? "" : reason + "; ") + "teardown incomplete: " + broken.get(0).getMessage();
        } else {
            try {
                subhost.rundir().close();
            } catch (IOException kept) {
                LOG.warn("{}: {}; ignoring", subhost.name(), kept.getMessage());
            }
        }
        subhost.become(subhost.record().ended(broken.isEmpty() ? state : SubhostState.FAILED, reason, how));
        LOG.info("{}: {}, init {}", subhost.name(), subhost.state().name().toLowerCase(java.util.Locale.ROOT), how);
    }

    /** "exited with status 7", "killed by SIGKILL". */
    static String describe(ExitStatus status) {
        return switch (status.end()) {
            case EXITED -> "exited with status " + status.number();
            case KILLED -> "killed by " + Signal.of(status.number()).map(s -> "SIG" + s).orElse("signal " + status.number());
            case UNKNOWN -> "ended, status unknown";
        };
    }

    private static void reap(overlayd.kernel.Pidfd child) {
        try {
            child.await(Deadline.afterMillis(0));
        } catch (KernelException notOurs) {
            // A monitor of an earlier daemon is init's child.
        }
    }
}
