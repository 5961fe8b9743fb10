package overlayd.command;

import java.util.Optional;
import overlayd.state.SubhostState;
import overlayd.subject.UsageException;

/** Colours of states on a terminal that wants them (no-color.org, TERM=dumb, --color). */
final class Palette {
    private final boolean coloured;

    private Palette(boolean coloured) {
        this.coloured = coloured;
    }

    /** @throws UsageException for a value of --color that is none */
    static Palette of(Optional<String> wish, Invocation invocation) throws UsageException {
        Arguments arguments = invocation.arguments();
        return switch (wish.orElse("auto")) {
            case "always" -> new Palette(true);
            case "never" -> new Palette(false);
            case "auto" -> new Palette(invocation.console().outIsTerminal() && arguments.variable("NO_COLOR").isEmpty()
                    && arguments.variable("TERM").filter(term -> !term.equals("dumb")).isPresent());
            default -> throw new UsageException("--color takes auto, always or never");
        };
    }

    /** The line with the colour of the state. */
    String line(String line, SubhostState state, boolean degraded) {
        if (!coloured) {
            return line;
        }
        String colour = switch (state) {
            case RUNNING -> degraded ? "33" : "32";
            case FAILED -> "31";
            case STARTING, STOPPING, PAUSED, FOREIGN -> "33";
            case STOPPED -> "";
        };
        return colour.isEmpty() ? line : "\u001b[" + colour + "m" + line + "\u001b[0m";
    }
}
