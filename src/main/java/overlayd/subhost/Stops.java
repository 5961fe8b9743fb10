package overlayd.subhost;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.failure.Failure;
import overlayd.failure.RefusedException;
import overlayd.kernel.Deadline;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pidfd;
import overlayd.kernel.Signal;
import overlayd.state.SubhostState;
import overlayd.unit.UnitScript;

/**
 * Stops subhosts: services in reverse, TERM, a grace, then KILL of everything in the subhost's cgroup; then all that was made on the
 * host is taken back. A stop asked for while a boot is under way wins; one asked for twice is one stop.
 */
final class Stops {
    /** How long the kernel may take to end processes that were killed; longer means uninterruptible sleep. */
    static final Duration KILL_BOUND = Duration.ofSeconds(10);

    /** What tells sysvinit and runit to stop everything and power off; telinit writes into init's fifo, which is there when init is. */
    private static final List<String> HALT = List.of("/bin/sh", "-c",
            "for program in /sbin/telinit /sbin/init; do [ ! -x $program ] || exec $program 0; done; exit 1");
    /** telinit(8) itself gives up after 3 s. */
    private static final Duration HALT_BOUND = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Stops.class);
    /** What a process is shown to have ended with that was killed along with its pid namespace. */
    private static final int KILLED = 128 + 9;
    /** How long pid 1 may take to end after the last process that it takes along. */
    private static final Duration LAST_BREATH = Duration.ofSeconds(1);

    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    /** How to stop. {@code grace}: other than the configuration's. */
    record How(boolean force, Optional<Duration> grace) {
    }

    private final Kernel kernel;
    private final Inside inside;
    private final Groups groups;
    private final Endings endings;
    private final Sleepers sleepers;

    Stops(Kernel kernel, Inside inside, Groups groups, Endings endings) {
        this.kernel = kernel;
        this.inside = inside;
        this.groups = groups;
        this.endings = endings;
        this.sleepers = new Sleepers(kernel, groups);
    }

    /** Stops first those that require it. @return whether there was anything to stop */
    boolean stop(Subhost subhost, List<Subhost> dependants, How how, Progress progress) throws RefusedException {
        for (Subhost dependant : dependants) {
            progress.warning(dependant.name() + " is stopped first: it requires " + subhost.name());
            stop(dependant, how, Progress.SILENT);
        }
        return stop(subhost, how, progress);
    }

    /** @return whether there was anything to stop */
    boolean stop(Subhost subhost, How how, Progress progress) throws RefusedException {
        while (true) {
            subhost.cancel("overtaken by a stop");
            switch (subhost.state()) {
                case STARTING, STOPPING -> subhost.idle().join();
                case STOPPED -> {
                    return subhost.restAtLast();
                }
                case FAILED -> {
                    return again(subhost, progress);
                }
                case RUNNING, PAUSED -> {
                    if (subhost.begin(subhost.record().with(SubhostState.STOPPING, ""))) {
                        carryOut(subhost, how, progress);
                        return true;
                    }
                }
            }
        }
    }

    /** Brings the stop to its end that an earlier daemon has begun. */
    void goOn(Subhost subhost) {
        try {
            stop(subhost, new How(false, Optional.empty()), Progress.SILENT);
        } catch (RefusedException refused) {
            LOG.error("{}: {}", subhost.name(), refused.getMessage());
        }
    }

    /** A subhost that failed may have left something, or still live: its teardown is tried once more. */
    private boolean again(Subhost subhost, Progress progress) throws RefusedException {
        boolean waited = subhost.record().upkeep().restartAt() != 0;
        if (subhost.begin(subhost.record().with(SubhostState.STOPPING, ""))) {
            if (subhost.init().isPresent()) {
                carryOut(subhost, new How(true, Optional.empty()), progress);
                return true;
            }
            List<Exception> broken = endings.tearDown(subhost);
            endings.finish(subhost, ExitStatus.unknown(), SubhostState.STOPPED, broken);
            refuse(subhost, broken);
        }
        return waited;
    }

    /**
     * Stops one that runs and keeps it in STOPPING, all that was made for it taken back: for the boot that follows at once.
     *
     * @return false: it does not run, and nothing was done
     * @throws RefusedException BUSY: it is being booted; STEP: something of it could not be taken back
     */
    boolean hold(Subhost subhost, How how, Progress progress) throws RefusedException {
        while (true) {
            switch (subhost.state()) {
                case STARTING -> throw new RefusedException(RefusedException.Kind.BUSY, subhost.name() + " is being booted just now");
                case STOPPING -> subhost.idle().join();
                case RUNNING, PAUSED -> {
                    if (subhost.begin(subhost.record().with(SubhostState.STOPPING, ""))) {
                        ExitStatus status = endAll(subhost, how, progress);
                        List<Exception> broken = endings.tearDown(subhost);
                        if (!broken.isEmpty()) {
                            endings.finish(subhost, status, SubhostState.STOPPED, broken);
                            refuse(subhost, broken);
                        }
                        Endings.close(subhost, subhost.record().ended(SubhostState.STOPPED, "", Endings.describe(status)));
                        return true;
                    }
                }
                default -> {
                    return false;
                }
            }
        }
    }

    private void carryOut(Subhost subhost, How how, Progress progress) throws RefusedException {
        ExitStatus status = endAll(subhost, how, progress);
        List<Exception> broken = endings.tearDown(subhost);
        endings.finish(subhost, status, SubhostState.STOPPED, broken);
        refuse(subhost, broken);
    }

    /** Ends every process of it. */
    private ExitStatus endAll(Subhost subhost, How how, Progress progress) throws RefusedException {
        CrashPoints.pass();
        try {
            if (!how.force()) {
                thaw(subhost, progress);
                stopServices(subhost, progress);
            }
            return end(subhost, how.force() ? Duration.ZERO : how.grace().orElse(stopBound(subhost)), progress);
        } catch (RuntimeException | Error defect) {
            // Whoever waits for this stop must not wait for ever; the next one ends what still lives.
            subhost.become(subhost.record().with(SubhostState.FAILED, "its stop was broken off: " + defect));
            throw defect;
        }
    }

    /** A paused one cannot stop its services; killed at once it needs not go on for that (cgroup v1: {@link overlayd.kernel.Cgroup#kill} thaws). */
    private void thaw(Subhost subhost, Progress progress) {
        try {
            groups.thaw(subhost.name());
        } catch (KernelException refused) {
            progress.warning("it cannot go on to stop its services: " + refused.getMessage());
        }
    }

    private static void refuse(Subhost subhost, List<Exception> broken) throws RefusedException {
        if (!broken.isEmpty()) {
            throw RefusedException.step(new Failure("stop", subhost.name(), "", broken.get(0).getMessage(), "the host kept something of it",
                    "remove what the message names, then stop it once more", false));
        }
    }

    private void stopServices(Subhost subhost, Progress progress) {
        List<String> services = new ArrayList<>(subhost.record().asked().services());
        Collections.reverse(services);
        for (String service : services) {
            if (subhost.ended().isDone()) {
                return;
            }
            CrashPoints.pass();
            progress.service(service, "stop");
            int status = stopService(subhost, service, progress);
            // With the last service pid 1 runs out of children and ends, and takes the script along that has just done its work.
            boolean over = status != 0 && (Endings.hasEnded(subhost) || status == KILLED && Endings.await(subhost, LAST_BREATH).isPresent());
            progress.serviceDone(service, "stop", over ? 0 : status);
            if (over) {
                return;
            }
        }
    }

    private int stopService(Subhost subhost, String service, Progress progress) {
        Duration bound = stopBound(subhost);
        List<String> command = service.endsWith(".service") && !service.startsWith("/") ? List.of("/bin/sh", UnitScript.path(service), "stop")
                : service.startsWith("/") ? List.of(service, "stop") : List.of("/bin/sh", "-c",
                "if command -v service >/dev/null 2>&1; then exec service \"$1\" stop; else exec \"/etc/init.d/$1\" stop; fi", "sh", service);
        List<String> bounded = new ArrayList<>(List.of("/.reaper", "--run", Long.toString(subhost.record().asked().stopSeconds())));
        bounded.addAll(command);
        // --run bounds the service itself; the deadline bounds a subhost whose processes are stopped or frozen.
        return run(subhost, service, bounded, bound.plusSeconds(5), progress);
    }

    /** @return the status as a shell shows it; 124: it took too long and was killed, 125: it could not be run */
    private int run(Subhost subhost, String what, List<String> command, Duration bound, Progress progress) {
        try (Fd nothing = kernel.files().openReadWrite("/dev/null");
                InsideCommand stop = inside.start(subhost, new InsideCommand.Request(command, Map.of("PATH",
                        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME", "/"), "/", Optional.empty(),
                        List.of(nothing, nothing, nothing)))) {
            Optional<InsideCommand.Outcome> outcome = stop.await(Deadline.after(bound));
            if (outcome.isEmpty()) {
                stop.signal(Signal.KILL.number());
            }
            return outcome.map(o -> o.status().shellStatus()).orElse(124);
        } catch (KernelException gone) {
            if (!Endings.hasEnded(subhost)) {
                progress.warning(what + " could not be stopped: " + gone.getMessage());
            }
            return 125;
        }
    }

    private ExitStatus end(Subhost subhost, Duration grace, Progress progress) throws RefusedException {
        if (!grace.isZero()) {
            CrashPoints.pass();
            ask(subhost, progress);
            CrashPoints.pass();
            Optional<ExitStatus> status = Endings.await(subhost, grace);
            if (status.isPresent()) {
                return status.get();
            }
            progress.warning("processes still run " + grace.toSeconds() + " s after they were asked to end; killing them");
        }
        CrashPoints.pass();
        groups.kill(subhost.name());
        signal(subhost, Signal.KILL);
        Optional<ExitStatus> status = Endings.await(subhost, KILL_BOUND);
        if (status.isPresent()) {
            return status.get();
        }
        String remain = sleepers.of(subhost.name());
        subhost.become(subhost.record().with(SubhostState.FAILED, "killed, but a process in uninterruptible sleep remains"
                + (remain.isEmpty() ? "" : ": " + remain)));
        endings.settle(subhost, subhost.ended());
        throw RefusedException.step(new Failure("kill", "init " + subhost.record().initPid(), "", remain,
                "a process of the subhost is in uninterruptible sleep (state D), which nothing ends but what it waits for: a disk, a file"
                + " server", remain.isEmpty() ? "find it with: ps -eo pid,stat,wchan:32,args | grep ' D'; then stop the subhost once more"
                : "end that wait; what is left of the subhost goes with the process", false));
    }

    /**
     * Asks pid 1 to end: by SIGTERM, which the reaper passes on. Full inits mean something else by that, or nothing. systemd executes itself
     * anew; it powers off by SIGRTMIN+4 (systemd(1)). sysvinit and runit ignore it, and by SIGINT, SIGPWR or SIGCONT they do what an inittab
     * or a script says (Debian's: reboot, or nothing), so they are told to enter runlevel 0 by their own command (telinit(8),
     * runit-init(8)); where that fails, SIGINT. The name is the subhost's own; a false one only costs it its grace.
     */
    private void ask(Subhost subhost, Progress progress) {
        switch (name(subhost)) {
            case "systemd" -> signal(subhost, Signal.RTMIN_4);
            case "init", "runit", "runit-init" -> {
                int status = run(subhost, "runlevel 0", HALT, HALT_BOUND, progress);
                if (status != 0) {
                    signal(subhost, Signal.INT);
                }
            }
            default -> signal(subhost, Signal.TERM);
        }
    }

    private String name(Subhost subhost) {
        try {
            byte[] name = kernel.files().read("/proc/" + subhost.record().initPid() + "/comm", 64);
            return new String(name, StandardCharsets.ISO_8859_1).strip();
        } catch (KernelException ended) {
            return "";
        }
    }

    /** STOP_TIMEOUT, which may be none. */
    private static Duration stopBound(Subhost subhost) {
        long seconds = subhost.record().asked().stopSeconds();
        return seconds == 0 ? FOR_EVER : Duration.ofSeconds(seconds);
    }

    private static void signal(Subhost subhost, Signal signal) {
        Optional<Pidfd> init = subhost.init();
        if (init.isPresent()) {
            try {
                init.get().signal(signal);
            } catch (KernelException ended) {
                // ESRCH: it has ended by itself, which is what was wanted
            }
        }
    }
}
