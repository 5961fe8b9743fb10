package overlayd.generation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import overlayd.config.ByteText;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;

/**
 * The generations of one upperdir, as they lie on the disk; reads only. They are directories in {@code UPPER.generations}, named by their
 * labels, and each says by an attribute on which other one it lies, as the upperdir does: so what is mounted follows from the upperdir alone,
 * and exchanging it for another directory (renameat2(2)) is all there is to going forth and back. Any thread.
 */
public final class Generations {
    /** More layers than that make every look-up slow, and with LOWER's they must not be more than the kernel's 500. */
    public static final int MOST = 100;
    /** Label of what a directory lies on; of no value: on LOWER. No name of overlayfs's own, which has a dot behind "overlay". */
    static final String BELOW = "trusted.overlayd.below";
    /** "SECONDS KIND" of a generation; the upperdir itself, and a directory that is to become it, have none. */
    static final String KEPT = "trusted.overlayd.kept";
    private static final String SUFFIX = ".generations";
    private static final String LABEL = "[A-Za-z0-9][A-Za-z0-9._+@-]{0,63}";

    private final Kernel kernel;
    private final Path upper;
    private final Path place;

    private Generations(Kernel kernel, Path upper) {
        this.kernel = kernel;
        this.upper = upper;
        this.place = place(upper);
    }

    /** Those of {@code upper}; links that lead to it are followed now. */
    public static Generations of(Kernel kernel, Path upper) {
        try {
            return new Generations(kernel, upper.toRealPath());
        } catch (IOException absent) {
            return new Generations(kernel, upper);
        }
    }

    /** Where generations of an upperdir are. */
    public static Path place(Path upper) {
        return upper.resolveSibling(upper.getFileName() + SUFFIX);
    }

    /** Has a new upperdir lie on the generation called {@code label}. */
    public static void lay(Kernel kernel, Fd upper, String label) throws KernelException {
        kernel.copies().setAttribute(upper, "", BELOW, label.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Whether it can be the name of a generation. */
    public static boolean isLabel(String label) {
        return label.matches(LABEL);
    }

    /** The directory whose generations these are. */
    public Path upper() {
        return upper;
    }

    Path place() {
        return place;
    }

    /** What the upperdir lies on. */
    public Chain chain() throws KernelException {
        if (!Files.isDirectory(upper)) {
            return Chain.NONE;
        }
        Optional<String> below = mark(upper, BELOW);
        if (below.isEmpty()) {
            return list().isEmpty() ? Chain.NONE : Chain.faulty("it has generations, but does not say on which one it lies: it was made or copied by hand");
        }
        return follow(below.get(), place);
    }

    /** The chain from a generation on, itself first. */
    public Chain chain(String label) throws KernelException {
        return follow(label, place);
    }

    private Chain follow(String first, Path around) throws KernelException {
        List<Path> directories = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        Set<Path> seen = new HashSet<>();
        String label = first;
        Path siblings = around;
        while (!label.isEmpty()) {
            Path directory = siblings.resolve(label);
            if (!isLabel(label) || !Files.isDirectory(directory)) {
                return Chain.faulty("the generation \"" + label + "\" that it lies on is not there");
            }
            if (Files.isSymbolicLink(directory)) { // a trial lies on the upperdir that it was made of
                directory = target(directory);
                siblings = place(directory);
            } else if (mark(directory, KEPT).isEmpty()) {
                return Chain.faulty("the generation \"" + label + "\" that it lies on has lost its attributes: it was copied without them");
            }
            if (!seen.add(directory) || directories.size() == MOST) {
                return Chain.faulty("its generations lie on one another in a circle");
            }
            directories.add(directory);
            labels.add(label);
            label = mark(directory, BELOW).orElse("");
        }
        return new Chain(directories, labels, Optional.empty());
    }

    private static Path target(Path link) throws KernelException {
        try {
            return link.toRealPath();
        } catch (IOException gone) {
            throw new KernelException("follow", link, overlayd.kernel.Errno.ENOENT);
        }
    }

    /** Every generation, the oldest first. */
    public List<Generation> list() throws KernelException {
        List<Generation> all = new ArrayList<>();
        for (Path entry : entries()) {
            Optional<String> kept = mark(entry, KEPT);
            if (kept.isPresent() && kept.get().matches("[0-9]{1,12} (checkpoint|rollback)")) {
                String[] words = kept.get().split(" ");
                all.add(new Generation(ByteText.of(entry.getFileName()), entry, words[1].equals(Generation.Kind.ROLLBACK.word())
                        ? Generation.Kind.ROLLBACK : Generation.Kind.CHECKPOINT, Long.parseLong(words[0]), mark(entry, BELOW).orElse("")));
            }
        }
        all.sort(Comparator.comparingLong(Generation::seconds).thenComparing(Generation::label, Generations::order));
        return all;
    }

    private static int order(String one, String other) {
        return one.length() != other.length() && (one + other).matches("[0-9]+") ? one.length() - other.length() : one.compareTo(other);
    }

    /** The generation of that label. */
    public Optional<Generation> find(String label) throws KernelException {
        return list().stream().filter(generation -> generation.label().equals(label)).findFirst();
    }

    /** Directories of the place that can be generations, or what a broken-off change has left. */
    List<Path> entries() {
        if (!isThere(place)) {
            return List.of();
        }
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(place)) {
            for (Path entry : found) {
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) && isLabel(ByteText.of(entry.getFileName()))) {
                    entries.add(entry);
                }
            }
        } catch (IOException none) {
            return List.of();
        }
        return entries;
    }

    /** Asked at each boot, and nearly always absent: an exception of java.nio would cost as much as ten system calls. */
    private boolean isThere(Path path) {
        try {
            kernel.files().target(ByteText.of(path));
            return true;
        } catch (KernelException absent) {
            return false;
        }
    }

    private Optional<String> mark(Path directory, String name) throws KernelException {
        try (Fd fd = kernel.files().openPath(ByteText.of(directory))) {
            return kernel.copies().attribute(fd, "", name).map(value -> new String(value, StandardCharsets.ISO_8859_1));
        }
    }
}
