package overlayd.command;

import java.util.Optional;

/** Signals to the client of a boot: the boot under way gives up and is undone, and no further one is begun. Thread-safe. */
final class Interruption {
    private final Door door;
    private Optional<ExitCode> code = Optional.empty();
    private Optional<String> booting = Optional.empty();

    Interruption(Door door) {
        this.door = door;
    }

    /** SIGINT or SIGTERM came; others (a hangup: the terminal was closed) let a boot go on. */
    void arrive(int signal) {
        Optional<String> name;
        synchronized (this) {
            code = ExitCode.ofSignal(signal).or(() -> code);
            name = code.isPresent() ? booting : Optional.empty();
        }
        name.ifPresent(n -> door.cancel(n, "interrupted"));
    }

    /** Whether the boot of {@code name} may begin: from now on a signal cancels it. */
    synchronized boolean begin(String name) {
        booting = Optional.of(name);
        return code.isEmpty();
    }

    /** It is over. */
    synchronized void over() {
        booting = Optional.empty();
    }

    /** What to exit with when a signal came. */
    synchronized Optional<ExitCode> code() {
        return code;
    }
}
