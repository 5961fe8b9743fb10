package overlayd.subhost;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import overlayd.kernel.Events;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pidfd;
import overlayd.kernel.Signal;
import overlayd.state.Course;
import overlayd.state.Instance;
import overlayd.state.Rundir;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;
import overlayd.state.Upkeep;

/**
 * One subhost as the daemon knows it: its record, its state, and handles on its first process and monitor. Only {@link #become}
 * changes the state, and an illegal move names both ends. Thread-safe; long work is done outside, by whoever moved it to STARTING
 * or STOPPING (its lane).
 */
final class Subhost {
    /** Reason of STOPPING when pid 1 has ended by itself. */
    static final String UNASKED = "pid 1 has ended";

    private final Rundir rundir;
    private final Object limiting = new Object();
    private SubhostRecord record;
    private Optional<Pidfd> init = Optional.empty();
    private Optional<Pidfd> monitor = Optional.empty();
    private Optional<Fd> console = Optional.empty();
    private final MemoryWatch memory = new MemoryWatch();
    private volatile BootClock clock = new BootClock(System.nanoTime());
    private CompletableFuture<ExitStatus> ended = new CompletableFuture<>();
    private CompletableFuture<Void> idle = CompletableFuture.completedFuture(null);
    private CompletableFuture<SubhostRecord> over = new CompletableFuture<>();
    private Runnable changed = () -> { };
    private Optional<String> cancelled = Optional.empty();
    private final List<Action> waits = new ArrayList<>();

    Subhost(Rundir rundir, SubhostRecord record) {
        this.rundir = rundir;
        this.record = record;
    }

    /** Of the boot under way, or of the last one. */
    BootClock clock() {
        return clock;
    }

    /** A boot has begun, at that {@link System#nanoTime()}. */
    void clock(long begun) {
        clock = new BootClock(begun);
        clock.phase(Course.Kind.HOST, "begin");
    }

    Rundir rundir() {
        return rundir;
    }

    String name() {
        return record().name();
    }

    synchronized SubhostRecord record() {
        return record;
    }

    synchronized SubhostState state() {
        return record.state();
    }

    /** Moves to the state in {@code next} and writes the record. @throws IllegalStateException for a move that is none */
    synchronized void become(SubhostRecord next) {
        try {
            move(next);
            rundir.write(next);
        } catch (IOException full) {
            // /run is full: the kernel still holds the truth, and the next daemon asks it; ignoring
        } finally {
            settle();
        }
    }

    /** As {@link #become}, without leaving a file: of a boot that begins, or was undone. */
    synchronized void becomeUnrecorded(SubhostRecord next) {
        move(next);
        settle();
    }

    private void move(SubhostRecord next) {
        if (next.state() != state() && !state().next().contains(next.state())) {
            throw new IllegalStateException(record.name() + ": " + state() + " cannot become " + next.state());
        }
        record = next;
    }

    private void settle() {
        if (state() != SubhostState.STARTING && state() != SubhostState.STOPPING) {
            idle.complete(null);
        }
        if (!state().isLive()) {
            over.complete(record);
        } else if (over.isDone()) {
            over = new CompletableFuture<>();
        }
        changed.run();
    }

    /** Has {@code listener} told of every change of state, with this subhost's lock held: it must not wait. */
    synchronized void onChange(Runnable listener) {
        changed = listener;
    }

    /** Sets what adoption found out, whatever the record of the dead daemon said. */
    synchronized void adopt(SubhostRecord found) {
        record = found;
        become(found);
    }

    /**
     * Begins a boot or a stop if the state allows it now.
     *
     * @return whether the caller has it; otherwise somebody else works on it, or it is in the wrong state
     */
    synchronized boolean begin(SubhostRecord next) {
        boolean turning = state() == SubhostState.STOPPING && next.state() == SubhostState.STARTING;
        if (!state().next().contains(next.state()) || state() == SubhostState.STARTING || turning) {
            return false;
        }
        if (next.state() == SubhostState.STARTING && init.isPresent()) {
            return false; // failed, but its pid 1 could not be killed yet
        }
        if (next.state() == SubhostState.STARTING) {
            newLife();
        }
        idle = new CompletableFuture<>();
        SubhostRecord begun = next.with(next.upkeep().at(0));
        if (begun.state() == SubhostState.STARTING) {
            becomeUnrecorded(begun); // the boot writes it, into a directory that it makes first
        } else {
            become(begun);
        }
        return true;
    }

    private void newLife() {
        ended = new CompletableFuture<>();
        cancelled = Optional.empty();
        memory.begin();
    }

    /** Its stop is done and its boot follows at once: nobody else has a moment in between. */
    synchronized void turn(SubhostRecord starting) {
        newLife();
        becomeUnrecorded(starting);
    }

    /** Says of one that has ended when it is booted again. @return false: it is no longer as {@code seen}, and nothing was changed */
    synchronized boolean await(SubhostRecord seen, SubhostRecord next) {
        if (!record.equals(seen)) {
            return false;
        }
        try {
            Instance.makePrivate(rundir.directory()); // a boot that failed has taken it away
        } catch (IOException full) {
            // only the next daemon would not know; ignoring
        }
        become(next);
        return true;
    }

    /** It is not booted again after all. @return whether it was to be */
    synchronized boolean restAtLast() {
        boolean waiting = !state().isLive() && record.upkeep().restartAt() != 0;
        if (waiting) {
            become(record.with(SubhostState.STOPPED, "").with(record.upkeep().at(0)));
        }
        return waiting;
    }

    /**
     * Begins the teardown of a subhost whose pid 1 has ended while nobody was at work on it.
     *
     * @param life what {@link #ended()} gave when that pid 1 was begun to be watched: its news may come when the next one runs already
     * @return whether the caller has it
     */
    synchronized boolean beginEnd(CompletableFuture<ExitStatus> life) {
        boolean unattended = isUp() || state() == SubhostState.FAILED && init.isPresent();
        return life == ended && unattended && begin(record.with(SubhostState.STOPPING, UNASKED));
    }

    /** The boot has succeeded. @return false: it was told to give up meanwhile, and nothing was changed */
    synchronized boolean booted(SubhostRecord next) {
        if (cancelled.isPresent()) {
            return false;
        }
        become(next);
        return true;
    }

    /** Goes from one state to the other, all else as it is. @return false: it is in another state, and nothing was changed */
    synchronized boolean turn(SubhostState from, SubhostState to) {
        boolean so = state() == from;
        if (so) {
            become(record.with(to, record.reason()));
        }
        return so;
    }

    /**
     * Held by whoever changes its limits, from the look at its state until its record tells them. Before its groups are taken away it is waited for,
     * so that none is made anew, nor one of the next life met.
     */
    Object limiting() {
        return limiting;
    }

    /** Waits for a change of its limits that is under way; there is none afterwards, as long as it is not up. */
    void awaitLimits() {
        synchronized (limiting) {
            record(); // nothing but the wait
        }
    }

    /** Whether it can be given limits, and has a group for them. */
    synchronized boolean isUp() {
        return state() == SubhostState.RUNNING || state() == SubhostState.PAUSED;
    }

    /** Notes what its limits are, or are about to be; one that is not up any more keeps what it had. */
    void limits(UnaryOperator<Upkeep> change) {
        note(now -> now.with(change.apply(now.upkeep())));
    }

    /** Notes something of one that is up. */
    synchronized void note(UnaryOperator<SubhostRecord> change) {
        if (isUp()) {
            become(change.apply(record));
        }
    }

    /** Something it stands on has gone: a reason more while it runs or is paused; nothing otherwise. @return whether that is news */
    synchronized boolean degrade(String reason) {
        boolean news = isUp() && !Reasons.has(record.reason(), reason);
        if (news) {
            become(record.with(state(), Reasons.with(record.reason(), reason)));
        }
        return news;
    }

    /** What was said by {@link #degrade} is so no longer. @return whether that is news */
    synchronized boolean mend(String reason) {
        boolean news = isUp() && Reasons.has(record.reason(), reason);
        if (news) {
            become(record.with(state(), Reasons.without(record.reason(), reason)));
        }
        return news;
    }

    /** Processes of it were killed for want of memory; {@code text} takes the place of what was said of earlier ones. */
    synchronized void starved(String text) {
        if (state() == SubhostState.RUNNING) {
            become(record.with(SubhostState.RUNNING, Reasons.starved(record.reason(), text)));
        }
    }

    MemoryWatch memory() {
        return memory;
    }

    /** Keeps the watch over its memory until it has ended. */
    synchronized void watched(Events.Registration registration) {
        memory.keep(registration);
        if (!state().isLive()) {
            memory.end();
        }
    }

    /** Done when nobody boots or stops it any more. */
    synchronized CompletableFuture<Void> idle() {
        return idle;
    }

    /** Done, with the record it was left with, when it is neither running nor being booted or stopped; at once when that is so now. */
    synchronized CompletableFuture<SubhostRecord> over() {
        return state().isLive() ? over : CompletableFuture.completedFuture(record);
    }

    /** Done when pid 1 has ended and its status is known. */
    synchronized CompletableFuture<ExitStatus> ended() {
        return ended;
    }

    /** pid 1 runs: whoever asks for the end from now on has something to signal. */
    synchronized void live(Pidfd initPidfd, Optional<Pidfd> monitorPidfd) {
        init = Optional.of(initPidfd);
        monitor = monitorPidfd;
        if (cancelled.isPresent()) {
            kill();
        }
    }

    synchronized Optional<Pidfd> init() {
        return init;
    }

    synchronized Optional<Pidfd> monitor() {
        return monitor;
    }

    /** Keeps the read end of its console, for a monitor that takes the place of a killed one. */
    synchronized void console(Fd readEnd) {
        console.ifPresent(Fd::close);
        console = Optional.of(readEnd);
    }

    synchronized Optional<Fd> console() {
        return console;
    }

    /** Another monitor has taken the place of the one that was killed. */
    synchronized void monitorReplaced(Pidfd by) {
        monitor.ifPresent(Pidfd::close);
        monitor = Optional.of(by);
    }

    /** Drops the handles of a subhost that has ended. */
    synchronized void dead() {
        console.ifPresent(Fd::close);
        console = Optional.empty();
        memory.end();
        init.ifPresent(Pidfd::close);
        monitor.ifPresent(Pidfd::close);
        init = Optional.empty();
        monitor = Optional.empty();
    }

    /** Asks a boot under way to give up; the boot's own thread undoes it. */
    synchronized void cancel(String why) {
        if (state() == SubhostState.STARTING) {
            cancelled = Optional.of(why);
            kill();
            waits.forEach(Subhost::interrupt);
        }
    }

    /** Work of the kernel's. */
    interface Action {
        void run() throws KernelException;
    }

    /** Waits for a program of the configuration by {@code await}; giving up the boot meanwhile, or before, ends it by {@code interrupt}. */
    void during(Action interrupt, Action await) throws KernelException {
        synchronized (this) {
            waits.add(interrupt);
            if (cancelled.isPresent()) {
                interrupt(interrupt);
            }
        }
        try {
            await.run();
        } finally {
            synchronized (this) {
                waits.remove(interrupt);
            }
        }
    }

    private static void interrupt(Action program) {
        try {
            program.run();
        } catch (KernelException ended) {
            // it has ended by itself; or it goes on, and its own bound ends it
        }
    }

    /** Why the boot under way is to give up; empty when it is not. */
    synchronized Optional<String> cancelled() {
        return cancelled;
    }

    private void kill() {
        init.ifPresent(pidfd -> {
            try {
                pidfd.signal(Signal.KILL);
            } catch (KernelException gone) {
                // ESRCH: it has ended by itself
            }
        });
    }
}
