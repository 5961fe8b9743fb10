package overlayd.plan;

import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * The init of a subhost's root that INIT names, as its files show it.
 *
 * @param version of systemd; empty for others, or where its files do not tell
 */
public record InitSystem(Kind kind, OptionalInt version) {
    /** What asks it to end, and what it needs, depends on it. */
    public enum Kind { SYSTEMD, SYSVINIT, RUNIT, OTHER }

    /** An init of which nothing is known. */
    public static final InitSystem OTHER = new InitSystem(Kind.OTHER, OptionalInt.empty());

    /** By the name of the program that a path of INIT leads to, links followed. */
    public static Kind kind(Path program) {
        return switch (String.valueOf(program.getFileName())) {
            case "systemd" -> Kind.SYSTEMD;
            case "init" -> Kind.SYSVINIT;
            case "runit-init", "runit" -> Kind.RUNIT;
            default -> Kind.OTHER;
        };
    }

    /** "systemd 252", "sysvinit". */
    String shown() {
        return switch (kind) {
            case SYSTEMD -> "systemd" + (version.isPresent() ? " " + version.getAsInt() : "");
            case SYSVINIT -> "sysvinit";
            case RUNIT -> "runit";
            case OTHER -> "this init";
        };
    }
}
