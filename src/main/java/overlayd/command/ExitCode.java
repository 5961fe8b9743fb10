package overlayd.command;

import java.util.List;
import java.util.Optional;
import overlayd.failure.RefusedException;

/** What commands exit with, the one table: codes, help and man pages are made from it. 64-78 follow sysexits.h. */
enum ExitCode {
    OK(0, "done"),
    UNKNOWN(1, "no such subhost, or it is not running"),
    USAGE(64, "wrong usage"),
    UNAVAILABLE(69, "the daemon cannot be reached"),
    DEFECT(70, "a defect of overlayd; its log says more"),
    STEP(71, "the kernel or a program refused a step"),
    DRIFTED(72, "it does not fit to what lies below it any more"),
    EXISTS(73, "it exists, or runs or boots already"),
    BUSY(75, "overtaken by another request; try again"),
    DEGRADED(76, "it is up, but a service failed"),
    NOT_PERMITTED(77, "only root may do this"),
    CONFIG(78, "the configuration has errors"),
    OURS(125, "overlay-go itself failed, for whatever reason"),
    NOT_EXECUTABLE(126, "the command cannot be executed"),
    NOT_FOUND(127, "the command was not found"),
    INTERRUPTED(130, "interrupted (SIGINT)"),
    READER_GONE(141, "nobody reads the output any more"),
    TERMINATED(143, "terminated (SIGTERM)");

    /** From the best on; whatever is not here is worse. */
    private static final List<ExitCode> SEVERITY = List.of(OK, DEGRADED, EXISTS, UNKNOWN, BUSY, CONFIG, STEP);

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    /** What the client exits with. */
    int number() {
        return number;
    }

    /** A few words without full stop. */
    String meaning() {
        return meaning;
    }

    private int severity() {
        return SEVERITY.contains(this) ? SEVERITY.indexOf(this) : SEVERITY.size();
    }

    /** The worse of two. */
    ExitCode worse(ExitCode other) {
        return other.severity() > severity() ? other : this;
    }

    /** What a refusal amounts to for a script. */
    static ExitCode of(RefusedException.Kind kind) {
        return switch (kind) {
            case CONFIG -> CONFIG;
            case STEP -> STEP;
            case EXISTS -> EXISTS;
            case UNKNOWN, NOT_RUNNING -> UNKNOWN;
            case BUSY, CANCELLED -> BUSY;
        };
    }

    /** What a command that was ended by its client's signal exits with; empty when the signal ends no command. */
    static Optional<ExitCode> ofSignal(int signal) {
        return switch (signal) {
            case 2 -> Optional.of(INTERRUPTED);
            case 15 -> Optional.of(TERMINATED);
            default -> Optional.empty();
        };
    }
}
