package overlayd.command;

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
    private long files;
    private long bytes;

    private Debris() {
    }

    /** How many files and directories a tree holds beside its top, and how many bytes they have. */
    static Debris in(Path top) throws IOException {
        Debris debris = new Debris();
        if (Files.isDirectory(top, LinkOption.NOFOLLOW_LINKS)) {
            debris.walk(top, false);
        }
        return debris;
    }

    /** Removes a tree and its top. @throws IOException at the first thing that cannot be removed; what went before is gone */
    static void remove(Path top) throws IOException {
        if (Files.isDirectory(top, LinkOption.NOFOLLOW_LINKS)) {
            new Debris().walk(top, true);
            Files.delete(top);
        }
    }

    long files() {
        return files;
    }

    long bytes() {
        return bytes;
    }

    private void walk(Path top, boolean removing) throws IOException {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(top)) {
            if (!(stream instanceof SecureDirectoryStream<Path> secure)) {
                throw new FileSystemException(top.toString(), null, "its directories cannot be walked safely");
            }
            walk(secure, removing);
        }
    }

    private void walk(SecureDirectoryStream<Path> directory, boolean removing) throws IOException {
        for (Path entry : directory) {
            Path name = entry.getFileName();
            BasicFileAttributes found = directory.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes();
            files++;
            if (found.isDirectory()) {
                try (SecureDirectoryStream<Path> below = directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                    walk(below, removing);
                }
            } else {
                bytes += found.size();
            }
            if (removing && found.isDirectory()) {
                directory.deleteDirectory(name); // EBUSY where something is mounted
            } else if (removing) {
                directory.deleteFile(name);
            }
        }
    }
}
