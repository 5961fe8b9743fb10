package overlayd.site;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A directory tree that is to go away. Walked by open directories, never by path (openat(2), unlinkat(2)): a symbolic link that appears
 * while it is walked leads nowhere else.
 */
final class Debris {
    /** Deeper directories are not counted in. */
    private static final int DEEPEST = 100;

    private long files;
    private long bytes;

    private Debris() {
    }

    /** How many files and directories a tree holds beside its top, and how many bytes they have. */
    static Debris in(Path top) throws IOException {
        Debris debris = new Debris();
        if (Files.isDirectory(top, LinkOption.NOFOLLOW_LINKS)) {
            debris.walk(top);
        }
        return debris;
    }

    long files() {
        return files;
    }

    long bytes() {
        return bytes;
    }

    private void walk(Path top) throws IOException {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(top)) {
            if (!(stream instanceof SecureDirectoryStream<Path> secure)) {
                throw new FileSystemException(top.toString(), null, "its directories cannot be walked safely");
            }
            walk(secure, 0);
        }
    }

    private void walk(SecureDirectoryStream<Path> directory, int depth) throws IOException {
        for (Path entry : directory) {
            Path name = entry.getFileName();
            BasicFileAttributes found = directory.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes();
            files++;
            if (found.isDirectory() && depth < DEEPEST) {
                try (SecureDirectoryStream<Path> below = directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                    walk(below, depth + 1);
                }
            } else if (!found.isDirectory()) {
                bytes += found.size();
            }
        }
    }
}
