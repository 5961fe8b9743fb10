package overlayd.daemon;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How this daemon was started.
 *
 * @param runtime OVERLAYD_RUNTIME_DIR, --runtime-dir
 * @param state OVERLAYD_STATE_DIR, --state-dir
 * @param tree the installed tree, told by the launcher
 * @param auto started by a client: say on descriptor 3 when ready, end when there is nothing to do
 */
record Settings(Path runtime, Path state, Path tree, boolean auto) {
    static final String USAGE = """
            Usage: overlayd [--runtime-dir DIR] [--state-dir DIR] [--auto]
            Boots, enters and stops subhosts on behalf of overlay-boot, overlay-go and overlay-stop.

              --runtime-dir DIR  socket, records, journals (OVERLAYD_RUNTIME_DIR; /run/overlayd)
              --state-dir DIR    what survives a restart of the host
                                 (OVERLAYD_STATE_DIR; /var/lib/overlayd)
              --auto             started by a client: ends when nothing is running
              --help, --version  show this, or the version, and exit
            """;

    /** @throws IllegalArgumentException with the sentence for the user */
    static Settings of(String[] arguments, Map<String, String> environment, String tree) {
        Path runtime = directory(environment.get("OVERLAYD_RUNTIME_DIR"), "/run/overlayd");
        Path state = directory(environment.get("OVERLAYD_STATE_DIR"), "/var/lib/overlayd");
        boolean auto = false;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--runtime-dir" -> runtime = directory(value(arguments, ++i), "");
                case "--state-dir" -> state = directory(value(arguments, ++i), "");
                case "--auto" -> auto = true;
                default -> throw new IllegalArgumentException("unknown argument \"" + arguments[i] + "\"; see overlayd --help");
            }
        }
        return new Settings(runtime, state, Path.of(Optional.ofNullable(tree)
                .orElseThrow(() -> new IllegalArgumentException("start it by sbin/overlayd, which knows where its tree is"))), auto);
    }

    private static String value(String[] arguments, int index) {
        if (index >= arguments.length) {
            throw new IllegalArgumentException(arguments[index - 1] + " needs a directory");
        }
        return arguments[index];
    }

    private static Path directory(String text, String byDefault) {
        Path path = Path.of(text == null || text.isEmpty() ? byDefault : text);
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("a directory must be named by its absolute path, not \"" + text + "\"");
        }
        return path;
    }
}
