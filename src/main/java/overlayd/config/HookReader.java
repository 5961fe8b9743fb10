package overlayd.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the commands of PREMOUNT, POSTMOUNT and INIT. */
final class HookReader {
    /** The programs upstream has for its built-in steps: a file that names them means the built-in. */
    private static final Set<String> BUILT_IN = Set.of("overlay-premount", "overlay-postmount", "overlay-init");

    private HookReader() {}

    static SubhostConfig.Hooks read(Values values) {
        return new SubhostConfig.Hooks(
                command(ConfigKey.PREMOUNT, values.words(ConfigKey.PREMOUNT), values),
                command(ConfigKey.POSTMOUNT, values.words(ConfigKey.POSTMOUNT), values));
    }

    static boolean isBuiltIn(String value) {
        return BUILT_IN.contains(value);
    }

    /** Empty for the built-in. A relative program with a slash is one of BASE's; without a slash PATH finds it. */
    static Optional<HookCommand> command(ConfigKey key, List<Located> words, Values values) {
        if (words.isEmpty()) return Optional.empty();
        Located first = words.get(0);
        if (words.size() == 1 && isBuiltIn(first.text())) return Optional.empty();
        if (first.isEmpty()) {
            values.findings().add(Rule.EMPTY_COMMAND, first.at(), "the command of " + key + " is an empty word",
                    "write the path of a program");
            return Optional.empty();
        }
        List<String> argv = new ArrayList<>(words.stream().map(Located::text).toList());
        if (first.text().contains("/")) argv.set(0, ByteText.of(values.path(first.text())));
        return Optional.of(new HookCommand(argv, first.at()));
    }
}
