package overlayd.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a test may not change: open descriptors, mounts, pinned namespaces, links, namespaces of the JVM's threads. */
record HostState(Set<String> descriptors, List<String> mounts, Set<String> netns, Set<String> links, Set<String> namespaces) {
    static HostState now() throws IOException {
        return new HostState(openTargets(), mountPoints(), names("/run/netns"), names("/sys/class/net"), threadNamespaces());
    }

    private static List<String> mountPoints() throws IOException {
        // iproute2's own bind of /run/netns on itself stays after the first pin, as after the first "ip netns add".
        return java.nio.file.Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                .map(line -> line.split(" ")[4]).filter(point -> !point.equals("/run/netns")).toList();
    }

    private static Set<String> names(String directory) throws IOException {
        if (!java.nio.file.Files.isDirectory(Path.of(directory))) {
            return Set.of();
        }
        try (Stream<Path> entries = java.nio.file.Files.list(Path.of(directory))) {
            return entries.map(entry -> entry.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** Descriptors that are ours to leak; the JVM opens jars and the like when it wants. */
    private static Set<String> openTargets() throws IOException {
        Set<String> targets = new TreeSet<>();
        for (String number : names("/proc/self/fd")) {
            try {
                String target = java.nio.file.Files.readSymbolicLink(Path.of("/proc/self/fd", number)).toString();
                if (!target.startsWith("/") || target.startsWith("/tmp/overlayd-")) {
                    targets.add(number + " " + target);
                }
            } catch (IOException gone) {
                continue;
            }
        }
        return targets;
    }

    private static Set<String> threadNamespaces() throws IOException {
        Set<String> namespaces = new TreeSet<>();
        for (String thread : names("/proc/self/task")) {
            for (String kind : List.of("net", "mnt", "pid_for_children")) {
                try {
                    namespaces.add(java.nio.file.Files.readSymbolicLink(Path.of("/proc/self/task", thread, "ns", kind)).toString());
                } catch (IOException gone) {
                    continue;
                }
            }
        }
        return namespaces;
    }
}
