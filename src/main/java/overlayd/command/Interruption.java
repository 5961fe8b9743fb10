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
        name.ifPresent(this::cancel);
    }

    /** The boot of {@code name} can be cancelled from now on. */
    void begun(String name) {
        boolean late;
        synchronized (this) {
            booting = Optional.of(name);
            late = code.isPresent();
        }
        if (late) {
            cancel(name);
        }
    }

    /** It is over. */
    synchronized void over() {
        booting = Optional.empty();
    }

    /** What to exit with when a signal came. */
    synchronized Optional<ExitCode> code() {
        return code;
    }

    private void cancel(String name) {
        door.cancel(name, "interrupted");
    }
}
