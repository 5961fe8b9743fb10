package overlayd.kernel;

import java.util.Optional;

/**
 * How a process ended. As text (the monitor's {@code exit} file): {@code exited N} or {@code killed SIGNAL}.
 *
 * @param number exit status 0-255, or the signal's number; 0 when unknown
 */
public record ExitStatus(End end, int number) {
    /** The ways. UNKNOWN: the process was not our child and the kernel keeps no status of it. */
    public enum End { EXITED, KILLED, UNKNOWN }

    /** Ended by exit(3) with {@code status}. */
    public static ExitStatus exited(int status) {
        return new ExitStatus(End.EXITED, status);
    }

    /** Ended by {@code signal}. */
    public static ExitStatus killed(int signal) {
        return new ExitStatus(End.KILLED, signal);
    }

    /** Ended, status not to be had. */
    public static ExitStatus unknown() {
        return new ExitStatus(End.UNKNOWN, 0);
    }

    /** pid 1 of a pid namespace whose root called reboot(2) to start anew: the kernel ends it as if by SIGHUP (pid_namespaces(7)). */
    public boolean rebooted() {
        return end == End.KILLED && number == Signal.HUP.number();
    }

    /** As above, to halt or power off: as if by SIGINT. */
    public boolean poweredOff() {
        return end == End.KILLED && number == Signal.INT.number();
    }

    /** Ended well. */
    public boolean success() {
        return end == End.EXITED && number == 0;
    }

    /** As a shell gives it in {@code $?}: the status, or 128 + signal; 255 when unknown. */
    public int shellStatus() {
        return switch (end) {
            case EXITED -> number;
            case KILLED -> 128 + number;
            case UNKNOWN -> 255;
        };
    }

    /** {@code exited 7}, {@code killed 9}, {@code unknown}. */
    @Override
    public String toString() {
        return switch (end) {
            case EXITED -> "exited " + number;
            case KILLED -> "killed " + number;
            case UNKNOWN -> "unknown";
        };
    }

    /** The inverse of {@link #toString}; words after the second are not looked at. Empty when it is neither. */
    public static Optional<ExitStatus> parse(String text) {
        String[] words = text.strip().split("\\s+");
        if (words.length < 2 || !words[1].matches("[0-9]{1,3}")) {
            return words[0].equals("unknown") ? Optional.of(unknown()) : Optional.empty();
        }
        return switch (words[0]) {
            case "exited" -> Optional.of(exited(Integer.parseInt(words[1])));
            case "killed" -> Optional.of(killed(Integer.parseInt(words[1])));
            default -> Optional.empty();
        };
    }
}
