package overlayd.facts;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import overlayd.unit.UnitFiles;

/** Finds a service's unit file, its drop-ins and environment files in the layers of a root, where systemd would look (systemd.unit(5)). */
public final class UnitFinder {
    /** The first one that has it counts. */
    public static final List<String> DIRECTORIES = List.of("etc/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system",
            "lib/systemd/system");

    private static final int MOST_BYTES = 1 << 18;

    private final RootLayers layers;

    public UnitFinder(RootLayers layers) {
        this.layers = layers;
    }

    /** @param name with {@code .service}. Empty: the root has no such unit */
    public Optional<UnitFiles> find(String name) {
        for (String candidate : names(name)) {
            for (String directory : DIRECTORIES) {
                Optional<Path> target = layers.target(directory + "/" + candidate);
                if (target.isPresent()) {
                    return Optional.of(target.get().equals(Path.of("/dev/null")) ? masked(name) : read(name, target.get()));
                }
                if (layers.leadsToNothing(directory + "/" + candidate)) {
                    return Optional.of(masked(name));
                }
            }
        }
        return Optional.empty();
    }

    /** An instance may have a file of its own; else its template's is meant. */
    private static List<String> names(String name) {
        int at = name.indexOf('@');
        return at < 0 ? List.of(name) : List.of(name, name.substring(0, at + 1) + ".service");
    }

    private static UnitFiles masked(String name) {
        return new UnitFiles(name, List.of(), Map.of());
    }

    private UnitFiles read(String name, Path file) {
        List<String> fragments = new ArrayList<>();
        layers.text(file.toString(), MOST_BYTES).ifPresent(fragments::add);
        fragments.addAll(dropIns(name, file));
        Map<String, String> environment = new HashMap<>();
        for (String path : UnitFiles.environmentFiles(name, fragments)) {
            layers.text(path, MOST_BYTES).ifPresent(text -> environment.put(path, text));
        }
        return new UnitFiles(name, fragments, environment);
    }

    /** By file name; one of a name in several directories is the first directory's. An alias has the drop-ins of both its names. */
    private List<String> dropIns(String name, Path file) {
        Map<String, String> byName = new TreeMap<>();
        List<String> names = new ArrayList<>(names(name));
        names.add(file.getFileName().toString());
        for (String directory : DIRECTORIES) {
            for (String unit : names.stream().distinct().toList()) {
                String place = directory + "/" + unit + ".d";
                for (String dropIn : layers.names(place)) {
                    if (dropIn.endsWith(".conf")) {
                        byName.putIfAbsent(dropIn, layers.text(place + "/" + dropIn, MOST_BYTES).orElse(""));
                    }
                }
            }
        }
        return List.copyOf(byName.values());
    }
}
