package overlayd.command;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import overlayd.config.ByteText;
import overlayd.failure.RefusedException;
import overlayd.kernel.ExitStatus;
import overlayd.report.LogFiles;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;
import overlayd.subhost.Subhosts;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.subject.Shown;
import overlayd.subject.UsageException;
import overlayd.varlink.ClientGone;
import overlayd.varlink.NotifySocket;

/**
 * One run of overlay-boot --supervise: the client is the main process of a unit, whose state follows the subhost. It lasts until the
 * subhost has ended; SIGTERM to the client is an ordered stop. When this daemon goes away the client calls the next one, which goes on
 * watching. systemd hears of readiness from here, in the client's name.
 */
final class Supervision {
    private static final String NAME = "overlay-boot";

    /** The command line. */
    record Asked(Given given, Invocation invocation, Subhosts.BootWish wish) {
    }

    /** What ends the waiting. */
    private enum Event { END, STOP, HANGUP }

    private final Door door;
    private final Locator locator;
    private final UnitLimits limits;
    private final Asked asked;
    private final Invocation invocation;
    private final Interruption interruption;
    private final CompletableFuture<Event> stop = new CompletableFuture<>();
    private final CompletableFuture<Event> hangup = new CompletableFuture<>();
    private final Optional<NotifySocket> manager;

    Supervision(Door door, Locator locator, UnitLimits limits, Asked asked) {
        this.door = door;
        this.locator = locator;
        this.limits = limits;
        this.asked = asked;
        this.invocation = inUnit(asked.invocation());
        this.interruption = new Interruption(door);
        this.manager = invocation.arguments().variable("NOTIFY_SOCKET").flatMap(NotifySocket::at);
    }

    /** What is said to a client under systemd belongs to its unit's journal, not to the daemon's. */
    private static Invocation inUnit(Invocation asked) {
        int pid = asked.client().pid();
        return asked.arguments().variable("JOURNAL_STREAM").isEmpty() ? asked : new Invocation(asked.arguments(),
                asked.console().withErrors((fd, text) -> NotifySocket.writeAs(pid, fd, text)), asked.client());
    }

    /** @return what the client exits with: 0 after a stop, else the status of the subhost's pid 1, or why it did not boot */
    int run() throws UsageException {
        if (asked.given().has("--plan")) {
            throw new UsageException("--plan and --supervise do not go together");
        }
        Optional<Locator.Named> named = named();
        if (named.isEmpty()) {
            invocation.complain(NAME, asked.given().operands().get(0), "no configuration file of this name in /etc/overlayd/conf.d");
            return ExitCode.CONFIG.number();
        }
        try {
            invocation.client().lasting();
            invocation.client().onHangup(() -> hangup.complete(Event.HANGUP));
            invocation.client().onInterrupt(this::interrupted);
            if (manager.isPresent()) {
                limits.hint(invocation.client().pid(), named.get().name()).ifPresent(hint -> invocation.complain(NAME, named.get().name(), hint));
            }
            return supervise(named.get());
        } catch (ClientGone gone) {
            return ExitCode.UNAVAILABLE.number();
        } finally {
            manager.ifPresent(NotifySocket::close);
        }
    }

    /** A unit's name may be escaped or not (systemd-escape(1)), so both readings are given. */
    private Optional<Locator.Named> named() {
        return asked.given().operands().stream()
                .flatMap(reference -> locator.subhost(reference, invocation.arguments().workingDirectory()).stream()).findFirst();
    }

    private void interrupted(int signal) {
        interruption.arrive(signal);
        if (interruption.code().isPresent()) {
            stop.complete(Event.STOP);
        }
    }

    private int supervise(Locator.Named named) {
        String name = named.name();
        boolean rebooted = false;
        boolean resumed = invocation.arguments().variable("OVERLAYD_RESUMED").isPresent();
        while (true) {
            SubhostState state = door.find(name).map(SubhostRecord::state).orElse(SubhostState.STOPPED);
            switch (state) {
                case STARTING, STOPPING -> {
                    Event event = await(door.idle(name).thenApply(nothing -> Event.END));
                    if (event == Event.STOP) {
                        return stop(name);
                    } else if (event == Event.HANGUP) {
                        return ExitCode.UNAVAILABLE.number();
                    }
                }
                case RUNNING, PAUSED -> {
                    Optional<Integer> ended = follow(name);
                    if (ended.isPresent()) {
                        return ended.get();
                    }
                    rebooted = true;
                }
                case STOPPED, FAILED -> {
                    if (resumed && !rebooted) {
                        return ended(name);
                    }
                    Optional<Integer> refused = boot(named);
                    if (refused.isPresent()) {
                        return refused.get();
                    }
                }
            }
        }
    }

    /** @return what to exit with when it did not boot; empty: look again how it is */
    private Optional<Integer> boot(Locator.Named named) {
        if (named.file().isEmpty()) {
            invocation.complain(NAME, named.name(), "its configuration file is gone");
            return Optional.of(ExitCode.CONFIG.number());
        }
        tell("STATUS=booting");
        try (ProgressLines progress = new ProgressLines(invocation, NAME, named.name(), ProgressLines.detail(asked.given()))) {
            if (!interruption.begin(named.name())) {
                return Optional.of(ExitCode.OK.number());
            }
            Subhosts.Booted booted = door.boot(named.file().get(), asked.wish(), progress);
            Refusals.problems(invocation, booted.warnings().stream().filter(p -> !p.isError()).toList());
            return Optional.empty();
        } catch (RefusedException refused) {
            boolean begunByAnother = refused.kind() == RefusedException.Kind.EXISTS
                    && door.find(named.name()).filter(subhost -> subhost.state().isLive()).isPresent();
            if (begunByAnother) {
                return Optional.empty();
            }
            int code = Refusals.tell(invocation, NAME, named.name(), refused).number();
            return Optional.of(stop.isDone() ? ExitCode.OK.number() : code);
        } finally {
            interruption.over(named.name());
        }
    }

    /** @return what to exit with; empty: it has been rebooted from inside, and comes again */
    private Optional<Integer> follow(String name) {
        try {
            CompletableFuture<Subhosts.End> end = door.end(name);
            SubhostRecord subhost = door.find(name).orElseThrow();
            tell("READY=1", "STATUS=running, init " + subhost.initPid() + (subhost.reason().isEmpty() ? "" : ", degraded: "
                    + Shown.of(subhost.reason()).replaceAll("\\p{Cntrl}", " ")));
            return switch (await(end.thenApply(over -> Event.END))) {
                case END -> end.join().status().filter(ExitStatus::rebooted).isPresent() && end.join().subhost().state() == SubhostState.STOPPED
                        ? Optional.empty() : Optional.of(ended(name));
                case STOP -> Optional.of(stop(name));
                case HANGUP -> Optional.of(ExitCode.UNAVAILABLE.number());
            };
        } catch (RefusedException gone) {
            return Optional.of(Refusals.tell(invocation, NAME, name, gone).number());
        }
    }

    private int stop(String name) {
        tell("STOPPING=1", "STATUS=stopping");
        try (ProgressLines progress = new ProgressLines(invocation, NAME, name, ProgressLines.detail(asked.given()))) {
            door.stop(name, Subhosts.StopWish.DEFAULT, progress);
            return ExitCode.OK.number();
        } catch (RefusedException refused) {
            return Refusals.tell(invocation, NAME, name, refused).number();
        }
    }

    private int ended(String name) {
        try {
            Subhosts.End end = door.end(name).join();
            SubhostRecord subhost = end.subhost();
            if (subhost.state() == SubhostState.STOPPED) {
                return ExitCode.OK.number();
            }
            invocation.complain(NAME, name, "has ended: " + subhost.reason());
            for (String line : LogFiles.lastLines(ByteText.path(subhost.asked().log()), 10)) {
                invocation.console().err(Shown.of("  log: " + line) + "\n");
            }
            return end.status().map(status -> status.shellStatus()).filter(status -> status != 0).orElse(ExitCode.STEP.number());
        } catch (RefusedException unknown) {
            return Refusals.tell(invocation, NAME, name, unknown).number();
        }
    }

    private Event await(CompletableFuture<Event> end) {
        return (Event) CompletableFuture.anyOf(end, stop, hangup).join();
    }

    private void tell(String... lines) {
        manager.ifPresent(socket -> socket.tellAs(invocation.client().pid(), lines));
    }
}
