package overlayd.subhost;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Deadline;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pidfd;
import overlayd.kernel.Signal;
import overlayd.plan.Undo;
import overlayd.state.Journal;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;

/**
 * What happens when a subhost has ended, for whatever reason: its exit status is read, everything on the host is taken back, and
 * the record says how it went.
 */
final class Endings {
    private static final Logger LOG = LoggerFactory.getLogger(Endings.class);

    private final Lookout lookout;
    private final Undo.Cases<Void, KernelException> undoSteps;
    private final Replacements replacements;
    private volatile Consumer<Subhost> rebooter = subhost -> { };
    private final Aftermath aftermath;

    /** What an end that nobody asked for means: whether memory was short, whether it is booted again. */
    record Aftermath(Shortages shortages, Restarts restarts) {
    }

    Endings(Lookout lookout, Undo.Cases<Void, KernelException> undoSteps, Replacements replacements, Aftermath aftermath) {
        this.lookout = lookout;
        this.aftermath = aftermath;
        this.replacements = replacements;
        this.undoSteps = undoSteps;
    }

    /** Has {@code rebooter} called, on any thread, with each subhost that has ended by a reboot from inside and is torn down. */
    void onReboot(Consumer<Subhost> rebooter) {
        this.rebooter = rebooter;
    }

    /**
     * Watches a subhost that has become live: its monitor, who records how pid 1 ended, and pid 1 itself in case the monitor is killed.
     */
    void watch(Subhost subhost) {
        CompletableFuture<ExitStatus> life = subhost.ended();
        if (subhost.monitor().isPresent()) {
            lookout.whenEnded(subhost.monitor().get(), () -> monitorEnded(subhost, life));
        } else {
            replaceMonitor(subhost, life);
        }
    }

    private void monitorEnded(Subhost subhost, CompletableFuture<ExitStatus> life) {
        subhost.monitor().ifPresent(Endings::reap);
        if (recorded(subhost).isPresent() || hasEnded(subhost)) {
            initEnded(subhost, life);
        } else {
            replaceMonitor(subhost, life);
        }
    }

    /** Somebody killed it: pid 1 lives on. A new one drains its console; pid 1's end will be seen, its status not. */
    private void replaceMonitor(Subhost subhost, CompletableFuture<ExitStatus> life) {
        try {
            Pidfd drainer = replacements.replace(subhost);
            subhost.monitorReplaced(drainer);
            LOG.warn("{}: its monitor was killed and is replaced; the subhost goes on, its exit status will be unknown", subhost.name());
            lookout.whenEnded(drainer, () -> monitorEnded(subhost, life));
        } catch (KernelException | RuntimeException refused) {
            if (!hasEnded(subhost)) {
                LOG.error("{}: its monitor was killed and cannot be replaced: {}; its log ends here", subhost.name(), refused.getMessage());
            }
            watchInit(subhost, life);
        }
    }

    /** A pid 1 whose monitor ended just before it, too, has a moment. */
    static boolean hasEnded(Subhost subhost) {
        Optional<Pidfd> init = subhost.init();
        try {
            return init.isEmpty() || init.get().await(Deadline.afterMillis(20)).isPresent() || init.get().hasEnded();
        } catch (KernelException | IllegalStateException gone) {
            return true;
        }
    }

    private void watchInit(Subhost subhost, CompletableFuture<ExitStatus> life) {
        if (subhost.init().isPresent()) {
            lookout.whenEnded(subhost.init().get(), () -> initEnded(subhost, life));
        } else {
            initEnded(subhost, life);
        }
    }

    private void initEnded(Subhost subhost, CompletableFuture<ExitStatus> life) {
        life.complete(recorded(subhost).orElse(ExitStatus.unknown()));
        settle(subhost, life);
    }

    private static Optional<ExitStatus> recorded(Subhost subhost) {
        try {
            return subhost.rundir().exit();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /**
     * Takes down a subhost that has ended by itself. Nothing happens while it lives, or when somebody boots or stops it: whoever boots it
     * calls this once it is RUNNING, since pid 1 may have ended just before.
     */
    void settle(Subhost subhost, CompletableFuture<ExitStatus> life) {
        if (life.isDone() && subhost.beginEnd(life)) {
            ended(subhost, life.join());
        }
    }

    /** The same for one that ended while no daemon was there. */
    void ended(Subhost subhost, ExitStatus status) {
        boolean starved = aftermath.shortages().ended(subhost, subhost.record().initPid());
        List<Exception> broken = tearDown(subhost);
        String how = describe(status);
        SubhostState state = endedWell(status) ? SubhostState.STOPPED : SubhostState.FAILED;
        finish(subhost, subhost.record().ended(state, endedWell(status) ? "" : "init " + how + (starved ? ", out of memory" : ""), how), broken);
        if (status.rebooted()) {
            rebooter.accept(subhost);
        } else if (broken.isEmpty()) {
            aftermath.restarts().ended(subhost);
        }
    }

    /** A boot that an earlier daemon was waiting for is waited for again. */
    void resume(Subhost subhost) {
        if (subhost.record().upkeep().restartAt() != 0) {
            aftermath.restarts().schedule(subhost);
        }
    }

    /** A boot that followed an end was cut off. */
    void failedAgain(Subhost subhost, List<Exception> broken) {
        if (broken.isEmpty()) {
            aftermath.restarts().failed(subhost);
        }
    }

    /** Waits for the end of pid 1. Empty: it did not end in time. */
    static Optional<ExitStatus> await(Subhost subhost, Duration bound) {
        CompletableFuture<ExitStatus> life = subhost.ended();
        boolean interrupted = false;
        try {
            for (Deadline deadline = Deadline.after(bound);;) {
                try {
                    return Optional.of(life.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS));
                } catch (InterruptedException later) {
                    interrupted = true; // a teardown is not left half done
                } catch (TimeoutException late) {
                    return Optional.empty();
                } catch (ExecutionException impossible) {
                    throw new IllegalStateException(impossible);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Takes back everything the journal knows, but for files a user may have come to rely on. @return what could not be */
    List<Exception> tearDown(Subhost subhost) {
        return takeBack(subhost, undo -> !(undo instanceof Undo.RemoveFile));
    }

    /** Takes back everything the journal of a boot knows that was cut off. @return what could not be */
    List<Exception> undoBoot(Subhost subhost) {
        return takeBack(subhost, undo -> true);
    }

    private List<Exception> takeBack(Subhost subhost, Predicate<Undo> which) {
        subhost.dead();
        subhost.awaitLimits();
        try {
            Journal.Content journal = Journal.read(subhost.rundir().journal());
            List<Exception> broken = new ArrayList<>(UndoStack.unwind(journal.undos().stream().filter(which).toList(), undoSteps));
            broken.addAll(journal.damage());
            return broken;
        } catch (IOException unreadable) {
            return List.of(unreadable);
        }
    }

    /** Writes down how it ended and closes its runtime directory. */
    void finish(Subhost subhost, ExitStatus status, SubhostState state, List<Exception> broken) {
        String how = describe(status);
        finish(subhost, subhost.record().ended(state, state == SubhostState.FAILED ? "init " + how : "", how), broken);
    }

    /** As above, for an end that {@code record} tells. */
    void finish(Subhost subhost, SubhostRecord record, List<Exception> broken) {
        SubhostRecord after = record;
        if (broken.isEmpty()) {
            close(subhost, after);
        } else {
            broken.forEach(e -> Told.failed(LOG, subhost.name(), "teardown", e));
            after = record.ended(SubhostState.FAILED, (record.reason().isEmpty() ? "" : record.reason() + "; ") + "teardown incomplete: "
                    + broken.get(0).getMessage(), record.life().exit());
        }
        subhost.become(after);
        LOG.info("{}: {}{}", subhost.name(), after.state().word(),
                after.reason().isEmpty() ? after.life().exit().isEmpty() ? "" : ", init " + after.life().exit() : ": " + after.reason());
    }

    /** Closes its runtime directory, but first writes down how it ended: a daemon that finds neither that nor an exit file would not know. */
    static void close(Subhost subhost, SubhostRecord after) {
        try {
            CrashPoints.pass();
            subhost.rundir().write(after);
            CrashPoints.pass();
            subhost.rundir().close();
            CrashPoints.pass();
        } catch (IOException kept) {
            LOG.warn("{}: {}; ignoring", subhost.name(), kept.getMessage());
        }
    }

    /** With status 0, or because its root has halted or rebooted it. */
    static boolean endedWell(ExitStatus status) {
        return status.success() || status.poweredOff() || status.rebooted();
    }

    /** "exited with status 7", "killed by SIGKILL", "powered off". */
    static String describe(ExitStatus status) {
        if (status.rebooted() || status.poweredOff()) {
            return status.rebooted() ? "rebooted" : "powered off";
        }
        return switch (status.end()) {
            case EXITED -> "exited with status " + status.number();
            case KILLED -> "killed by " + Signal.of(status.number()).map(s -> "SIG" + s).orElse("signal " + status.number());
            case UNKNOWN -> "ended, status unknown";
        };
    }

    private static void reap(Pidfd child) {
        try {
            child.await(Deadline.afterMillis(0));
        } catch (KernelException | IllegalStateException notOurs) {
            // A monitor of an earlier daemon is init's child; a closed one was waited for by whoever closed it.
        }
    }
}
