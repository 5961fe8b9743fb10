package overlayd.daemon;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import overlayd.kernel.Events;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pipes;
import overlayd.report.Sources;
import overlayd.varlink.NotifySocket;

/**
 * Whoever started the daemon and wants to know how it is: systemd, or start-stop-daemon --notify-await. Without one, nothing is said.
 * Sources: sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3).
 */
final class ServiceManager {
    private static final int FIRST_LISTENING = 3;
    /** Changes that come together are told together. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Map<String, String> environment;
    private final Events events;
    private final Optional<NotifySocket> socket;
    private final AtomicBoolean statusDue = new AtomicBoolean();

    ServiceManager(Map<String, String> environment, Events events) {
        this.environment = environment;
        this.events = events;
        this.socket = Optional.ofNullable(environment.get("NOTIFY_SOCKET")).flatMap(NotifySocket::at);
    }

    /** The socket that systemd listens on for us. @throws IOException when it gave something else than one */
    Optional<Fd> listeningSocket(Pipes pipes) throws IOException, KernelException {
        if (!isOurs("LISTEN_PID") || !environment.containsKey("LISTEN_FDS")) {
            return Optional.empty();
        }
        if (!environment.get("LISTEN_FDS").equals("1")) {
            throw new IOException("overlayd.socket must have one ListenStream=, not " + environment.get("LISTEN_FDS"));
        }
        return Optional.of(pipes.own(FIRST_LISTENING));
    }

    private boolean isOurs(String variable) {
        return Long.toString(ProcessHandle.current().pid()).equals(environment.get(variable));
    }

    /** Begins to serve; from now on the watchdog, if any, is fed by the thread that waits for everything: when it hangs, all does. */
    void ready(String status) {
        socket.ifPresent(s -> s.tell("READY=1", "STATUS=" + status));
        watchdog().ifPresent(this::feed);
    }

    /** Half of the time after which systemd takes the daemon for dead. */
    Optional<Duration> watchdog() {
        String micros = environment.getOrDefault("WATCHDOG_USEC", "");
        boolean meant = !environment.containsKey("WATCHDOG_PID") || isOurs("WATCHDOG_PID");
        return meant && socket.isPresent() && micros.matches("[1-9][0-9]{0,15}")
                ? Optional.of(Duration.ofNanos(Long.parseLong(micros) * 500)) : Optional.empty();
    }

    private void feed(Duration every) {
        socket.ifPresent(s -> s.tell("WATCHDOG=1"));
        events.timer(every, () -> feed(every));
    }

    /** Has {@code status} told soon. Any thread, also while locks are held. */
    void changed(Supplier<String> status) {
        if (socket.isPresent() && statusDue.compareAndSet(false, true)) {
            events.timer(PAUSE, () -> {
                statusDue.set(false);
                socket.get().tell("STATUS=" + status.get());
            });
        }
    }

    /** The end has begun. */
    void stopping() {
        socket.ifPresent(s -> s.tell("STOPPING=1", "STATUS=subhosts go on without the daemon"));
    }
}
