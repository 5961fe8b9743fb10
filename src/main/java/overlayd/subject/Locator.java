package overlayd.subject;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import overlayd.config.ByteText;
import overlayd.config.ConfigFile;
import overlayd.config.HostDefaults;
import overlayd.config.Readings;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;
import overlayd.state.SubhostRecord;

/**
 * Finds what a user means by NAME, NAME.conf or a path (whatever contains a slash). For a boot a file is looked for, in the client's
 * directory first; for everything else a known subhost, whose file need not exist any more.
 */
public final class Locator {
    private static final String SUFFIX = ".conf";
    private static final Readings READINGS = new Readings(Strictness.BOOT, HostDefaults.NONE);

    private final List<Path> directories;
    private final Supplier<List<SubhostRecord>> known;

    /**
     * What a reference stands for.
     *
     * @param name the subhost's name
     * @param subhost its record, when it has been booted since the host's start
     * @param file its configuration file, as far as one was found
     */
    public record Named(String name, Optional<SubhostRecord> subhost, Optional<Path> file) {
        /** Its record, when a boot of it got further than to its plan. */
        public Optional<SubhostRecord> booted() {
            return subhost.filter(record -> !record.root().live().isEmpty() || record.state().isLive());
        }
    }

    /** @param directories where configurations are found by name alone: /etc/overlayd/conf.d */
    public Locator(List<Path> directories, Supplier<List<SubhostRecord>> known) {
        this.directories = List.copyOf(directories);
        this.known = known;
    }

    /** Whether two paths lead to one file, be it by a link; false where one leads to none. */
    public static boolean same(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException gone) {
            return false;
        }
    }

    /** The configuration file to boot; empty when there is none. {@code directory}: the client's. */
    public Optional<Path> file(String reference, Optional<Path> directory) {
        if (isNowhere(reference, directory)) {
            return Optional.empty();
        }
        if (reference.contains("/")) {
            return candidates(at(reference, directory)).filter(Files::isRegularFile).findFirst();
        }
        Stream<Path> places = Stream.concat(directory.stream(), directories.stream());
        Optional<Path> found = places.map(place -> place.resolve(ByteText.path(reference))).flatMap(Locator::candidates)
                .filter(Files::isRegularFile).findFirst();
        return found.or(() -> byName(reference).map(SubhostRecord::file).filter(file -> !file.isEmpty()).map(ByteText::path));
    }

    /** The file, or those of a directory; empty when there is none. */
    public List<Path> files(String reference, Optional<Path> directory) {
        Optional<Path> file = file(reference, directory);
        return file.isPresent() || isNowhere(reference, directory) ? file.stream().toList() : within(at(reference, directory));
    }

    /** The subhost meant by {@code reference}; empty when neither a known one nor a file is. */
    public Optional<Named> subhost(String reference, Optional<Path> directory) {
        if (isNowhere(reference, directory)) {
            return Optional.empty();
        }
        Optional<SubhostRecord> subhost = reference.contains("/") ? byFile(at(reference, directory)) : byName(reference);
        if (subhost.isPresent()) {
            return Optional.of(new Named(subhost.get().name(), subhost, Optional.of(subhost.get().file()).filter(f -> !f.isEmpty())
                    .map(ByteText::path)));
        }
        return file(reference, directory).map(file -> {
            // The file may give a NAME that is not its own, under which the subhost is known.
            String name = nameIn(file);
            return new Named(name, byExactName(name), Optional.of(file));
        });
    }

    /** Nothing, or relative to a directory that was removed. */
    private static boolean isNowhere(String reference, Optional<Path> directory) {
        return reference.isEmpty() || reference.contains("/") && !reference.startsWith("/") && directory.isEmpty();
    }

    /** Configuration files that can be booted by name alone. */
    public List<Path> installed() {
        return directories.stream().flatMap(Locator::configurations).sorted().toList();
    }

    /** Configuration files in a directory. */
    public static List<Path> within(Path directory) {
        return configurations(directory).sorted().toList();
    }

    private static Stream<Path> configurations(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> ByteText.of(file).endsWith(SUFFIX) && Files.isRegularFile(file)).toList().stream();
        } catch (IOException absent) {
            return Stream.empty();
        }
    }

    /** The configuration in a file, as far as it can be understood without running its commands; empty when it cannot be read or has errors. */
    public static Optional<SubhostConfig> read(Path file) {
        try {
            return READINGS.of(ConfigFile.open(file)).config();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /** NAME as the file sets it; its base name when that cannot be read. */
    public static String nameIn(Path file) {
        return nameIn(file, read(file));
    }

    /** @param config what {@link #read} of it gave */
    public static String nameIn(Path file, Optional<SubhostConfig> config) {
        return config.map(SubhostConfig::name).orElseGet(() -> withoutSuffix(ByteText.of(file.getFileName())));
    }

    private Optional<SubhostRecord> byExactName(String name) {
        return known.get().stream().filter(subhost -> subhost.name().equals(name)).findFirst();
    }

    private Optional<SubhostRecord> byName(String reference) {
        return byExactName(reference).or(() -> reference.endsWith(SUFFIX) ? byExactName(withoutSuffix(reference)) : Optional.empty())
                .or(() -> known.get().stream().filter(subhost -> hasFileName(subhost, reference)).findFirst());
    }

    private static boolean hasFileName(SubhostRecord subhost, String reference) {
        String name = subhost.file().substring(subhost.file().lastIndexOf('/') + 1);
        return name.equals(reference) || name.equals(reference + SUFFIX);
    }

    private Optional<SubhostRecord> byFile(Path path) {
        List<String> texts = candidates(path).map(ByteText::of).toList();
        return known.get().stream().filter(subhost -> texts.contains(subhost.file())).findFirst()
                .or(() -> known.get().stream().filter(subhost -> !subhost.file().isEmpty()
                        && candidates(path).anyMatch(candidate -> Files.exists(candidate) && same(candidate, ByteText.path(subhost.file())))).findFirst());
    }

    private static Stream<Path> candidates(Path path) {
        String name = ByteText.of(path);
        return name.endsWith(SUFFIX) ? Stream.of(path) : Stream.of(path, ByteText.path(name + SUFFIX));
    }

    /** Absolute; dots are taken out as the kernel would, following links before "..". */
    private static Path at(String reference, Optional<Path> directory) {
        Path path = directory.orElse(Path.of("/")).resolve(ByteText.path(reference));
        boolean up = false;
        for (Path element : path) {
            up |= element.toString().equals("..");
        }
        try {
            return up && path.getParent() != null ? path.getParent().toRealPath().resolve(path.getFileName()) : path.normalize();
        } catch (IOException absent) {
            return path.normalize();
        }
    }

    private static String withoutSuffix(String name) {
        return name.endsWith(SUFFIX) && name.length() > SUFFIX.length() ? name.substring(0, name.length() - SUFFIX.length()) : name;
    }
}
