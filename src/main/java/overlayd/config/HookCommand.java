package overlayd.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A command of the configuration that is run on the host.
 *
 * @param argv words, at least one; the first is absolute or is looked up in PATH
 * @param at   where the first word stands
 */
public record HookCommand(List<String> argv, Position at) {
    public HookCommand {
        argv = List.copyOf(argv);
        if (argv.isEmpty()) throw new IllegalArgumentException("a command needs a word");
    }

    /** Words as a shell would need them quoted. */
    static String shown(List<String> argv) {
        return argv.stream().map(HookCommand::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        if (word.matches("[A-Za-z0-9_@%+=:,./-]+")) return word;
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
