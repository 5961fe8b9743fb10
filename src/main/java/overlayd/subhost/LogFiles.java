package overlayd.subhost;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import overlayd.kernel.Errno;
import overlayd.kernel.KernelException;

/** Makes the directory of a log file, and takes away the log of a boot that never wrote one. */
public final class LogFiles {
    private static final String DIRECTORY_MODE = "rwxr-x---";

    private LogFiles() {
    }

    /** Makes the directories above {@code file} that are missing, 0750. */
    static void makeDirectory(Path file) throws KernelException {
        if (Files.isDirectory(file.getParent())) {
            return; // as it mostly is: a refused mkdir(2) costs an exception
        }
        try {
            Files.createDirectories(file.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(DIRECTORY_MODE)));
        } catch (IOException refused) {
            throw new KernelException("make directory", file.getParent(), Errno.UNKNOWN, String.valueOf(refused.getMessage()));
        }
    }

    /** Removes {@code file} if it is an empty regular file, then its directory if that is empty and not somebody's temporary one. */
    static void removeEmpty(Path file) throws KernelException {
        try {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) == 0) {
                Files.delete(file);
            }
            Path directory = file.getParent();
            String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS));
            if (mode.equals(DIRECTORY_MODE)) {
                Files.delete(directory);
            }
        } catch (NoSuchFileException | DirectoryNotEmptyException kept) {
            // gone already, or in use by other logs
        } catch (IOException refused) {
            throw new KernelException("remove empty log", file, Errno.UNKNOWN, String.valueOf(refused.getMessage()));
        }
    }
}
