package overlayd.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import overlayd.config.ByteText;
import overlayd.kernel.RawText;
import overlayd.subject.UsageException;

/**
 * A command line as the client sent it. Texts are {@link RawText}: bytes that are not UTF-8 survive.
 *
 * @param words arguments; the first is the program's base name
 * @param directory the client's working directory; empty when it was removed
 * @param environment the client's environment; of a name that occurs twice the first counts, as for getenv(3)
 */
record Arguments(List<String> words, String directory, Map<String, String> environment) {
    /** Most bytes of arguments, working directory and environment together. */
    static final int MOST_BYTES = 1 << 20;

    private static final Pattern COUNT = Pattern.compile("[0-9]{1,7}");

    Arguments {
        words = List.copyOf(words);
        environment = Map.copyOf(environment);
    }

    /**
     * Reads {@code COUNT\0 argument\0... directory\0 NAME=VALUE\0...}.
     *
     * @throws UsageException when it is not that
     */
    static Arguments decode(byte[] bytes) throws UsageException {
        List<String> texts = split(bytes);
        int count = texts.isEmpty() || !COUNT.matcher(texts.get(0)).matches() ? 0 : Integer.parseInt(texts.get(0));
        if (count < 1 || texts.size() < count + 2) {
            throw new UsageException("the client sent a command line that cannot be read");
        }
        Map<String, String> environment = new LinkedHashMap<>();
        for (String entry : texts.subList(count + 2, texts.size())) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                environment.putIfAbsent(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        return new Arguments(texts.subList(1, count + 1), texts.get(count + 1), environment);
    }

    private static List<String> split(byte[] bytes) throws UsageException {
        if (bytes.length == 0 || bytes[bytes.length - 1] != 0) {
            throw new UsageException("the client sent a command line that does not end");
        }
        List<String> texts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                texts.add(RawText.decode(bytes, start, i - start));
                start = i + 1;
            }
        }
        return texts;
    }

    /** The program that was called, from the beginning of what {@link #decode} takes; empty when it cannot be seen there. */
    static Optional<String> program(byte[] beginning) {
        String[] texts = RawText.decode(beginning).split("\0", 3);
        return texts.length == 3 ? Optional.of(texts[1]) : Optional.empty();
    }

    /** The client's working directory; empty when it was removed. */
    Optional<Path> workingDirectory() {
        return directory.startsWith("/") ? Optional.of(ByteText.path(directory)) : Optional.empty();
    }

    /** A variable of the client's environment; empty also when it is set to nothing. */
    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    /** The same without the first word. */
    Arguments shifted() {
        return new Arguments(words.subList(1, words.size()), directory, environment);
    }
}
