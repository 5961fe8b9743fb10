package overlayd.subject;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import overlayd.config.RootKind;
import overlayd.config.SubhostConfig;

/**
 * The directories that {@code --create} makes where they are missing: BASE, LIVE, and for an overlay UPPER and WORK. BASE is closed to
 * everybody: a subhost's root makes setuid programs in UPPER, which would work for whoever reaches them.
 */
public final class Directories {
    private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> CREATE = PosixFilePermissions.asFileAttribute(PRIVATE);

    private final List<Path> made = new ArrayList<>();

    /** Makes what the configuration in {@code file} lacks; one that cannot be understood lacks nothing here. */
    public void make(Path file) throws IOException {
        Optional<SubhostConfig> config = Locator.read(file);
        if (config.isPresent()) {
            make(config.get());
        }
    }

    /** Makes what is missing. @throws IOException with what was made so far in here, to be taken back */
    private void make(SubhostConfig config) throws IOException {
        makeOne(config.base(), PRIVATE);
        if (config.root().kind() != RootKind.PREMOUNTED) {
            makeOne(config.root().live(), MODE);
        }
        if (config.root().kind() == RootKind.OVERLAY && config.root().throwAway().isEmpty()) {
            makeOne(config.root().upper(), MODE);
            makeOne(config.root().work(), PRIVATE);
        }
    }

    private void makeOne(Path directory, Set<PosixFilePermission> mode) throws IOException {
        if (Files.exists(directory)) {
            // UPPER may be a program; what else is no directory, the planner tells
            return;
        }
        if (directory.getParent() != null) {
            makeOne(directory.getParent(), MODE);
        }
        try {
            Files.createDirectory(directory, CREATE);
            made.add(directory);
            // whatever the daemon's umask: the mode of UPPER is the mode of the subhost's /
            Files.setPosixFilePermissions(directory, mode);
        } catch (FileAlreadyExistsException raced) {
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                throw raced;
            }
        }
    }

    /** Removes what was made, as far as it is empty: for a boot that was refused. */
    public void takeBack() {
        for (int i = made.size() - 1; i >= 0; i--) {
            try {
                Files.deleteIfExists(made.get(i));
            } catch (IOException inUse) {
                // somebody put something there: it is theirs now
            }
        }
        made.clear();
    }
}
