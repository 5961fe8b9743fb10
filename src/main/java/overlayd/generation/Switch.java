package overlayd.generation;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import overlayd.config.ByteText;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.upper.Removal;
import overlayd.upper.Merging;

/**
 * Gives an upperdir's place to a new, empty directory, in constant time. The new one is made beside, under the label that the old one is to
 * have, and says on which generation it lies; then the two are exchanged (renameat2(2), RENAME_EXCHANGE). Whoever dies before that leaves an
 * empty directory, which the next change removes; whoever dies after it has done all that matters. The caller holds the upperdir's lock. Any
 * host thread.
 */
public final class Switch {
    /** What is on its way out, or was not finished; no label. */
    private static final String GONE = ".gone";

    private final Kernel kernel;
    private final Generations generations;

    public Switch(Kernel kernel, Generations generations) {
        this.kernel = kernel;
        this.generations = generations;
    }

    /** Keeps the upperdir as generation {@code label}, which the new one lies on. */
    public void checkpoint(String label, long seconds) throws KernelException {
        tidy();
        exchange(label, label, seconds + " " + Generation.Kind.CHECKPOINT.word());
    }

    /** The new one lies on {@code below} (empty: on LOWER itself); the old one is kept as {@code label}. */
    public void rollback(String below, String label, long seconds) throws KernelException {
        tidy();
        exchange(below, label, seconds + " " + Generation.Kind.ROLLBACK.word());
    }

    /** The new one lies on {@code below}; the old one is removed. */
    public void discard(String below) throws KernelException {
        tidy();
        exchange(below, GONE, "");
        remove(generations.place().resolve(GONE));
    }

    /** Removes a generation, which nothing lies on. */
    public void delete(Generation generation) throws KernelException {
        tidy();
        try (Fd place = open(generations.place())) {
            kernel.copies().rename(place, generation.label(), GONE);
        }
        remove(generations.place().resolve(GONE));
    }

    /** Puts into the place of the first generation of a chain one that has all of it, and lies on LOWER itself; the others stay. */
    public void merge(Chain chain) throws KernelException {
        tidy();
        List<Fd> layers = new ArrayList<>();
        try (Fd place = open(generations.place())) {
            for (Path directory : chain.directories()) {
                layers.add(open(directory));
            }
            String top = chain.labels().get(0);
            new Merging(kernel.files(), kernel.copies(), place, chain.labels(), layers).into(GONE);
            byte[] kept = kernel.copies().attribute(place, top, Generations.KEPT).orElseThrow();
            kernel.copies().setAttribute(place, GONE, Generations.BELOW, new byte[0]);
            kernel.copies().setAttribute(place, GONE, Generations.KEPT, kept);
            kernel.copies().sync(place); // what is exchanged next must not be lost with the power
            kernel.copies().exchange(place, GONE, top);
            durable(generations.place());
        } finally {
            layers.forEach(Fd::close);
        }
        remove(generations.place().resolve(GONE));
    }

    private void exchange(String below, String name, String kept) throws KernelException {
        Path upper = generations.upper();
        try (Fd around = open(upper.getParent())) {
            String old = ByteText.of(upper.getFileName());
            String fresh = ByteText.of(generations.place().getFileName()) + "/" + name;
            if (kernel.copies().detail(around, old).identity().mountId() != kernel.copies().detail(around, "").identity().mountId()) {
                throw new KernelException("exchange", upper, Errno.EBUSY, "UPPER is a mount point, and cannot be renamed; name a directory in it");
            }
            kernel.copies().copy(around, old, around, fresh);
            kernel.copies().setAttribute(around, fresh, Generations.BELOW, below.getBytes(StandardCharsets.ISO_8859_1));
            if (kept.isEmpty()) {
                kernel.copies().removeAttribute(around, old, Generations.KEPT);
            } else {
                kernel.copies().setAttribute(around, old, Generations.KEPT, kept.getBytes(StandardCharsets.ISO_8859_1));
            }
            kernel.copies().exchange(around, old, fresh);
            durable(upper.getParent());
            durable(generations.place());
        }
    }

    /** Makes the place where there is none, and takes away what broken-off changes have left in it. */
    private void tidy() throws KernelException {
        Path place = generations.place();
        try {
            if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(place, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            for (Path entry : generations.entries()) {
                try (Fd fd = open(entry)) {
                    if (kernel.copies().attribute(fd, "", Generations.KEPT).isEmpty()) {
                        Files.delete(entry); // only ever an empty one
                    }
                } catch (DirectoryNotEmptyException somebodys) {
                    continue;
                }
            }
            remove(place.resolve(GONE));
        } catch (IOException failed) {
            throw new KernelException("tidy", place, Errno.EIO, String.valueOf(failed.getMessage()));
        }
    }

    private Fd open(Path directory) throws KernelException {
        return kernel.files().openPath(ByteText.of(directory));
    }

    private static void durable(Path directory) throws KernelException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException failed) {
            throw new KernelException("synchronise", directory, Errno.EIO, String.valueOf(failed.getMessage()));
        }
    }

    private static void remove(Path tree) throws KernelException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Removal.remove(tree); // however deep it is
        } catch (IOException failed) {
            throw new KernelException("remove", tree, Errno.EIO, String.valueOf(failed.getMessage()));
        }
    }
}
