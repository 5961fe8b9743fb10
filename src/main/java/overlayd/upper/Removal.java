package overlayd.upper;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Removes a tree whoever made it: each directory is opened from the one above it without following a link, so what is swapped meanwhile
 * leads nowhere else; what lies in a directory is moved up to the top before that directory goes, so however deep it is, two directories
 * are open at a time; and names are read one by one, so however many there are, they need no memory.
 */
public final class Removal {
    private static final int MOST_REMEMBERED = 10_000;

    private final SecureDirectoryStream<Path> top;
    private final Path directory;
    private final Deque<Path> moved = new ArrayDeque<>();
    private long number;

    private Removal(SecureDirectoryStream<Path> top, Path directory) {
        this.top = top;
        this.directory = directory;
    }

    /**
     * Removes {@code tree}, a directory, and all that is in it.
     *
     * @throws IOException at the first thing that cannot be removed; what went before is gone
     */
    public static void remove(Path tree) throws IOException {
        boolean more = Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS);
        if (more) {
            while (more) {
                try (DirectoryStream<Path> stream = Files.newDirectoryStream(tree)) {
                    if (!(stream instanceof SecureDirectoryStream<Path> secure)) {
                        throw new FileSystemException(tree.toString(), null, "its directories cannot be walked safely");
                    }
                    more = new Removal(secure, tree).pass();
                }
            }
            Files.delete(tree);
        }
    }

    /** Whether there was anything: what came up meanwhile may be seen in the next pass only. */
    private boolean pass() throws IOException {
        boolean found = false;
        for (Path entry : top) {
            found = true;
            if (isThere(entry.getFileName())) { // it may have come up, been seen and gone
                removeHere(entry.getFileName());
            }
            while (!moved.isEmpty()) {
                removeHere(moved.removeLast());
            }
        }
        return found;
    }

    private void removeHere(Path name) throws IOException {
        if (isDirectory(top, name)) {
            empty(name);
            top.deleteDirectory(name); // EBUSY where something is mounted
        } else {
            top.deleteFile(name);
        }
    }

    private void empty(Path name) throws IOException {
        boolean more = true;
        while (more) {
            more = false;
            try (SecureDirectoryStream<Path> below = top.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                for (Path entry : below) {
                    more = true;
                    Path child = entry.getFileName();
                    if (!isDirectory(below, child)) {
                        below.deleteFile(child);
                    } else {
                        moveUp(below, child);
                    }
                }
            }
        }
    }

    private void moveUp(SecureDirectoryStream<Path> below, Path child) throws IOException {
        Path name = directory.getFileSystem().getPath(".removed." + number++);
        while (isThere(name)) {
            name = directory.getFileSystem().getPath(".removed." + number++);
        }
        below.move(child, top, name);
        if (moved.size() < MOST_REMEMBERED) {
            moved.addLast(name);
        }
    }

    private boolean isThere(Path name) throws IOException {
        try {
            isDirectory(top, name);
            return true;
        } catch (NoSuchFileException free) {
            return false;
        }
    }

    private static boolean isDirectory(SecureDirectoryStream<Path> directory, Path name) throws IOException {
        BasicFileAttributes found = directory.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS).readAttributes();
        return found.isDirectory();
    }
}
