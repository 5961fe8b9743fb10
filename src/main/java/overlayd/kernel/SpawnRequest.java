package overlayd.kernel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What to start. Strings are {@link RawText}.
 *
 * @param program absolute path of the executable; no search
 * @param arguments argv, with argv[0]
 * @param environment {@code NAME=value} strings; nothing is inherited
 * @param descriptors what the child has open: its number &lt;- ours. 0, 1, 2 not named here are /dev/null; everything else is closed
 * @param directory working directory of the child, empty = that of the calling thread
 */
public record SpawnRequest(String program, List<String> arguments, List<String> environment, Map<Integer, Fd> descriptors,
        String directory) {
    public SpawnRequest {
        arguments = List.copyOf(arguments);
        environment = List.copyOf(environment);
        descriptors = Map.copyOf(descriptors);
        if (arguments.isEmpty() || !program.startsWith("/")) {
            throw new IllegalArgumentException("a process needs an absolute program and an argv[0]: " + program);
        }
    }

    /** A request with the program's path as argv[0], {@code rest} behind it, and an empty environment. */
    public static SpawnRequest of(String program, String... rest) {
        List<String> arguments = new ArrayList<>(List.of(program));
        arguments.addAll(List.of(rest));
        return new SpawnRequest(program, arguments, List.of(), Map.of(), "");
    }

    /** The same with another argv. */
    public SpawnRequest withArguments(List<String> argv) {
        return new SpawnRequest(program, argv, environment, descriptors, directory);
    }

    /** The same with this environment. */
    public SpawnRequest withEnvironment(List<String> variables) {
        return new SpawnRequest(program, arguments, variables, descriptors, directory);
    }

    /** The same with the child's {@code number} being a copy of {@code fd}. */
    public SpawnRequest withDescriptor(int number, Fd fd) {
        Map<Integer, Fd> more = new LinkedHashMap<>(descriptors);
        more.put(number, fd);
        return new SpawnRequest(program, arguments, environment, more, directory);
    }

    /** The same, started in {@code path}. */
    public SpawnRequest withDirectory(String path) {
        return new SpawnRequest(program, arguments, environment, descriptors, path);
    }
}
