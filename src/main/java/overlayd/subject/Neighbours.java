package overlayd.subject;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import overlayd.config.ByteText;
import overlayd.state.SubhostRecord;

/**
 * Finds the files of subhosts that others name in AFTER and REQUIRES: beside the file that names them, where configurations are found by
 * name, and those that were booted before. For one command: it reads each directory once.
 */
public final class Neighbours {
    private final Locator locator;
    private final Supplier<List<SubhostRecord>> known;
    private final Map<Path, Map<String, Path>> directories = new HashMap<>();

    public Neighbours(Locator locator, Supplier<List<SubhostRecord>> known) {
        this.locator = locator;
        this.known = known;
    }

    /** The file of the subhost {@code name}. @param beside the file that names it */
    public Optional<Path> file(String name, Path beside) {
        return Optional.ofNullable(in(beside.getParent()).get(name)).or(() -> Optional.ofNullable(installed().get(name)))
                .or(() -> known.get().stream().filter(record -> record.name().equals(name) && !record.file().isEmpty()).map(SubhostRecord::file)
                        .map(ByteText::path).filter(Files::isRegularFile).findFirst());
    }

    /** Every name that one could mean there. */
    public Set<String> names(Path beside) {
        Set<String> names = new TreeSet<>(in(beside.getParent()).keySet());
        names.addAll(installed().keySet());
        known.get().forEach(record -> names.add(record.name()));
        return names;
    }

    private Map<String, Path> in(Path directory) {
        return directories.computeIfAbsent(directory, path -> byName(Locator.within(path)));
    }

    private Map<String, Path> installed() {
        return directories.computeIfAbsent(Path.of("/"), root -> byName(locator.installed()));
    }

    private static Map<String, Path> byName(List<Path> files) {
        Map<String, Path> names = new LinkedHashMap<>();
        files.forEach(file -> names.putIfAbsent(Locator.nameIn(file), file));
        return names;
    }
}
