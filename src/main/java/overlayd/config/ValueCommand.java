package overlayd.config;

import java.nio.file.Path;
import java.util.List;

/**
 * A {@code !command} of which the first output line is the value of a key.
 *
 * @param key       whose value it gives
 * @param argv      words, at least one; nothing is to be evaluated
 * @param at        where the {@code !} stands
 * @param place     where it runs
 * @param directory its working directory: BASE where that is known, else the file's directory
 * @param file      for its environment: CONFIG
 */
public record ValueCommand(ConfigKey key, List<String> argv, Position at, Place place, Path directory, Path file) {
    /** Where a command runs. */
    public enum Place {
        /** On the host, before anything else: NAME and LOG. */
        HOST,
        /** In the subhost's new private mount namespace, with the host's root and network. */
        SUBHOST_MOUNTS
    }

    public ValueCommand {
        argv = List.copyOf(argv);
        if (argv.isEmpty()) throw new IllegalArgumentException("a command needs a word");
    }

    /** As it could have been written in the file. */
    public String text() {
        return "!" + HookCommand.shown(argv);
    }
}
