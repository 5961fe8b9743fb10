package overlayd.command;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import overlayd.subject.Door;

/** Signals to the client of a boot: the boots under way give up and are undone, and no further one is begun. Thread-safe. */
final class Interruption {
    private final Door door;
    private Optional<ExitCode> code = Optional.empty();
    private final Set<String> booting = new HashSet<>();

    Interruption(Door door) {
        this.door = door;
    }

    /** SIGINT or SIGTERM came; others (a hangup: the terminal was closed) let a boot go on. */
    void arrive(int signal) {
        List<String> names;
        synchronized (this) {
            code = ExitCode.ofSignal(signal).or(() -> code);
            names = code.isPresent() ? List.copyOf(booting) : List.of();
        }
        names.forEach(name -> door.cancel(name, "interrupted"));
    }

    /** Whether the boot of {@code name} may begin: from now on a signal cancels it. */
    synchronized boolean begin(String name) {
        booting.add(name);
        return code.isEmpty();
    }

    /** It is over. */
    synchronized void over(String name) {
        booting.remove(name);
    }

    /** What to exit with when a signal came. */
    synchronized Optional<ExitCode> code() {
        return code;
    }
}
